#![doc = include_str!("../README.md")]

mod architecture;
pub mod bad_config;
pub mod bagnet;
pub mod card;
pub mod convnext;
pub mod cpu;
#[cfg(feature = "import")]
pub mod import;
pub mod keys;
pub mod layers;
pub mod names;
pub mod network;
pub mod pack;
mod packed;
pub mod position;
pub mod preprocess;
mod published;
pub mod readout;
pub mod resize;
pub mod resnet;
pub mod sparsity;
pub mod stellar;
pub mod vae;
pub mod vgg;
#[cfg(feature = "import")]
pub mod vgg_file;
pub mod vgg_observer;
pub mod vit;
#[cfg(feature = "webgpu")]
mod webgpu;
pub mod weights;
