#![doc = include_str!("../README.md")]

mod answers;
mod assess;
mod colour;
mod control;
pub mod encoding;
mod layers;
mod list;
mod measures;
mod page;
mod report;
mod whole;

pub use answers::Answer;
pub use assess::assess;
pub use control::{Control, LEVEL};
pub use layers::Layer;
pub use list::ListError;
pub use measures::{Pair, Pairs};
pub use page::PageError;
pub use report::{Flag, Mean, Report, Thresholds, TrialReport};
