#![doc = include_str!("../README.md")]

pub mod gestalt_sets;
pub mod probes;
