#![doc = include_str!("../README.md")]

mod chance;
mod comparison;
mod rows;
mod summary;
mod times;

pub use chance::CHANCE;
pub use comparison::{Comparison, compare, compare_all};
pub use rows::{Observer, counted};
pub use summary::{Counts, ObserverSummary, Score, Summary, labels, summarise};
pub use times::{Times, TimesByDevice, device_name};
