//! The complex steerable pyramid (Simoncelli & Freeman 1995; Portilla & Simoncelli 2000, section 2.1) in the
//! Fourier domain.
//!
//! Filters and amplitudes are those of plenoptic's `SteerablePyramidFreq` with `is_complex=True,
//! tight_frame=False`: coefficients of level l are 4^l times as large as those of a pyramid that keeps its
//! size. Frequencies are in units of the Nyquist frequency, so that 1 is half a cycle per pixel. Every
//! filter from level 0 on vanishes at the Nyquist frequency of its own grid. A level may therefore have any
//! number of pixels that is at least 2^−l of the picture's, and pictures of any size and aspect are analysed
//! as they are, without padding; the border wraps round.

use std::f64::consts::{FRAC_PI_2, PI};

use rustfft::FftPlanner;
use rustfft::num_complex::Complex32;

use super::fourier::{Filter, Fourier, Nesting, frequency};

/// The least number of pixels on each side of the lowpass residual: the width of the correlations'
/// neighbourhood.
pub(super) const COARSEST_PX: usize = 7;

/// The filters of one level and the transforms of its size. Filters are real; `Pyramid::turn` goes with the
/// bands'.
pub(super) struct Level {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) fourier: Fourier,
    /// What a coefficient is multiplied by after the unnormalised inverse transform.
    pub(super) gain: f32,
    /// The lowpass picture of this level without its mean.
    pub(super) low: Filter,
    /// One oriented band each; none at the lowpass residual.
    pub(super) bands: Vec<Filter>,
    /// The bands of the next coarser level on this level's grid; none at the coarsest bands.
    pub(super) parents: Vec<Filter>,
    /// How the next coarser level's spectrum lies in this one's.
    pub(super) coarser: Option<Nesting>,
}

/// The filters for pictures of one size.
pub(super) struct Pyramid {
    pub(super) orientations: usize,
    /// (−i)^(orientations − 1), the phase of a Gaussian derivative's transform.
    pub(super) turn: Complex32,
    /// What no level holds, on the grid of the picture.
    pub(super) highpass: Filter,
    /// From fine to coarse; the last is the lowpass residual.
    pub(super) levels: Vec<Level>,
}

impl Pyramid {
    /// Pixel counts of level `level` of a picture of `size`.
    pub(super) fn size(size: (usize, usize), level: usize) -> (usize, usize) {
        (size.0.div_ceil(1 << level), size.1.div_ceil(1 << level))
    }

    /// The most scales for which the lowpass residual holds a neighbourhood.
    pub(super) fn most_scales(size: (usize, usize)) -> usize {
        (size.0.min(size.1) / COARSEST_PX).checked_ilog2().unwrap_or(0) as usize
    }

    /// `scales` must be at most [`Self::most_scales`] and `orientations` at least 2.
    pub(super) fn new(size: (usize, usize), scales: usize, orientations: usize) -> Self {
        let mut planner = FftPlanner::new();
        let levels = (0..=scales)
            .map(|at| {
                let (width, height) = Self::size(size, at);
                let filter =
                    |f: &dyn Fn(f64, f64) -> f64| Filter::new(on_grid(size, (width, height), f), height);
                let oriented = |of_level: usize, exists: bool| -> Vec<Filter> {
                    let count = if exists { orientations } else { 0 };
                    let band = |k| {
                        move |radius: f64, angle: f64| {
                            lowpass(radius, of_level)
                                * high(radius, of_level + 1)
                                * fan(angle, k, orientations)
                        }
                    };
                    (0..count).map(|k| filter(&band(k))).collect()
                };
                Level {
                    width,
                    height,
                    fourier: Fourier::new(width, height, &mut planner),
                    gain: (4f64.powi(at as i32) / (size.0 * size.1) as f64) as f32,
                    low: filter(&|r, _| if r > 0.0 { lowpass(r, at).powi(2) } else { 0.0 }),
                    bands: oriented(at, at < scales),
                    parents: oriented(at + 1, at + 1 < scales),
                    coarser: (at < scales).then(|| Nesting::new(Self::size(size, at + 1), (width, height))),
                }
            })
            .collect();
        let turn = [(1.0, 0.0), (0.0, -1.0), (-1.0, 0.0), (0.0, 1.0)][(orientations - 1) % 4];
        Self {
            orientations,
            turn: Complex32::new(turn.0, turn.1),
            highpass: Filter::new(on_grid(size, size, &|r, _| high(r, 0)), size.1),
            levels,
        }
    }
}

/// Values of a filter, given by radius and angle of the frequency, on the grid of a level of a picture of
/// `full` size.
fn on_grid(full: (usize, usize), grid: (usize, usize), filter: &dyn Fn(f64, f64) -> f64) -> Vec<f32> {
    let mut values = Vec::with_capacity(grid.0 * grid.1);
    for x in 0..grid.0 {
        let fx = 2.0 * frequency(x, grid.0) as f64 / full.0 as f64;
        for y in 0..grid.1 {
            let fy = 2.0 * frequency(y, grid.1) as f64 / full.1 as f64;
            values.push(filter(libm::hypot(fx, fy), libm::atan2(fy, fx)) as f32);
        }
    }
    values
}

/// How far a radius is into the octave that ends at 2^−`octave`: 0 before it, 1 after it.
fn transition(radius: f64, octave: usize) -> f64 {
    if radius > 0.0 { (libm::log2(radius) + octave as f64 + 1.0).clamp(0.0, 1.0) } else { 0.0 }
}

/// What passes above: a raised cosine in log frequency over one octave.
fn high(radius: f64, octave: usize) -> f64 {
    libm::sin(FRAC_PI_2 * transition(radius, octave))
}

/// What reaches a level: everything that the level before it did not hold.
fn lowpass(radius: f64, level: usize) -> f64 {
    let t = transition(radius, level);
    if t < 1.0 { libm::cos(FRAC_PI_2 * t) } else { 0.0 }
}

/// The angular filter: one half of the plane only, so that coefficients are complex (analytic).
fn fan(angle: f64, orientation: usize, orientations: usize) -> f64 {
    let order = orientations as i32 - 1;
    let factorial = |n: i32| (1..=n).map(f64::from).product::<f64>();
    let norm = 2f64.powi(2 * order) * factorial(order).powi(2) / (orientations as f64 * factorial(2 * order));
    let cosine = libm::cos(angle - PI * orientation as f64 / orientations as f64);
    if cosine > 0.0 { 2.0 * norm.sqrt() * cosine.powi(order) } else { 0.0 }
}
