//! The memory budget: however many threads read and distort pictures, together they stay below it.

use std::sync::{Condvar, Mutex, PoisonError};

/// The memory that all threads may use together at one time, in bytes.
pub const BUDGET_BYTES: u64 = 1_500_000_000;

/// The budget that all threads share.
pub static BUDGET: MemoryBudget =
    MemoryBudget { free_bytes: Mutex::new(BUDGET_BYTES), returned: Condvar::new() };

/// An amount of memory from which threads take permits before they allocate.
pub struct MemoryBudget {
    free_bytes: Mutex<u64>,
    returned: Condvar,
}

/// A part of the [`MemoryBudget`], returned on drop.
#[must_use = "the memory is returned when the permit is dropped"]
pub struct Permit<'a> {
    budget: &'a MemoryBudget,
    bytes: u64,
}

impl MemoryBudget {
    /// Blocks until the budget grants a permit for `bytes`. Whoever asks for more than the whole budget gets
    /// all of it.
    ///
    /// A thread that holds a permit must not ask for another, or two threads may wait for each other.
    pub fn take(&self, bytes: u64) -> Permit<'_> {
        let bytes = bytes.min(BUDGET_BYTES);
        let free = self.free_bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free =
            self.returned.wait_while(free, |free| *free < bytes).unwrap_or_else(PoisonError::into_inner);
        *free -= bytes;
        Permit { budget: self, bytes }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.budget.free_bytes.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.budget.returned.notify_all();
    }
}
