#![doc = include_str!("../README.md")]

pub mod controls;
mod jpeg;
pub mod jpeg_copy;
pub mod photographs;
pub mod scenes;
pub mod synthesis;
pub mod trial_set;
pub mod triplets;
