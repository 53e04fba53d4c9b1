#![doc = include_str!("../README.md")]

mod answers;
mod assess;
mod colour;
mod control;
pub mod encoding;
mod holm;
mod layers;
mod list;
mod mean;
mod measures;
mod memory;
mod observers;
mod page;
mod report;
mod scales;
mod whole;
mod wholeness;

pub use answers::Answer;
pub use assess::{AssessError, Notebook, assess};
pub use control::{Control, LEVEL};
pub use layers::Layer;
pub use list::ListError;
pub use mean::Mean;
pub use measures::{Pair, Pairs};
pub use page::PageError;
pub use report::{ConditionReport, Flag, LeftOut, Report, Thresholds, TrialReport};
pub use wholeness::{JudgeError, Judges, Outside, counted_scales_px, judge};
