#![doc = include_str!("../README.md")]

mod answers;
mod chance;
mod comparison;
mod rows;
mod summary;
mod times;

pub use answers::{
    Answer, Answers, Columns, ColumnsError, Exclusion, Kind, Names, NoAnswers, PairAgreement, Reading,
    agreements, people_agree, write_answers,
};
pub use chance::CHANCE;
pub use comparison::{Comparison, compare, compare_all};
pub use rows::{Observer, counted};
pub use summary::{Counts, ObserverSummary, Score, Summary, labels, summarise};
pub use times::{Times, TimesByDevice, device_name};
