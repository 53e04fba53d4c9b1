#![doc = include_str!("../README.md")]

pub mod activation;
pub mod architectures;
pub mod bad_config;
pub mod cpu;
pub mod keys;
pub mod layers;
pub mod layout;
pub mod position;
pub mod preprocess;
pub mod readout;
pub mod resize;
pub mod sparsity;
#[cfg(feature = "webgpu")]
mod webgpu;
pub mod weight;

/// Whether a number of a card has the value that need not be written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
