#![doc = include_str!("../README.md")]

mod components;
mod look;

pub use look::{look, lookable};
