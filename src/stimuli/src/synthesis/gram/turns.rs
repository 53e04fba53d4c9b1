//! Lets so many pictures be worked on at once as memory allows, however many threads there are.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use image::RgbImage;

use crate::synthesis::SynthesisError;

/// What all pictures in work may take together.
const BUDGET_BYTES: usize = 1_600_000_000;

/// Memory that is not taken.
///
/// A thread that waits here sleeps, rayon's too: that is safe because nothing inside a turn uses rayon (burn is built
/// without it), so no thread can come to wait for itself.
#[derive(Debug)]
pub(super) struct Turns {
    free_bytes: Mutex<usize>,
    freed: Condvar,
    bytes_per_pixel: usize,
}

/// A picture's memory, given back when dropped.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    bytes: usize,
}

impl Turns {
    /// Pictures that take so many bytes for each of their pixels.
    pub(super) fn new(bytes_per_pixel: usize) -> Self {
        Self { free_bytes: Mutex::new(BUDGET_BYTES), freed: Condvar::new(), bytes_per_pixel }
    }

    /// Waits until there is memory for `picture`.
    ///
    /// # Errors
    /// When there will never be.
    pub(super) fn take(&self, picture: &RgbImage) -> Result<Turn<'_>, SynthesisError> {
        let (width_px, height_px) = picture.dimensions();
        let bytes = (width_px as usize * height_px as usize).saturating_mul(self.bytes_per_pixel);
        if bytes > BUDGET_BYTES {
            let most_px = (BUDGET_BYTES / self.bytes_per_pixel).isqrt() as u32;
            return Err(SynthesisError::TooLarge { width_px, height_px, most_px });
        }
        let mut free = self.free();
        while *free < bytes {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        Ok(Turn { turns: self, bytes })
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free_bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.turns.free() += self.bytes;
        self.turns.freed.notify_all();
    }
}
