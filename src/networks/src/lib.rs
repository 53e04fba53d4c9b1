#![doc = include_str!("../README.md")]

pub mod card;
#[cfg(feature = "import")]
pub mod import {
    //! Weights that others trained.
    pub mod read;
}
pub mod keys;
pub mod pack;
pub mod position;
pub mod preprocess;
pub mod resize;
pub mod sparsity;
pub mod vgg;
#[cfg(feature = "import")]
pub mod vgg_file;
pub mod vit;
pub mod weights;
