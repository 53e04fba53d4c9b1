//! The page's side of model inference: workers, the models they hold, and the devices they run on. It is no
//! page.

mod catalogue;
mod client;
mod device_memory;
mod loading;
mod pool;
mod viewer;

pub use catalogue::Catalogue;
pub use client::{Cancel, WorkerError};
pub use loading::{Loaded, Wanted};
pub use pool::Pool;
pub use viewer::{Looked, Viewer};

/// A model that is ready to answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    /// What its worker says.
    pub loaded: Loaded,
    /// Workers that share the trials.
    pub workers: usize,
}
