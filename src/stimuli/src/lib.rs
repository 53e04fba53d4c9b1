#![doc = include_str!("../README.md")]

mod colour_profile;
mod jpeg;
pub mod photographs;
mod room;
pub mod scenes;
pub mod synthesis;
pub mod trial_set;
pub mod triplets;
