//! The statistics of Portilla & Simoncelli (2000), section 2, as plenoptic computes them.

use std::fmt;

use image::RgbImage;
use rustfft::num_complex::Complex32;

use super::super::SynthesisError;
use super::fields::{LevelFields, real};
use super::moments::{self, LAGS};
use super::pyramid::{COARSEST_PX, Pyramid};
use super::windows::Windows;

/// Below this share of the picture's variance a lowpass picture counts as even: skew 0 and kurtosis 3.
const EVEN: f64 = 1e-6;

/// Which pictures of the pyramid a group of statistics belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The picture itself.
    Picture,
    /// What is too fine for any scale.
    Highpass,
    /// A scale, 0 the finest; each next one is half as fine.
    Scale(usize),
    /// What is too coarse for any scale.
    Lowpass,
}

/// A group of statistics that are of one kind and belong to one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Group {
    /// The kind:
    /// - `pixel`: mean, variance, skew, kurtosis, minimum, maximum of the grey levels, 0 to 1;
    /// - `highpass_variance`;
    /// - `std`, `skew`, `kurtosis`, `autocorrelation` (24 lags) of the lowpass picture of a scale;
    /// - `magnitude_std` (one for each orientation), `magnitude_autocorrelation` (24 lags for each
    ///   orientation), `magnitude_cross_orientation` (one for each pair of orientations);
    /// - `magnitude_cross_scale`: each orientation with each of the next coarser scale;
    /// - `real_cross_scale`: the real part of each orientation with the real and then the imaginary parts of
    ///   the next coarser scale's, their phase doubled.
    pub name: &'static str,
    /// The level; for the two that cross scales, the finer one.
    pub level: Level,
}

/// The texture statistics of one greyscale picture.
///
/// Conventions are plenoptic's (2.1.1, `PortillaSimoncelli`), which differ from the authors' Matlab code:
/// correlations instead of covariances, and the standard deviations beside them; no means of magnitudes;
/// kurtosis is 3 for a normal distribution; the phase-doubled real parts are correlated within scale pairs
/// only. The border wraps round. Of an autocorrelation only one half is kept, since the other is the same:
/// lags (down, right) with down > 0, or down = 0 and right > 0, up to 3, row by row. What has no variance
/// has correlations of 0 with everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    groups: Vec<(Group, Vec<f64>)>,
}

impl Statistics {
    /// The statistics of a picture's luma (Rec. 601, of the sRGB values, 0 to 1); pictures of any aspect.
    ///
    /// The paper has 4 scales and 4 orientations. `orientations` are at least 2 and at most 16.
    ///
    /// # Errors
    /// When the picture is too small for that many scales, see [`Self::most_scales`].
    pub fn of_luma(picture: &RgbImage, scales: usize, orientations: usize) -> Result<Self, SynthesisError> {
        let luma: Vec<f32> = picture
            .pixels()
            .map(|p| (0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2])) / 255.0)
            .collect();
        Self::of_plane(&luma, picture.width(), scales, orientations)
    }

    /// The statistics of grey levels between 0 and 1, row by row.
    ///
    /// # Errors
    /// When the picture is too small for that many scales, or a grey level is not finite.
    pub fn of_plane(
        plane: &[f32],
        width_px: u32,
        scales: usize,
        orientations: usize,
    ) -> Result<Self, SynthesisError> {
        let width = width_px as usize;
        let height = plane.len().checked_div(width).unwrap_or(0);
        if scales == 0 || Pyramid::most_scales((width, height)) < scales {
            let needed_px = (COARSEST_PX << scales.max(1)) as u32;
            return Err(SynthesisError::TooSmall { width_px, height_px: height as u32, needed_px });
        }
        let pyramid = Pyramid::new((width, height), scales, orientations.clamp(2, 16));
        let statistics = Self { groups: groups(&pyramid, plane) };
        if statistics.groups.iter().any(|(_, values)| values.iter().any(|v| !v.is_finite())) {
            return Err(SynthesisError::NotFinite("statistics"));
        }
        Ok(statistics)
    }

    /// The most scales that a picture of this size can be measured at: the coarsest lowpass picture needs 7
    /// px on each side.
    pub fn most_scales(width_px: u32, height_px: u32) -> usize {
        Pyramid::most_scales((width_px as usize, height_px as usize))
    }

    /// Every group with its values; the same groups in the same order for the same number of scales and
    /// orientations.
    pub fn groups(&self) -> impl Iterator<Item = (Group, &[f64])> {
        self.groups.iter().map(|(group, values)| (*group, values.as_slice()))
    }

    /// All values, group after group.
    pub fn to_vector(&self) -> Vec<f64> {
        self.groups.iter().flat_map(|(_, values)| values.iter().copied()).collect()
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picture => f.write_str("picture"),
            Self::Highpass => f.write_str("highpass"),
            Self::Scale(scale) => write!(f, "scale {scale}"),
            Self::Lowpass => f.write_str("lowpass"),
        }
    }
}

/// Every group of the picture's statistics, from fine to coarse.
fn groups(pyramid: &Pyramid, plane: &[f32]) -> Vec<(Group, Vec<f64>)> {
    let top = &pyramid.levels[0];
    let spectrum = top.fourier.of_real(plane);
    let highpass = real(&top.fourier.filtered(&spectrum, &pyramid.highpass, top.gain.into()));
    let pixel = pixel(plane);
    let variance = pixel[1];
    let mut groups = vec![
        (Group { name: "pixel", level: Level::Picture }, pixel),
        (Group { name: "highpass_variance", level: Level::Highpass }, vec![mean_square(&highpass)]),
    ];
    let mut spectra = vec![spectrum];
    for (at, level) in pyramid.levels.iter().enumerate() {
        let name = if level.bands.is_empty() { Level::Lowpass } else { Level::Scale(at) };
        let of_level = of_level(pyramid, at, &spectra, variance);
        groups.extend(of_level.into_iter().map(|(kind, values)| (Group { name: kind, level: name }, values)));
        if let Some(nesting) = &level.coarser {
            spectra = vec![nesting.cut(&spectra[0])];
        }
    }
    groups
}

/// The groups of one level, given the spectrum on its grid and the variance of the picture.
fn of_level(
    pyramid: &Pyramid,
    at: usize,
    spectra: &[Vec<Complex32>],
    variance: f64,
) -> Vec<(&'static str, Vec<f64>)> {
    let level = &pyramid.levels[at];
    let size = (level.width, level.height);
    let whole = Windows::new(size, size, None);
    let mut fields = LevelFields::of(pyramid, at, spectra);
    let means = |planes: &[Vec<f32>]| -> Vec<f32> { planes.iter().map(|p| mean(p) as f32).collect() };
    fields.centre(&means(&fields.magnitude), &means(&fields.parent));

    let low = whole.pool(&moments::lagged(&fields.low, level.width, &whole));
    let powers = whole.pool(&moments::powers(&fields.low, level.width, &whole));
    // Amplitudes grow fourfold with every level, so variances sixteenfold.
    let even = low[0] < EVEN * variance * 16f64.powi(at as i32) || low[0] <= 0.0;
    let (skew, kurtosis) =
        if even { (0.0, 3.0) } else { (powers[2] / low[0].powf(1.5), powers[3] / low[0].powi(2)) };
    let mut groups = vec![
        ("std", vec![low[0].sqrt()]),
        ("skew", vec![skew]),
        ("kurtosis", vec![kurtosis]),
        ("autocorrelation", low[1..].iter().map(|v| ratio(*v, low[0])).collect()),
    ];
    let orientations = level.bands.len();
    if orientations == 0 {
        return groups;
    }
    let lagged = whole.pool(&moments::lagged(&fields.magnitude, level.width, &whole));
    let magnitude_variance: Vec<f64> = lagged.iter().step_by(LAGS.len()).copied().collect();
    let correlations = |a: &[Vec<f32>], b: &[Vec<f32>], pairs: &moments::Pairs| -> Vec<f64> {
        let products = whole.pool(&moments::products(a, b, pairs, level.width, &whole));
        let [a, b] = [a, b].map(|planes| planes.iter().map(|p| mean_square(p)).collect::<Vec<_>>());
        products.iter().zip(pairs).map(|(p, &(i, j))| ratio(*p, (a[i] * b[j]).sqrt())).collect()
    };
    let within: Vec<(usize, usize)> = (0..orientations).flat_map(|i| (0..i).map(move |j| (i, j))).collect();
    let every = |count: usize| -> Vec<(usize, usize)> {
        (0..orientations).flat_map(|i| (0..count).map(move |j| (i, j))).collect()
    };
    groups.push(("magnitude_std", magnitude_variance.iter().map(|v| v.sqrt()).collect()));
    groups.push((
        "magnitude_autocorrelation",
        lagged.chunks(LAGS.len()).flat_map(|l| l[1..].iter().map(|v| ratio(*v, l[0]))).collect(),
    ));
    groups.push(("magnitude_cross_orientation", correlations(&fields.magnitude, &fields.magnitude, &within)));
    if !fields.parent.is_empty() {
        let parents = every(orientations);
        groups.push(("magnitude_cross_scale", correlations(&fields.magnitude, &fields.parent, &parents)));
        let doubled = every(2 * orientations);
        groups.push(("real_cross_scale", correlations(&fields.real, &fields.doubled, &doubled)));
    }
    groups
}

/// Mean, variance (of a sample), skew, kurtosis, minimum and maximum.
fn pixel(plane: &[f32]) -> Vec<f64> {
    let mean = mean(plane);
    let count = plane.len() as f64;
    let central = |power| plane.iter().map(|v| (f64::from(*v) - mean).powi(power)).sum::<f64>();
    let variance = central(2) / (count - 1.0);
    // Grey levels are multiples of 1/255; less variance than this is rounding.
    let (skew, kurtosis) = if variance < 1e-12 {
        (0.0, 3.0)
    } else {
        (central(3) / count / variance.powf(1.5), central(4) / count / variance.powi(2))
    };
    let (low, high) = plane.iter().fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    vec![mean, variance, skew, kurtosis, f64::from(low), f64::from(high)]
}

fn mean(plane: &[f32]) -> f64 {
    plane.iter().map(|v| f64::from(*v)).sum::<f64>() / plane.len() as f64
}

fn mean_square(plane: &[f32]) -> f64 {
    plane.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / plane.len() as f64
}

/// 0 where there is nothing to divide by.
fn ratio(value: f64, by: f64) -> f64 {
    if by > f64::MIN_POSITIVE { value / by } else { 0.0 }
}
