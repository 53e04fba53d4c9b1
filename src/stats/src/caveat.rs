//! Why a figure, or its interval, does not exist: a type rather than NaN or a panic.

use serde::{Deserialize, Serialize};

/// The reason why a statistic is not defined for these data. Its text is a sentence for a reader.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "caveat", rename_all = "snake_case")]
pub enum Caveat {
    /// Nothing was measured.
    #[error("there are no values")]
    Empty,
    /// Fewer values than the statistic needs.
    #[error("{have} values; at least {need} are needed")]
    TooFew {
        /// Number of values.
        have: usize,
        /// Least number.
        need: usize,
    },
    /// Some value is NaN or infinite.
    #[error("a value is not a finite number")]
    NonFinite,
    /// A value lies outside its range: a probability above 1, more hits than trials.
    #[error("a value lies outside its range")]
    OutOfRange,
    /// Two lists that must correspond have different lengths.
    #[error("{first} values cannot be paired with {second}")]
    Unpaired {
        /// Length of the first list.
        first: usize,
        /// Length of the second.
        second: usize,
    },
    /// All values are the same, so nothing can be said about how they vary.
    #[error("all values are the same")]
    NoVariation,
    /// One person only: nothing can be said about other people.
    #[error("one person only: the figure cannot be carried over to other people")]
    OnePerson,
    /// One item only: nothing can be said about other items.
    #[error("one item only: the figure cannot be carried over to other items")]
    OneItem,
    /// Accuracy at or below guessing, where d′ is not defined.
    #[error("accuracy is at or below chance, where d′ is not defined")]
    AtOrBelowChance,
    /// Accuracy of 1, where d′ is infinite.
    #[error("every answer is right: d′ has a lower bound only")]
    AtCeiling,
    /// The statistic is undefined in more than one bootstrap draw in twenty.
    #[error("the figure is undefined in more than 5 % of the bootstrap draws")]
    OftenUndefined,
    /// The fitted curve does not cross its threshold inside the levels that were shown.
    #[error("the curve does not cross its threshold among the levels that were shown")]
    NotCrossed,
    /// Accuracy goes the other way than the curve may.
    #[error("accuracy does not change with the level in the stated direction")]
    NotMonotonic,
    /// A measure of reliability is zero or negative, so that nothing can be divided by it.
    #[error("reliability is not positive, so that no correction is possible")]
    Unreliable,
    /// An iterative fit did not settle.
    #[error("the fit did not converge")]
    NotConverged,
}
