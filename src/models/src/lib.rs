#![doc = include_str!("../README.md")]

pub mod card;
#[cfg(feature = "import")]
pub mod import;
pub mod names;
pub mod pack;
mod packed;
mod published;
#[cfg(feature = "import")]
pub mod vgg_file;
pub mod weights;
