#![doc = include_str!("../README.md")]

mod colour_profile;
pub mod controls;
mod decoding;
pub mod gestalt_sets;
mod jpeg;
pub mod jpeg_copy;
pub mod photographs;
pub mod probes;
mod room;
pub mod scenes;
mod sheet;
pub mod size;
pub mod synthesis;
pub mod trial_set;
pub mod triplets;
mod unfinished;
pub mod whole_file;
