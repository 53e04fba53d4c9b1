#![doc = include_str!("../README.md")]

pub mod line_log;
pub mod memory;
pub mod output;
pub mod safetensors;
pub mod unfinished;
pub mod whole_file;
