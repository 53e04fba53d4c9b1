#![doc = include_str!("../README.md")]

mod components;
mod look;
pub mod rand_index;
pub mod segment;
pub mod ward;

pub use look::{Computed, coloured, compute, look, lookable};
