//! Pictures of a summary as SVG text: they take the page's colours and font, or stand alone for a paper.

mod accuracy;
mod axis;
mod canvas;
mod categories;
mod curve;
mod distributions;
mod options;
mod reaction_times;
mod text;
mod theme;

pub use accuracy::{accuracy_plot, proportions_plot};
pub use categories::categories_plot;
pub use curve::{Curve, curve_plot};
pub use distributions::{Distributions, distributions_plot};
pub use options::{PlotOptions, Words};
pub use reaction_times::reaction_times_plot;
