#![doc = include_str!("../README.md")]

mod analysis;
mod export;
mod page;
mod plot;
mod table;
mod tables;

pub use analysis::{CAVEATS, analysis_files};
pub use export::{ExportError, Format, export};
pub use page::{Document, PAGE_STYLE};
pub use plot::{
    Curve, Distributions, PlotOptions, Words, accuracy_plot, categories_plot, curve_plot, distributions_plot,
    proportions_plot, reaction_times_plot,
};
pub use table::Table;
