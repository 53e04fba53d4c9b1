#![doc = include_str!("../README.md")]

pub mod block_shuffle;
pub mod controls;
mod coverage;
mod field;
mod histogram;
mod jigsaw;
mod matched;
mod raster;
mod report;

#[cfg(feature = "gatys")]
pub mod gram;
pub mod measure;
pub mod patch;
pub mod portilla_simoncelli;
pub mod triplets;

use std::fmt::Debug;

use gestalt_files::memory::BUDGET_BYTES;
use image::RgbImage;

use crate::triplets::Triplet;

pub use coverage::Coverage;
#[cfg(feature = "gatys")]
pub use gram::{FilterBankSynthesis, GatysSynthesis};
pub use patch::{PatchSynthesis, ScaleError, Traces};
pub use report::{SynthesisReport, TripletMeasure};

/// The largest picture of a set, in pixels on each side.
pub const MAX_SIZE_PX: u32 = 2048;

/// A way to make distortions: each keeps the local structure of a picture up to a scale and loses the
/// arrangement.
pub trait Synthesis: Debug + Send + Sync {
    /// What it is called on the command line and in `trials.json`, for example `patch`.
    fn name(&self) -> &'static str;

    /// Size of the local structure that is kept, in pixels of the picture.
    fn scale_px(&self) -> u32;

    /// The other settings that decide its pictures, for example `windows of 64 px`: an interrupted set
    /// resumes only when it is the same.
    fn settings(&self) -> String {
        String::new()
    }

    /// Memory that it takes at its peak for every pixel of the picture, in bytes: as many pictures are
    /// distorted at one time as fit in. A distortion waits for its room asleep, so it must not itself wait
    /// for other threads.
    fn bytes_per_pixel(&self) -> u64 {
        100
    }

    /// The least side of a picture that a set can be made of, in pixels.
    fn smallest_px(&self) -> u32 {
        2 * self.scale_px()
    }

    /// The largest side of a picture that a set can be made of within the memory that a set may take, in
    /// pixels.
    fn largest_px(&self) -> u32 {
        MAX_SIZE_PX.min((BUDGET_BYTES / self.bytes_per_pixel()).isqrt() as u32)
    }

    /// A distortion of `intact`, of the same size; the same for the same picture and seed.
    ///
    /// # Errors
    /// When this picture cannot be distorted; it is then left out of the set and named.
    fn distort(&self, intact: &RgbImage, seed: u64) -> Result<RgbImage, SynthesisError>;

    /// Whether the intact picture of a trial goes through the same program as its distortions.
    fn traces(&self) -> Traces {
        Traces::Unmatched
    }

    /// The three pictures of a trial, all of the size of `intact`; the same for the same picture and seed.
    ///
    /// # Errors
    /// As [`Synthesis::distort`].
    fn triplet(&self, intact: &RgbImage, seed: u64) -> Result<Triplet, SynthesisError> {
        Triplet::unmatched(intact, self, seed)
    }
}

/// Why a picture cannot be distorted.
#[derive(Debug, thiserror::Error)]
pub enum SynthesisError {
    /// Smaller than the synthesis can work on.
    #[error("is {width_px} × {height_px} px; this synthesis needs at least {needed_px} px on each side")]
    TooSmall {
        /// Width of the picture in pixels.
        width_px: u32,
        /// Height of the picture in pixels.
        height_px: u32,
        /// The least that would do, in pixels.
        needed_px: u32,
    },
    /// The statistics or the search left the numbers that a computer knows.
    #[error("its synthesis did not come to an end in numbers ({0}); use another picture or another seed")]
    NotFinite(&'static str),
    /// A network that measures the texture failed.
    #[error("the network that measures its texture failed: {0}")]
    Network(String),
    /// It could not be passed through JPEG.
    #[error(transparent)]
    Jpeg(#[from] gestalt_images::jpeg_copy::JpegCopyError),
}

impl Synthesis for PatchSynthesis {
    fn name(&self) -> &'static str {
        "patch"
    }

    fn scale_px(&self) -> u32 {
        self.scale_px()
    }

    fn settings(&self) -> String {
        match self.traces() {
            Traces::Matched => "traces matched".into(),
            // Nothing, as sets stated before there was a choice.
            Traces::Unmatched => String::new(),
        }
    }

    fn distort(&self, intact: &RgbImage, seed: u64) -> Result<RgbImage, SynthesisError> {
        Ok(self.distort(intact, seed))
    }

    fn traces(&self) -> Traces {
        self.traces()
    }

    fn triplet(&self, intact: &RgbImage, seed: u64) -> Result<Triplet, SynthesisError> {
        self.matched_triplet(intact, seed).map_or_else(|| Triplet::unmatched(intact, self, seed), Ok)
    }
}
