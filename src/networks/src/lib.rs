#![doc = include_str!("../README.md")]

pub mod architecture;
pub mod bad_config;
pub mod bagnet;
pub mod convnext;
pub mod cpu;
pub mod keys;
pub mod layers;
pub mod network;
pub mod position;
pub mod preprocess;
pub mod readout;
pub mod resize;
pub mod resnet;
pub mod sparsity;
pub mod stellar;
pub mod vae;
pub mod vgg;
pub mod vgg_observer;
pub mod vit;
#[cfg(feature = "webgpu")]
mod webgpu;
pub mod weight;
