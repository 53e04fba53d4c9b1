//! Hands out a fixed amount of memory, so that however many threads read and distort pictures, they stay below it
//! together.

use std::sync::{Condvar, Mutex, PoisonError};

/// What all threads together may take at one time, in bytes.
pub(crate) const WORKING_BYTES: u64 = 1_500_000_000;

/// The one that all share.
pub(crate) static ROOM: Room = Room { free: Mutex::new(WORKING_BYTES), given_back: Condvar::new() };

/// Bytes that are taken before they are allocated.
pub(crate) struct Room {
    free: Mutex<u64>,
    given_back: Condvar,
}

/// Part of a [`Room`], given back when it is dropped.
pub(crate) struct Taken<'a> {
    room: &'a Room,
    bytes: u64,
}

impl Room {
    /// Waits until `bytes` are free and takes them; whoever needs more than there is gets all, and is alone.
    ///
    /// Whoever holds some must not ask for more, or two threads may wait for each other.
    pub(crate) fn take(&self, bytes: u64) -> Taken<'_> {
        let bytes = bytes.min(WORKING_BYTES);
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free =
            self.given_back.wait_while(free, |free| *free < bytes).unwrap_or_else(PoisonError::into_inner);
        *free -= bytes;
        Taken { room: self, bytes }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        *self.room.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.room.given_back.notify_all();
    }
}
