//! Texture synthesis by joint statistics of complex wavelet coefficients (Portilla & Simoncelli 2000).

mod fields;
mod fourier;
mod moments;
mod pyramid;
mod statistics;
mod windows;

pub use statistics::{Group, Level, Statistics};
