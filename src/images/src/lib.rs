#![doc = include_str!("../README.md")]

mod colour_profile;
mod decoding;
mod jpeg;
pub mod jpeg_copy;
pub mod photographs;
pub mod sheet;
pub mod size;
