//! Texture synthesis by a fixed bank of random filters, which needs no weights.

use std::ops::RangeInclusive;

use burn::tensor::activation::relu;
use burn::tensor::module::{conv2d, interpolate};
use burn::tensor::ops::{ConvOptions, InterpolateMode, InterpolateOptions};
use burn::tensor::{Device, Tensor, TensorData};
use image::RgbImage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::descent::{Walk, descend};
use super::statistics::{Target, loss};
use super::{Watcher, pixels};
use crate::synthesis::{Synthesis, SynthesisError};

/// The seed from which the filters are drawn: always the same ones.
pub const FILTER_SEED: u64 = 2017;
/// Smallest and largest scale in pixels.
pub const SCALE_LIMITS_PX: RangeInclusive<u32> = 8..=512;
/// Iterations at each level of the pyramid.
pub const ITERATIONS: usize = 60;

/// Side of a filter in pixels of its level; with the pyramid's blur it sees 5, 13, 29, 61, 125 … px of the picture.
const FILTER_PX: usize = 5;
/// Filters of a level at most.
const FILTERS: usize = 64;
/// A level holds at least so many positions for each square of its number of filters: with fewer, its Gram matrix
/// says where things are, and the picture itself comes back.
const POSITIONS_PER_SQUARE: usize = 2;
/// Side of the coarsest level of the smallest picture.
const COARSEST_PX: usize = 9;
/// Pixels beyond each edge that are made and cut away: fewer filters see the outermost ones.
const MARGIN_PX: usize = 16;
/// Pairs of pixels and gradients that L-BFGS remembers.
const HISTORY: usize = 10;
/// Feature maps of all levels with their gradients and what filtering needs besides, reckoned from the shapes.
const BYTES_PER_PIXEL: u64 = 2600;
/// The blur before a picture is halved, in sixteenths.
const BLUR: [f32; 5] = [1.0, 4.0, 6.0, 4.0, 1.0];

/// Noise is changed until the Gram matrices of a fixed bank of random filters are the picture's (Ustyuzhaninov et al.,
/// "What does it take to generate natural textures?", 2017).
///
/// One layer of random filters of several sizes, a rectifier, Gram matrices. The sizes come from a pyramid, each level
/// blurred and halved, with the same 5 × 5 px filters on each: large filters at a small price. The picture is made from
/// the coarsest level to the finest, 60 iterations of L-BFGS each, from noise drawn with the seed; 16 px are made
/// beyond each edge and cut away. Each colour channel's histogram is brought to the picture's own.
///
/// **Scale.** At a scale of `s` px the largest filters see at most `s` px: 8 px is one level (5 px), 16 two (13 px),
/// 32 three (29 px), 64 four (61 px), 128 five (125 px).
///
/// The same picture, seed, software and kind of processor give the same pixels; other processors round otherwise.
#[derive(Debug)]
pub struct FilterBankSynthesis {
    device: Device,
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
    /// Filters up to `scale_px` pixels, on `device`, which needs no autodiff of its own.
    ///
    /// # Errors
    /// When the scale is outside [`SCALE_LIMITS_PX`].
    pub fn new(scale_px: u32, device: &Device) -> Result<Self, ScaleError> {
        if !SCALE_LIMITS_PX.contains(&scale_px) {
            return Err(ScaleError { scale_px });
        }
        Ok(Self {
            device: device.clone().autodiff(),
            scale_px,
            iterations: ITERATIONS,
            watcher: Watcher::default(),
        })
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

    /// A canvas whose statistics are those of `wanted`, the levels of a picture: made at the coarsest level from noise,
    /// then at each finer one from the level before, enlarged, with noise in place of the detail that it lacks.
    ///
    /// # Shapes
    /// output: `[1, 3, h + 2 · MARGIN_PX, w + 2 · MARGIN_PX]`
    fn canvas(&self, wanted: &[Tensor<4>], seed: u64) -> Result<Tensor<4>, SynthesisError> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let bank = Bank::new(wanted, &self.device);
        let [_, _, h, w] = wanted[0].dims();
        let sizes = sizes([h + 2 * MARGIN_PX, w + 2 * MARGIN_PX], wanted.len());
        let mut canvas = Tensor::zeros([1, 3, 1, 1], &self.device);
        let mut known = canvas.clone();
        for (level, [rows, columns]) in sizes.into_iter().enumerate().rev() {
            let target = &wanted[level];
            let [_, _, h, w] = target.dims();
            let missing = target.clone() - enlarged(known, [h, w]);
            let noise = noise([rows, columns], missing.square().mean().sqrt().into_scalar(), &mut rng);
            let noise = Tensor::from_data(noise, &self.device);
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
        format!("{} iterations", self.iterations)
    }

    /// Doubling and adding the blur's margin for every level above the coarsest.
    fn smallest_px(&self) -> u32 {
        (1..self.levels()).fold(COARSEST_PX, |side, _| 2 * side + BLUR.len() - 2) as u32
    }

    fn bytes_per_pixel(&self) -> u64 {
        BYTES_PER_PIXEL
    }

    fn distort(&self, intact: &RgbImage, seed: u64) -> Result<RgbImage, SynthesisError> {
        let ((width_px, height_px), needed_px) = (intact.dimensions(), self.smallest_px());
        if width_px.min(height_px) < needed_px {
            return Err(SynthesisError::TooSmall { width_px, height_px, needed_px });
        }
        let colours = Colours::of(intact);
        let planes = pixels::planes(intact, &self.device, |rgb| colours.encode(rgb));
        let canvas = self.canvas(&pyramid(planes, self.levels()), seed)?;
        let (rows, columns) = (height_px as usize, width_px as usize);
        let inside = canvas.slice([0..1, 0..3, MARGIN_PX..MARGIN_PX + rows, MARGIN_PX..MARGIN_PX + columns]);
        let found = pixels::picture(inside, |planes| colours.decode(planes));
        Ok(pixels::with_colours_of(intact, &found))
    }
}

/// Lightness, red against green, and both against blue, each about its mean and evened out in strength, so that faint
/// colours are not lost beside strong lightness.
struct Colours {
    mean: [f32; 3],
    gain: [f32; 3],
}

/// Rows: the three opponent axes, of length 1.
const AXES: [[f32; 3]; 3] = [
    [0.577_350_3, 0.577_350_3, 0.577_350_3],
    [std::f32::consts::FRAC_1_SQRT_2, -std::f32::consts::FRAC_1_SQRT_2, 0.0],
    [0.408_248_3, 0.408_248_3, -0.816_496_6],
];

impl Colours {
    fn of(picture: &RgbImage) -> Self {
        let count = picture.pixels().len().max(1) as f64;
        let (mut sum, mut squares) = ([0.0; 3], [0.0; 3]);
        for pixel in picture.pixels() {
            let along = opponent(pixel.0.map(|level| f32::from(level) / 255.0));
            for axis in 0..3 {
                sum[axis] += f64::from(along[axis]);
                squares[axis] += f64::from(along[axis]).powi(2);
            }
        }
        let mean = sum.map(|sum| sum / count);
        // The hundredth keeps a grey picture's rounding from being taken for colour.
        let gain = std::array::from_fn(|axis| {
            let spread = (squares[axis] / count - mean[axis].powi(2)).max(0.0).sqrt();
            (1.0 / (spread + 0.01).sqrt()) as f32
        });
        Self { mean: mean.map(|mean| mean as f32), gain }
    }

    fn encode(&self, rgb: [f32; 3]) -> [f32; 3] {
        let along = opponent(rgb);
        std::array::from_fn(|axis| (along[axis] - self.mean[axis]) * self.gain[axis])
    }

    fn decode(&self, planes: [f32; 3]) -> [f32; 3] {
        let along: [f32; 3] = std::array::from_fn(|axis| planes[axis] / self.gain[axis] + self.mean[axis]);
        std::array::from_fn(|colour| (0..3).map(|axis| AXES[axis][colour] * along[axis]).sum())
    }
}

fn opponent(rgb: [f32; 3]) -> [f32; 3] {
    AXES.map(|axis| (0..3).map(|colour| axis[colour] * rgb[colour]).sum())
}

/// Height and width of every level, the finest first.
fn sizes(finest: [usize; 2], levels: usize) -> Vec<[usize; 2]> {
    let smaller = |size: &[usize; 2]| Some(size.map(|side| (side - BLUR.len()) / 2 + 1));
    std::iter::successors(Some(finest), smaller).take(levels).collect()
}

/// The planes and their halvings, the finest first.
fn pyramid(planes: Tensor<4>, levels: usize) -> Vec<Tensor<4>> {
    let kernel = blur_kernel(&planes.device());
    std::iter::successors(Some(planes), |finer| Some(halved(finer.clone(), kernel.clone())))
        .take(levels)
        .collect()
}

fn halved(planes: Tensor<4>, kernel: Tensor<4>) -> Tensor<4> {
    conv2d(planes, kernel, None, ConvOptions::new([2, 2], [0, 0], [1, 1], 3))
}

fn blur_kernel(device: &Device) -> Tensor<4> {
    let values: Vec<f32> = (0..75).map(|at| BLUR[at % 25 / 5] * BLUR[at % 5] / 256.0).collect();
    Tensor::from_data(TensorData::new(values, [3, 1, 5, 5]), device)
}

fn enlarged(planes: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    let options = InterpolateOptions::new(InterpolateMode::Bilinear).with_align_corners(false);
    interpolate(planes, options.with_output_size(size))
}

/// The filters of every level.
struct Bank {
    filters: Vec<Tensor<4>>,
    blur: Tensor<4>,
}

impl Bank {
    /// Filters for the levels of `wanted`: normally distributed under a Gaussian envelope, of length 1.
    fn new(wanted: &[Tensor<4>], device: &Device) -> Self {
        let filters = wanted.iter().enumerate().map(|(level, planes)| {
            let [_, _, h, w] = planes.dims();
            let positions = (h + 1 - FILTER_PX) * (w + 1 - FILTER_PX);
            let count = (positions / POSITIONS_PER_SQUARE).isqrt().clamp(2, FILTERS);
            random_filters(level, count, device)
        });
        Self { filters: filters.collect(), blur: blur_kernel(device) }
    }

    /// What the filters answer at `finest` and all coarser levels.
    ///
    /// # Shapes
    /// `[1, 3, h, w]` at level `finest` → `[1, filters, h', w']` each
    fn maps(&self, planes: Tensor<4>, finest: usize) -> Vec<Tensor<4>> {
        let mut planes = planes;
        let mut maps = Vec::new();
        for (at, filters) in self.filters.iter().enumerate().skip(finest) {
            if at > finest {
                planes = halved(planes, self.blur.clone());
            }
            let options = ConvOptions::new([1, 1], [0, 0], [1, 1], 1);
            maps.push(relu(conv2d(planes.clone(), filters.clone(), None, options)));
        }
        maps
    }
}

/// # Shapes
/// output: `[count, 3, 5, 5]`
fn random_filters(level: usize, count: usize, device: &Device) -> Tensor<4> {
    let mut rng = ChaCha8Rng::seed_from_u64(FILTER_SEED);
    rng.set_stream(level as u64);
    let middle = (FILTER_PX / 2) as f32;
    let taps = FILTER_PX * FILTER_PX;
    let mut values = Vec::with_capacity(count * 3 * taps);
    for _ in 0..count {
        let mut filter: Vec<f32> = (0..3 * taps)
            .map(|at| {
                let (y, x) = ((at % taps / FILTER_PX) as f32 - middle, (at % FILTER_PX) as f32 - middle);
                let envelope = (-(x * x + y * y) / (2.0 * (FILTER_PX as f32 / 3.0).powi(2))).exp();
                envelope * rng.sample::<f32, _>(StandardNormal)
            })
            .collect();
        let length = filter.iter().map(|tap| tap * tap).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        filter.iter_mut().for_each(|tap| *tap /= length);
        values.append(&mut filter);
    }
    Tensor::from_data(TensorData::new(values, [count, 3, FILTER_PX, FILTER_PX]), device)
}
