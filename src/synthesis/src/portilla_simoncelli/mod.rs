//! Texture synthesis by joint statistics of complex wavelet coefficients (Portilla & Simoncelli 2000).
//!
//! A picture is measured by a complex steerable pyramid ([`Statistics`]); noise is then changed until it has
//! the same statistics. Three things depart from the paper. The statistics are matched by L-BFGS on all of
//! them at once, coarse levels first and at their own size, instead of by projecting on one after the other:
//! this ends nearer to the target and sooner. Pictures of any size are taken as they are. And colour is
//! treated as in the authors' extension: channels are the principal components of the picture's colours, and
//! magnitudes that are correlated across orientations or scales are correlated across channels too.
//!
//! There are two forms; each has its own axis of difficulty.
//!
//! **The whole picture** ([`PortillaSimoncelli::new`]): statistics are pooled over the picture, so that the
//! arrangement is lost altogether. What is kept is structure up to a size: the pyramid's coarsest bands
//! correlate neighbourhoods of 7 × 7 coefficients, 2^(scales − 1) px apart. Hence `scale_px` is 8 px for one
//! scale, 16 for two, up to 256 px for six.
//!
//! **Windows** ([`PortillaSimoncelli::in_windows`]): statistics are pooled in smooth overlapping windows
//! that sum to one, as for metamers (Freeman & Simoncelli 2011; Wallis et al. 2019). What is arranged more
//! finely than a window is lost, what is arranged more coarsely is kept. A large window therefore loses
//! more, and `window_px` is a size of what is *lost*; the pyramid's scales are those of `scale_px` as
//! before.

mod colour;
mod descent;
mod fields;
mod fourier;
mod importance;
mod kernels;
mod level_moments;
mod moments;
mod objective;
mod picture_moments;
mod pyramid;
mod ranks;
mod statistics;
mod synthesise;
#[cfg(test)]
mod tests;
mod windows;

use image::RgbImage;

use super::{Synthesis, SynthesisError};
use synthesise::Plan;

pub use statistics::{Group, Level, Statistics};

/// The paper's number of orientations.
const ORIENTATIONS: usize = 4;
/// Sizes of structure that can be kept, one for each number of scales from one on.
pub const SCALES_PX: [u32; 6] = [8, 16, 32, 64, 128, 256];
/// The smallest window.
pub const LEAST_WINDOW_PX: u32 = 8;

/// Memory for each pixel, in bytes: the bands of three channels as complex numbers, their gradients, and the
/// search's memory of earlier steps.
const BYTES_PER_PIXEL: u64 = 4_000;
/// The same with many windows, whose statistics are kept separately: bytes per square of a window's side.
const BYTES_PER_PIXEL_BESIDE_WINDOWS: u64 = 2_400;
const BYTES_PER_WINDOW: u64 = 340_000;

/// Synthesis by Portilla & Simoncelli's statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortillaSimoncelli {
    plan: Plan,
    scale_px: u32,
}

/// A size that this synthesis does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortillaSimoncelliError {
    /// Not a scale of the pyramid.
    #[error("{0} px is no scale of Portilla–Simoncelli synthesis; give one of {SCALES_PX:?}")]
    Scale(u32),
    /// Windows too small to hold statistics.
    #[error("a window of {0} px holds no statistics; give one of at least {LEAST_WINDOW_PX} px")]
    Window(u32),
}

impl PortillaSimoncelli {
    /// Keeps structure up to `scale_px`, one of [`SCALES_PX`], and no arrangement. The paper's four scales
    /// are 64 px.
    ///
    /// A picture too small for its scales is synthesised with fewer; one of less than 14 px on a side cannot
    /// be.
    ///
    /// # Errors
    /// When there is no such scale.
    pub fn new(scale_px: u32) -> Result<Self, PortillaSimoncelliError> {
        let at = SCALES_PX.iter().position(|px| *px == scale_px);
        let scales = 1 + at.ok_or(PortillaSimoncelliError::Scale(scale_px))?;
        Ok(Self { plan: Plan { scales, orientations: ORIENTATIONS, window_px: None }, scale_px })
    }

    /// The same with statistics in windows `window_px` wide, each of which reaches the centres of its
    /// neighbours: arrangement coarser than that is kept.
    ///
    /// # Errors
    /// When the window is smaller than [`LEAST_WINDOW_PX`].
    pub fn in_windows(self, window_px: u32) -> Result<Self, PortillaSimoncelliError> {
        if window_px < LEAST_WINDOW_PX {
            return Err(PortillaSimoncelliError::Window(window_px));
        }
        Ok(Self { plan: Plan { window_px: Some(window_px), ..self.plan }, ..self })
    }
}

impl Synthesis for PortillaSimoncelli {
    fn name(&self) -> &'static str {
        if self.plan.window_px.is_some() { "portilla-simoncelli-windows" } else { "portilla-simoncelli" }
    }

    /// The size of the windows where there are windows, since it is the size up to which the arrangement is
    /// lost there; else that of the structure kept.
    fn scale_px(&self) -> u32 {
        self.plan.window_px.unwrap_or(self.scale_px)
    }

    fn settings(&self) -> String {
        format!("structure of {} px", self.scale_px)
    }

    fn bytes_per_pixel(&self) -> u64 {
        let window_px = self.plan.window_px.map_or(u64::MAX, u64::from);
        BYTES_PER_PIXEL.max(BYTES_PER_PIXEL_BESIDE_WINDOWS + BYTES_PER_WINDOW / window_px.saturating_pow(2))
    }

    /// A picture of one colour comes back as it is: it is its own texture.
    fn distort(&self, intact: &RgbImage, seed: u64) -> Result<RgbImage, SynthesisError> {
        self.plan.follow(intact, seed)
    }
}
