#![doc = include_str!("../README.md")]

pub mod codebook;
mod columns;
mod content;
mod rows;
pub mod spreadsheet;
pub mod table;

pub use content::NotReadable;
pub use rows::{NoLog, Rows};
