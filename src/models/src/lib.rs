#![doc = include_str!("../README.md")]

mod bag;
mod batch_check;
pub mod card;
mod device;
mod engine;
mod error;
mod extractor;
#[cfg(not(target_arch = "wasm32"))]
pub mod folder;
#[cfg(feature = "import")]
pub mod import;
mod loaded;
mod numbers;
mod observer;
pub mod pack;
mod packed;
pub mod reference_output;
mod untrained;
pub mod weights;

pub use bag::PatchBag;
pub use card::ModelCard;
pub use device::{Compute, NoDevice};
pub use error::ModelError;
pub use extractor::FeatureExtractor;
pub use loaded::{LoadedModel, ModelFiles};
pub use numbers::{BadNumbers, read_numbers};
pub use observer::{ModelObserver, Readout};
pub use untrained::untrained;
