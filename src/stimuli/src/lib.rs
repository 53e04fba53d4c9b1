#![doc = include_str!("../README.md")]

pub mod scenes;
pub mod synthesis;
