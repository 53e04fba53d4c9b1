#![doc = include_str!("../README.md")]

pub mod gestalt_sets;
mod jpeg;
pub mod photographs;
pub mod scenes;
pub mod synthesis;
pub mod trial_set;
pub mod triplets;
