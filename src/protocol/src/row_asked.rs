//! The kind of question that a trial asks, in the words of a row.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::trial_set::Task;

/// The kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowTask {
    /// Three pictures: which one? Choices `1`, `2`, `3`, left to right.
    OddOneOut,
    /// One picture with two points: the same object? Choices `same`, `different`.
    SameObject,
}

impl From<Task> for RowTask {
    fn from(task: Task) -> Self {
        match task {
            Task::Disrt => Self::OddOneOut,
        }
    }
}
