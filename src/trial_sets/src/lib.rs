#![doc = include_str!("../README.md")]

mod check;
mod duplicates;
mod error;
mod folder;
mod import;
mod journal;
mod make;
mod missing;
mod plan;
mod problem;
mod recipe;
mod write;

pub use check::{CheckError, check};
pub use duplicates::Duplicates;
pub use error::MakeError;
pub use folder::TrialSetFolder;
pub use import::{Found, IMPORTED, Import, ImportedSet, Layout, find, import};
pub use make::{MadeSet, Progress, UnpublishedSet, make};
pub use problem::Problem;
pub use recipe::{ImageFolder, Recipe, Source};

/// The folder of the images in a trial set.
pub const IMAGES_FOLDER: &str = "images";
/// The file of the trials in a trial set.
pub const TRIALS_FILE: &str = "trials.json";
