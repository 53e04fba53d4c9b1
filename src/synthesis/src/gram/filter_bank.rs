//! Texture synthesis by a fixed bank of random filters, which needs no weights.

use std::ops::RangeInclusive;

use burn::tensor::{Tensor, TensorData};
use image::RgbImage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::alone::alone;
use super::bank::{Bank, enlarged, pyramid, sizes, smallest_px};
use super::descent::{Walk, descend};
use super::opponent::Colours;
use super::statistics::{Target, loss};
use super::{Place, Watcher, pixels};
use crate::{Synthesis, SynthesisError};

/// Smallest and largest scale in pixels.
pub const SCALE_LIMITS_PX: RangeInclusive<u32> = 8..=512;
/// Iterations at each level of the pyramid.
pub const ITERATIONS: usize = 60;

/// Pixels beyond each edge that are made and cut away: fewer filters see the outermost ones.
const MARGIN_PX: usize = 16;
/// Pairs of pixels and gradients that L-BFGS remembers.
const HISTORY: usize = 10;
/// Feature maps of all levels with their gradients and what filtering needs besides, reckoned from the
/// shapes.
const BYTES_PER_PIXEL: u64 = 2600;

/// Noise is changed until the Gram matrices of a fixed bank of random filters are the picture's
/// (Ustyuzhaninov et al., "What does it take to generate natural textures?", 2017).
///
/// One layer of random filters of several sizes, a rectifier, Gram matrices. The sizes come from a pyramid,
/// each level blurred and halved, with the same 5 × 5 px filters on each: large filters at a small price.
/// The picture is made from the coarsest level to the finest, 60 iterations of L-BFGS each, from noise drawn
/// with the seed; 16 px are made beyond each edge and cut away. Each colour channel's histogram is brought
/// to the picture's own.
///
/// **Scale.** At a scale of `s` px the largest filters see at most `s` px: 8 px is one level (5 px), 16 two
/// (13 px), 32 three (29 px), 64 four (61 px), 128 five (125 px).
///
/// The same picture, seed, software and kind of processor give the same pixels; other processors round
/// otherwise.
#[derive(Debug)]
pub struct FilterBankSynthesis {
    place: Place,
    scale_px: u32,
    iterations: usize,
    watcher: Watcher,
}

/// The scale is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a scale of {scale_px} px is out of range; give one from {} to {} px",
    SCALE_LIMITS_PX.start(), SCALE_LIMITS_PX.end()
)]
pub struct ScaleError {
    /// The scale asked for, in pixels.
    pub scale_px: u32,
}

impl FilterBankSynthesis {
    /// Filters up to `scale_px` pixels.
    ///
    /// # Errors
    /// When the scale is outside [`SCALE_LIMITS_PX`].
    pub fn new(scale_px: u32, place: Place) -> Result<Self, ScaleError> {
        if !SCALE_LIMITS_PX.contains(&scale_px) {
            return Err(ScaleError { scale_px });
        }
        Ok(Self { place, scale_px, iterations: ITERATIONS, watcher: Watcher::default() })
    }

    /// Another number of iterations of L-BFGS at each level; more than 20 are rounded up to steps of 20.
    #[must_use]
    pub fn with_iterations(mut self, iterations: usize) -> Self {
        self.iterations = iterations;
        self
    }

    /// Tells `watcher` how far each level of each picture is.
    #[must_use]
    pub fn watched_by(mut self, watcher: Watcher) -> Self {
        self.watcher = watcher;
        self
    }

    fn levels(&self) -> usize {
        (self.scale_px / SCALE_LIMITS_PX.start()).ilog2() as usize + 1
    }

    /// A canvas whose statistics are those of `wanted`, the levels of a picture: made at the coarsest level
    /// from noise, then at each finer one from the level before, enlarged, with noise in place of the detail
    /// that it lacks.
    ///
    /// # Shapes
    /// output: `[1, 3, h + 2 · MARGIN_PX, w + 2 · MARGIN_PX]`
    fn canvas(&self, wanted: &[Tensor<4>], seed: u64) -> Result<Tensor<4>, SynthesisError> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let bank = Bank::fitting(wanted, self.place.device());
        let [_, _, h, w] = wanted[0].dims();
        let sizes = sizes([h + 2 * MARGIN_PX, w + 2 * MARGIN_PX], wanted.len());
        let mut canvas = Tensor::zeros([1, 3, 1, 1], self.place.device());
        let mut known = canvas.clone();
        for (level, [rows, columns]) in sizes.into_iter().enumerate().rev() {
            let target = &wanted[level];
            let [_, _, h, w] = target.dims();
            let missing = target.clone() - enlarged(known, [h, w]);
            let noise = noise([rows, columns], missing.square().mean().sqrt().into_scalar(), &mut rng);
            let noise = Tensor::from_data(noise, self.place.device());
            let start = enlarged(canvas.autodiff(), [rows, columns]) + noise;
            let targets: Vec<Target> =
                bank.maps(target.clone(), level).into_iter().map(Target::relative).collect();
            let walk = Walk { iterations: self.iterations, history: HISTORY };
            canvas = descend(start, walk, &self.watcher, |canvas| loss(bank.maps(canvas, level), &targets))?;
            known = target.clone();
        }
        Ok(canvas)
    }
}

/// Normally distributed numbers.
///
/// # Shapes
/// output: `[1, 3, rows, columns]`
fn noise([rows, columns]: [usize; 2], spread: f32, rng: &mut ChaCha8Rng) -> TensorData {
    let values = (0..3 * rows * columns).map(|_| spread * rng.sample::<f32, _>(StandardNormal));
    TensorData::new(values.collect::<Vec<f32>>(), [1, 3, rows, columns])
}

impl Synthesis for FilterBankSynthesis {
    fn name(&self) -> &'static str {
        "filter-bank"
    }

    fn scale_px(&self) -> u32 {
        self.scale_px
    }

    fn settings(&self) -> String {
        format!("{} iterations a level, on {}", self.iterations, self.place)
    }

    fn smallest_px(&self) -> u32 {
        smallest_px(self.levels())
    }

    fn bytes_per_pixel(&self) -> u64 {
        BYTES_PER_PIXEL
    }

    fn distort(&self, intact: &RgbImage, seed: u64) -> Result<RgbImage, SynthesisError> {
        let ((width_px, height_px), needed_px) = (intact.dimensions(), self.smallest_px());
        if width_px.min(height_px) < needed_px {
            return Err(SynthesisError::TooSmall { width_px, height_px, needed_px });
        }
        alone(|| {
            let colours = Colours::of(intact);
            let planes = pixels::planes(intact, self.place.device(), |rgb| colours.encode(rgb));
            let canvas = self.canvas(&pyramid(planes, self.levels()), seed)?;
            let (rows, columns) = (height_px as usize, width_px as usize);
            let inside =
                canvas.slice([0..1, 0..3, MARGIN_PX..MARGIN_PX + rows, MARGIN_PX..MARGIN_PX + columns]);
            let found = pixels::picture(inside, |planes| colours.decode(planes));
            Ok(pixels::with_colours_of(intact, &found))
        })
    }
}
