//! Pictures with their local texture kept and their arrangement lost, and measures of how well that went.

mod field;
mod histogram;
mod jigsaw;
mod raster;
mod report;

pub mod measure;
pub mod patch;

pub use patch::{PatchSynthesis, ScaleError};
pub use report::{MeanInterval, SynthesisReport, TripletMeasure};
