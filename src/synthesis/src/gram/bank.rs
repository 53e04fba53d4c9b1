//! The fixed bank of random filters and the pyramid it looks at, and how often its filters answer together.

use burn::tensor::activation::relu;
use burn::tensor::module::{conv2d, interpolate};
use burn::tensor::ops::{ConvOptions, InterpolateMode, InterpolateOptions};
use burn::tensor::{Device, Tensor, TensorData};
use image::RgbImage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::alone::alone;
use super::opponent::Colours;
use super::pixels;
use super::statistics::gram;

/// The seed from which the filters are drawn: always the same ones.
const FILTER_SEED: u64 = 2017;

/// Side of a filter in pixels of its level; with the pyramid's blur it sees 5, 13, 29, 61, 125 … px of the
/// picture.
const FILTER_PX: usize = 5;
/// Filters of a level at most.
const FILTERS: usize = 64;
/// Fewest positions of a level, per squared number of filters: with fewer, its Gram matrix
/// says where things are, and the picture itself comes back.
const POSITIONS_PER_SQUARE: usize = 2;
/// Filters of a level where pictures are measured, whatever their size, so that they can be compared.
const MEASURING_FILTERS: usize = 32;
/// Positions whose answers are held at one time where pictures are measured.
const POSITIONS_AT_A_TIME: usize = 256 * 256;
/// Memory that these answers take in [`gram_matrices`], in bytes, besides what is in proportion to the
/// picture.
pub const MEASURING_BYTES: u64 = 900 * POSITIONS_AT_A_TIME as u64;
/// Side of the coarsest level of the smallest picture.
const COARSEST_PX: usize = 9;
/// The blur before a picture is halved, in sixteenths.
const BLUR: [f32; 5] = [1.0, 4.0, 6.0, 4.0, 1.0];

/// The Gram matrices of a picture at this many levels, the finest first: of each pair of filters the mean
/// product of what they answer, wherever that is. Upper triangles, row by row, of equal length for every
/// picture. Computed on the processor.
///
/// As [`FilterBankSynthesis`](super::FilterBankSynthesis) sees a distortion: the first 32 of its filters,
/// and the colours about the mean and in the strength of those of `intact`, the picture itself or the one
/// that it is a distortion of.
///
/// # Panics
/// When a side is shorter than [`smallest_px`] for these levels.
pub fn gram_matrices(picture: &RgbImage, intact: &RgbImage, levels: usize) -> Vec<Vec<f32>> {
    alone(|| matrices(picture, intact, levels))
}

fn matrices(picture: &RgbImage, intact: &RgbImage, levels: usize) -> Vec<Vec<f32>> {
    let device = Device::flex();
    let colours = Colours::of(intact);
    let planes = pyramid(pixels::planes(picture, &device, |rgb| colours.encode(rgb)), levels);
    let bank = Bank::new(vec![MEASURING_FILTERS; levels], &device);
    let upper = |(level, planes): (usize, Tensor<4>)| {
        let gram = bank.gram_by_rows(level, planes);
        let [filters, _] = gram.dims();
        let values: Vec<f32> = gram.into_data().iter::<f32>().collect();
        values.chunks_exact(filters).enumerate().flat_map(|(row, of)| of[row..].to_vec()).collect()
    };
    planes.into_iter().enumerate().map(upper).collect()
}

/// The shorter side that a picture needs for this many levels, in pixels: doubled and the blur's margin
/// added for every level above the coarsest.
pub fn smallest_px(levels: usize) -> u32 {
    (1..levels).fold(COARSEST_PX, |side, _| 2 * side + BLUR.len() - 2) as u32
}

/// Height and width of every level, the finest first.
pub(super) fn sizes(finest: [usize; 2], levels: usize) -> Vec<[usize; 2]> {
    let smaller = |size: &[usize; 2]| Some(size.map(|side| (side - BLUR.len()) / 2 + 1));
    std::iter::successors(Some(finest), smaller).take(levels).collect()
}

/// The planes and their halvings, the finest first.
pub(super) fn pyramid(planes: Tensor<4>, levels: usize) -> Vec<Tensor<4>> {
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

pub(super) fn enlarged(planes: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    let options = InterpolateOptions::new(InterpolateMode::Bilinear).with_align_corners(false);
    interpolate(planes, options.with_output_size(size))
}

/// The filters of every level.
pub(super) struct Bank {
    filters: Vec<Tensor<4>>,
    blur: Tensor<4>,
}

impl Bank {
    /// The filters of each level: normally distributed under a Gaussian envelope, of length 1.
    fn new(counts: Vec<usize>, device: &Device) -> Self {
        let filters =
            counts.into_iter().enumerate().map(|(level, count)| random_filters(level, count, device));
        Self { filters: filters.collect(), blur: blur_kernel(device) }
    }

    /// As many filters as the levels of `wanted` have room for.
    pub(super) fn fitting(wanted: &[Tensor<4>], device: &Device) -> Self {
        let count = |planes: &Tensor<4>| {
            let [_, _, h, w] = planes.dims();
            let positions = (h + 1 - FILTER_PX) * (w + 1 - FILTER_PX);
            (positions / POSITIONS_PER_SQUARE).isqrt().clamp(2, FILTERS)
        };
        Self::new(wanted.iter().map(count).collect(), device)
    }

    /// What the filters answer at `finest` and all coarser levels.
    ///
    /// # Shapes
    /// `[1, 3, h, w]` at level `finest` → `[1, filters, h', w']` each
    pub(super) fn maps(&self, planes: Tensor<4>, finest: usize) -> Vec<Tensor<4>> {
        let mut planes = planes;
        let mut maps = Vec::new();
        for (at, filters) in self.filters.iter().enumerate().skip(finest) {
            if at > finest {
                planes = halved(planes, self.blur.clone());
            }
            maps.push(answers(planes.clone(), filters.clone()));
        }
        maps
    }

    /// The Gram matrix of one level, which is a sum over positions: a few rows of them at a time, so that a
    /// large picture needs no more memory than a small one.
    ///
    /// # Shapes
    /// `[1, 3, h, w]` → `[filters, filters]`
    fn gram_by_rows(&self, level: usize, planes: Tensor<4>) -> Tensor<2> {
        let [_, _, h, w] = planes.dims();
        let (rows, columns) = (h + 1 - FILTER_PX, w + 1 - FILTER_PX);
        let step = (POSITIONS_AT_A_TIME / columns).max(1);
        let parts = (0..rows).step_by(step).map(|first| {
            let taken = step.min(rows - first);
            let part = planes.clone().slice([0..1, 0..3, first..first + taken + FILTER_PX - 1, 0..w]);
            gram(answers(part, self.filters[level].clone())) * (taken as f64 / rows as f64)
        });
        let none = || Tensor::zeros([MEASURING_FILTERS; 2], &planes.device());
        parts.reduce(|sum, part| sum + part).unwrap_or_else(none)
    }
}

fn answers(planes: Tensor<4>, filters: Tensor<4>) -> Tensor<4> {
    relu(conv2d(planes, filters, None, ConvOptions::new([1, 1], [0, 0], [1, 1], 1)))
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
