#![doc = include_str!("../README.md")]

pub mod gestalt_sets;
mod jpeg;
pub mod photographs;
pub mod probes;
pub mod scenes;
mod sheet;
pub mod synthesis;
pub mod trial_set;
pub mod triplets;
