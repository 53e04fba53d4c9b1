#![doc = include_str!("../README.md")]

pub mod memory;
pub mod unfinished;
pub mod whole_file;
