//! What guessing gets right.

/// Probability of the right answer by guessing among three pictures.
pub const CHANCE: f64 = 1.0 / 3.0;
