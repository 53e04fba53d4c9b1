//! The forward pass on one processor core in plain Rust, for the browser: there it takes a third to a half of burn-flex's time.
//!
//! A second way to compute what the burn networks define: each is held to its burn twin by a test. Values are `f32` slices,
//! row by row; nothing here reads files or knows devices.

mod attention;
mod functions;
mod linear;
mod product;
mod sparsity;
mod vit;

pub use vit::CpuVit;
