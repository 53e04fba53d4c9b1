#![doc = include_str!("../README.md")]

mod assess;
mod colour;
mod control;
pub mod encoding;
mod layers;
mod list;
mod measures;
mod page;
mod whole;

pub use assess::{Flag, Mean, Report, Thresholds, TrialReport, assess};
pub use control::{Answer, Control, LEVEL};
pub use layers::Layer;
pub use list::ListError;
pub use measures::{Pair, Pairs};
pub use page::PageError;
