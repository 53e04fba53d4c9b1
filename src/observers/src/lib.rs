#![doc = include_str!("../README.md")]

mod components;
pub mod decision;
mod device;
mod engine;
pub mod known_answer;
mod look;
mod model;
mod observe;
mod observer;
mod triplet;

pub use decision::{Decision, decide};
pub use device::{Compute, NoDevice};
pub use gestalt_models::card::ModelCard;
pub use gestalt_networks::preprocess::Rgb8;
pub use gestalt_networks::readout::{Layer, Pool, UnknownLayer};
pub use gestalt_networks::sparsity::TopK;
pub use model::{Answer, How, LoadedModel, ModelFiles, ObserveError, UncheckedModel};
pub use observe::{Picture, Run, RunError, observe};
pub use observer::{ModelObserver, Observer};
