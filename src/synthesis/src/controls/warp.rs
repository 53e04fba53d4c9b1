//! Moves a picture's parts smoothly against each other: little stays in place, but what was beside each
//! other stays so.

use image::{Rgb, RgbImage};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::measure::Comparison;

/// Plane waves that make up the displacement, along each axis.
const WAVES: usize = 24;
/// Halvings of the interval of amplitudes.
const STEPS: u32 = 10;
/// The largest stretch: the displacement's slope, above which the picture would fold over itself.
const MAX_SLOPE: f64 = 0.9;
/// Taps of the interpolation on each side (Lanczos); it keeps the sharpness that a bilinear one would take.
const TAPS: i64 = 3;

/// A smooth random displacement, periodic in nothing that is seen.
///
/// Each axis is the sum of plane waves of random direction and phase whose wavelengths are from one to two
/// times `wavelength_px`, scaled so that the steepest slope anywhere on the picture is 1.
#[derive(Debug, Clone)]
pub struct Warp {
    width: usize,
    /// Displacement of every pixel, in pixels, at slope 1.
    field: Vec<[f64; 2]>,
}

impl Warp {
    /// A displacement for pictures of this size in pixels.
    pub fn new(width: u32, height: u32, wavelength_px: f64, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let axes = [0, 1].map(|_| waves(wavelength_px.max(1.0), &mut rng));
        let (width, height) = (width as usize, height as usize);
        let mut field = Vec::with_capacity(width * height);
        let mut steepest = f64::MIN_POSITIVE;
        for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y as f64, x as f64))) {
            let mut moved = [0.0; 2];
            let mut slopes = [0.0f64; 4];
            for (axis, waves) in axes.iter().enumerate() {
                for [fx, fy, phase] in waves {
                    let angle = fx * x + fy * y + phase;
                    moved[axis] += libm::sin(angle);
                    slopes[2 * axis] += fx * libm::cos(angle);
                    slopes[2 * axis + 1] += fy * libm::cos(angle);
                }
            }
            // The Frobenius norm is at least the largest stretch in any direction.
            steepest = steepest.max(slopes.iter().map(|s| s * s).sum::<f64>().sqrt());
            field.push(moved);
        }
        field.iter_mut().for_each(|moved| *moved = moved.map(|v| v / steepest));
        Self { width, field }
    }

    /// `picture`, which must have the size given to [`Warp::new`], displaced; `slope` from 0 (nothing) to
    /// below 1 (just not folded).
    pub fn apply(&self, picture: &RgbImage, slope: f64) -> RgbImage {
        RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
            let [dx, dy] = self.field[y as usize * self.width + x as usize];
            interpolated(picture, f64::from(x) + slope * dx, f64::from(y) + slope * dy)
        })
    }
}

/// Wavelengths of a warp that loses the layout, in scales; the shortest, the longest being twice that.
const WAVELENGTH_SCALES: f64 = 2.0;
/// The same of a warp that is locally as strong and keeps the layout: everything moves a quarter as far.
const KEEPING_SCALES: f64 = 0.5;

/// Warps `picture` just so much that no more of it is kept in place than in `distorted`, as
/// [`Comparison::kept_in_place`] measures it, or as much as it goes without folding.
pub fn warp_of_strength(picture: &RgbImage, distorted: &RgbImage, scale_px: u32, seed: u64) -> RgbImage {
    losing_warp(picture, scale_px, seed).apply(picture, slope_like(picture, distorted, scale_px, seed))
}

/// The slope at which [`warp_of_strength`] warps.
pub(super) fn slope_like(picture: &RgbImage, distorted: &RgbImage, scale_px: u32, seed: u64) -> f64 {
    let wanted = Comparison::of(picture, distorted, scale_px).kept_in_place;
    let warp = losing_warp(picture, scale_px, seed);
    let (mut weak, mut strong) = (0.0, MAX_SLOPE);
    for _ in 0..STEPS {
        let middle = f64::midpoint(weak, strong);
        let kept = Comparison::of(picture, &warp.apply(picture, middle), scale_px).kept_in_place;
        if kept > wanted { weak = middle } else { strong = middle }
    }
    strong
}

/// `picture` resampled by a field of this slope that keeps its layout.
pub(super) fn warped_in_place(picture: &RgbImage, scale_px: u32, slope: f64, seed: u64) -> RgbImage {
    let wavelength_px = KEEPING_SCALES * f64::from(scale_px);
    Warp::new(picture.width(), picture.height(), wavelength_px, seed).apply(picture, slope)
}

pub(super) fn losing_warp(picture: &RgbImage, scale_px: u32, seed: u64) -> Warp {
    let wavelength_px = WAVELENGTH_SCALES * f64::from(scale_px);
    Warp::new(picture.width(), picture.height(), wavelength_px, seed)
}

/// Plane waves: angular frequency along x and y in radians a pixel, and phase.
fn waves(wavelength_px: f64, rng: &mut ChaCha8Rng) -> Vec<[f64; 3]> {
    use std::f64::consts::TAU;
    (0..WAVES)
        .map(|_| {
            let frequency = TAU / (wavelength_px * (1.0 + rng.random::<f64>()));
            let direction = TAU * rng.random::<f64>();
            [frequency * libm::cos(direction), frequency * libm::sin(direction), TAU * rng.random::<f64>()]
        })
        .collect()
}

/// The colour at a place between pixels (Lanczos, a = 3, weights normed to 1); the border is mirrored
/// outwards.
fn interpolated(picture: &RgbImage, x: f64, y: f64) -> Rgb<u8> {
    let taps = |at: f64, length: u32| {
        let first = at.floor() as i64 - TAPS + 1;
        let weights: [f64; 2 * TAPS as usize] =
            std::array::from_fn(|i| lanczos(at - (first + i as i64) as f64));
        let total: f64 = weights.iter().sum();
        let places: [u32; 2 * TAPS as usize] =
            std::array::from_fn(|i| mirrored(first + i as i64, i64::from(length)));
        (places, weights.map(|weight| weight / total))
    };
    let ((columns, across), (rows, down)) = (taps(x, picture.width()), taps(y, picture.height()));
    let mut sum = [0.0; 3];
    for (row, down) in rows.into_iter().zip(down) {
        for (column, across) in columns.into_iter().zip(across) {
            let pixel = picture.get_pixel(column, row);
            (0..3).for_each(|channel| sum[channel] += down * across * f64::from(pixel[channel]));
        }
    }
    Rgb(sum.map(|v| v.round().clamp(0.0, 255.0) as u8))
}

fn lanczos(x: f64) -> f64 {
    use std::f64::consts::PI;
    let sinc = |x: f64| if x.abs() < 1e-9 { 1.0 } else { libm::sin(PI * x) / (PI * x) };
    if x.abs() < TAPS as f64 { sinc(x) * sinc(x / TAPS as f64) } else { 0.0 }
}

/// The place inside 0..length that a mirror at each border shows; the border pixel is shown once.
fn mirrored(at: i64, length: i64) -> u32 {
    let period = (2 * (length - 1)).max(1);
    let at = at.rem_euclid(period);
    (if at < length { at } else { period - at }) as u32
}
