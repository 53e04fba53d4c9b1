#![doc = include_str!("../README.md")]

mod answers;
mod comparison;
mod export;
mod plot;
mod report;
mod rows;
mod summary;
mod times;

pub use answers::{
    Answer, Answers, Columns, ColumnsError, Exclusion, Kind, Names, NoAnswers, PairAgreement, Reading,
    agreements, people_agree, write_answers,
};
pub use comparison::{Comparison, compare, compare_all};
pub use export::{ExportError, Format, export};
pub use plot::{
    Distributions, PlotError, PlotOptions, Words, accuracy_plot, categories_plot, distributions_plot,
    proportions_plot, reaction_times_plot,
};
pub use report::{CAVEATS, PAGE_STYLE, write_tables};
pub use rows::{Observer, counted};
pub use summary::{Counts, ObserverSummary, Score, Summary, labels, summarise};
pub use times::{Times, TimesByDevice};

/// Probability of the right answer by guessing among three pictures.
pub const CHANCE: f64 = 1.0 / 3.0;
