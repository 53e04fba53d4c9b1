#![doc = include_str!("../README.md")]

pub mod card;
pub mod cpu;
pub mod keys;
pub mod pack;
pub mod position;
pub mod preprocess;
pub mod resize;
pub mod sparsity;
pub mod vit;
pub mod weights;
