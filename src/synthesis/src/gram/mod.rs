//! Distorts a picture by making noise share its Gram matrices: how often two features of a network occur
//! together, wherever that is.

mod alone;
mod bank;
mod descent;
mod opponent;
mod pixels;
mod place;
mod statistics;

pub mod filter_bank;
pub mod gatys;

use std::fmt;
use std::sync::Arc;

pub use bank::{MEASURING_BYTES, gram_matrices, smallest_px};
pub use filter_bank::FilterBankSynthesis;
pub use gatys::{GatysSynthesis, LayersError};
pub use place::Place;
pub use statistics::gram;

/// Iterations of L-BFGS in one step, after which progress is told.
pub const ITERATIONS_PER_STEP: usize = 20;

/// Is told, from several threads, how many iterations of how many are done on one picture.
#[derive(Clone, Default)]
pub struct Watcher(Option<Arc<dyn Fn(usize, usize) + Send + Sync>>);

impl Watcher {
    /// One that calls `told(done, total)`.
    pub fn new(told: impl Fn(usize, usize) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(told)))
    }

    fn tell(&self, done: usize, total: usize) {
        if let Some(told) = &self.0 {
            told(done, total);
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Watcher(someone)" } else { "Watcher(nobody)" })
    }
}
