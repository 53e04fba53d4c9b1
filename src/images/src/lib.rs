#![doc = include_str!("../README.md")]

pub mod appearance;
pub mod categories;
mod colour_profile;
mod content;
mod decoding;
mod folder;
mod jpeg;
pub mod jpeg_copy;
pub mod oddity;
pub mod photographs;
mod png;
pub mod sheet;
pub mod size;
