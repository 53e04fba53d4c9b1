//! Numbers that show that two distortions are two other arrangements of one and the same texture.

use image::RgbImage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::raster::{CHANNELS, Raster, UNITS};

/// Windows correlated at least this much count as kept in place.
const KEPT_R: f64 = 0.8;
/// Windows whose luma varies less than this (standard deviation, grey levels) have no structure to keep.
const FLAT_SD: f64 = 4.0;
/// Side of the patches of the texture distance, in pixels of each level.
const PATCH: usize = 7;
/// Directions along which patch distributions are compared.
const SLICES: usize = 16;
/// Patches drawn from a picture at every level, at most about this many.
const PATCHES: usize = 2048;

/// Widths of the windows in which local content is compared, in pixels; a picture halved once is compared in
/// windows that are twice as wide, and so on.
pub const CONTENT_PX: [u32; 7] = [7, 14, 28, 56, 112, 224, 448];

/// How two pictures of one size compare in arrangement and in texture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Share of the structured windows of one patch size that show nearly the same at the same place in both
    /// (Pearson r of luma ≥ 0.8), 0 to 1.
    pub kept_in_place: f64,
    /// Pearson correlation of the two pictures' colours, averaged over cells of one patch size, −1 to 1.
    pub layout_r: f64,
    /// Sliced Wasserstein distance of the distributions of 7 × 7 patches, in grey levels, mean over the
    /// levels up to the patch size; 0 means the same texture.
    pub texture_distance: f64,
    /// Sliced Wasserstein distance of what windows of each width of [`CONTENT_PX`] show, wherever they lie,
    /// in grey levels; none where the picture is smaller. 0 means that the same content occurs equally
    /// often.
    #[serde(default)]
    pub content_distances: [Option<f64>; CONTENT_PX.len()],
}

impl Comparison {
    /// Compares two pictures of the same size at a patch size of `scale_px` pixels.
    ///
    /// Of pictures of different sizes the common top left part is compared.
    pub fn of(first: &RgbImage, second: &RgbImage, scale_px: u32) -> Self {
        let (width, height) =
            (first.width().min(second.width()).max(1), first.height().min(second.height()).max(1));
        let cut = |picture: &RgbImage| image::imageops::crop_imm(picture, 0, 0, width, height).to_image();
        let (first, second) = (Raster::from_rgb(&cut(first)), Raster::from_rgb(&cut(second)));
        let scale_px = (scale_px as usize).clamp(1, first.width.min(first.height));
        let (kept_in_place, layout_r) =
            (kept_in_place(&first, &second, scale_px), layout_r(&first, &second, scale_px));
        let content_distances = content_distances(first, second);
        let texture_distance = texture_distance(&content_distances, scale_px);
        Self { kept_in_place, layout_r, texture_distance, content_distances }
    }
}

fn kept_in_place(first: &Raster, second: &Raster, window_px: usize) -> f64 {
    let step = (window_px / 4).max(1);
    let (mut structured, mut kept) = (0usize, 0usize);
    for top in (0..=first.height - window_px).step_by(step) {
        for left in (0..=first.width - window_px).step_by(step) {
            let luma = |picture: &Raster| -> Vec<f64> {
                (top..top + window_px).flat_map(|y| luma_run(picture, left, y, window_px)).collect()
            };
            let (a, b) = (luma(first), luma(second));
            if standard_deviation(&a) >= FLAT_SD {
                structured += 1;
                kept += usize::from(correlation(&a, &b) >= KEPT_R);
            }
        }
    }
    if structured == 0 { 0.0 } else { kept as f64 / structured as f64 }
}

fn layout_r(first: &Raster, second: &Raster, cell_px: usize) -> f64 {
    let cells = |picture: &Raster| -> Vec<f64> {
        let (columns, rows) = (picture.width.div_ceil(cell_px), picture.height.div_ceil(cell_px));
        let mut sums = vec![[0.0; CHANNELS]; columns * rows];
        for (at, pixel) in picture.pixels.iter().enumerate() {
            let cell = at / picture.width / cell_px * columns + at % picture.width / cell_px;
            (0..3).for_each(|channel| sums[cell][channel] += f64::from(pixel[channel]));
            sums[cell][3] += 1.0;
        }
        let means: Vec<[f64; 3]> = sums.iter().map(|s| [s[0] / s[3], s[1] / s[3], s[2] / s[3]]).collect();
        let overall: [f64; 3] =
            std::array::from_fn(|c| means.iter().map(|m| m[c]).sum::<f64>() / means.len() as f64);
        means.iter().flat_map(|m| std::array::from_fn::<f64, 3, _>(|c| m[c] - overall[c])).collect()
    };
    correlation(&cells(first), &cells(second))
}

/// Mean over the windows that are no wider than the scale, the smallest always among them; 0 of tiny
/// pictures.
fn texture_distance(by_window: &[Option<f64>], scale_px: usize) -> f64 {
    let within = |window_px: u32| window_px == CONTENT_PX[0] || window_px as usize <= scale_px * 5 / 4;
    let (mut sum, mut windows) = (0.0, 0.0);
    for (distance, _) in by_window.iter().zip(CONTENT_PX).filter(|(_, window_px)| within(*window_px)) {
        let Some(distance) = distance else { break };
        (sum, windows) = (sum + distance, windows + 1.0);
    }
    if windows == 0.0 { 0.0 } else { sum / windows }
}

fn content_distances(mut first: Raster, mut second: Raster) -> [Option<f64>; CONTENT_PX.len()] {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    CONTENT_PX.map(|_| {
        if first.width.min(first.height) < PATCH {
            return None;
        }
        let mut sum = 0.0;
        for _ in 0..SLICES {
            let direction = unit_direction(&mut rng);
            let (a, b) = (projections(&first, &direction), projections(&second, &direction));
            let apart: f64 = a.iter().zip(&b).map(|(a, b)| f64::from((a - b).abs())).sum();
            sum += apart / a.len() as f64 / SLICES as f64;
        }
        (first, second) = (first.halved(), second.halved());
        Some(sum)
    })
}

/// A random direction of length 1 in the space of a patch's colours.
fn unit_direction(rng: &mut ChaCha8Rng) -> Vec<f32> {
    let raw: Vec<f32> =
        (0..PATCH * PATCH * 3).map(|_| (0..4).map(|_| rng.random::<f32>() - 0.5).sum()).collect();
    let length = raw.iter().map(|v| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    raw.iter().map(|v| v / length).collect()
}

/// Where the patches of a picture lie along a direction, in grey levels, sorted.
fn projections(picture: &Raster, direction: &[f32]) -> Vec<f32> {
    let (columns, rows) = (picture.width - PATCH + 1, picture.height - PATCH + 1);
    let step = ((columns * rows) as f64 / PATCHES as f64).sqrt().ceil().max(1.0) as usize;
    let mut found = Vec::with_capacity(PATCHES);
    for y in (0..rows).step_by(step) {
        for x in (0..columns).step_by(step) {
            let values = (y..y + PATCH).flat_map(|row| picture.run(x, row, PATCH).chunks_exact(CHANNELS));
            let along = values
                .zip(direction.chunks_exact(3))
                .map(|(p, d)| f32::from(p[0]) * d[0] + f32::from(p[1]) * d[1] + f32::from(p[2]) * d[2]);
            found.push(along.sum::<f32>() / f32::from(UNITS));
        }
    }
    found.sort_by(f32::total_cmp);
    found
}

fn luma_run(picture: &Raster, x: usize, y: usize, length: usize) -> impl Iterator<Item = f64> {
    picture.run(x, y, length).chunks_exact(CHANNELS).map(|p| {
        (0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2])) / f64::from(UNITS)
    })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn standard_deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len().max(1) as f64).sqrt()
}

/// Pearson correlation; 0 where one side does not vary.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let covariance: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    let spread = standard_deviation(a) * standard_deviation(b) * a.len() as f64;
    if spread > 1e-9 { covariance / spread } else { 0.0 }
}
