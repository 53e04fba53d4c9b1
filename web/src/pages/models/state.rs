//! How far a model is, as the run says it and the page shows it.

use crate::inference::Ready;

/// How far one model is.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Others come first.
    Queued,
    /// Getting ready: the step, and how much of it is done (0 to 1).
    Preparing(String, Option<f64>),
    /// Answering.
    Answering {
        /// What it runs on.
        ready: Ready,
        /// Trials answered.
        done: usize,
        /// Trials in all.
        total: usize,
        /// Mean time of a trial so far.
        trial_ms: Option<f64>,
    },
    /// It has answered.
    Done {
        /// What it ran on.
        ready: Ready,
        /// Rows.
        rows: usize,
        /// Mean time of a trial.
        trial_ms: f64,
    },
    /// It stopped: why, and how many rows it had by then.
    Stopped(String, usize),
}
