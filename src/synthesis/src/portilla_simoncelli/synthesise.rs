//! From noise to a picture with given statistics, from coarse to fine.

use image::RgbImage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rustfft::num_complex::Complex32;

use super::super::SynthesisError;
use super::colour::Palette;
use super::descent::{Limits, descend};
use super::fourier::{Nesting, Spectra, frequency};
use super::objective::Target;
use super::picture_moments::PictureTarget;
use super::pyramid::{COARSEST_PX, Pyramid};
use super::ranks;

/// Steps of the descent at each level but the finest; a step costs a quarter at each coarser one.
const COARSE_STEPS: u64 = 50;
/// Steps at the finest level before each time that the picture is given its exact colours. That undoes a
/// part of what the descent has done; with a few steps more after the first time, half as much is undone by
/// the last.
const FINE_STEPS: [u64; 2] = [16, 14];
/// A block that makes glibc keep freed memory when it was freed once: without it every plane is fetched from
/// the system and given back again, which takes a third of the time.
const KEPT_BYTES: usize = 24 << 20;
/// Amplitude of the noise to start from, against that of the picture at each frequency: structure is grown
/// more quickly than noise is taken away.
const NOISE_SHARE: f32 = 0.8;
/// The loss at which the statistics count as matched.
const MATCHED: f64 = 1e-3;

/// How a picture is to be synthesised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    /// Scales of the pyramid; fewer when the picture is too small for them.
    pub(super) scales: usize,
    pub(super) orientations: usize,
    /// Size of the windows in which statistics are pooled; without one they are pooled over the whole
    /// picture.
    pub(super) window_px: Option<u32>,
}

impl Plan {
    /// Another picture with the statistics of `picture`.
    pub(super) fn follow(self, picture: &RgbImage, seed: u64) -> Result<RgbImage, SynthesisError> {
        let size = (picture.width() as usize, picture.height() as usize);
        let scales = self.scales.min(Pyramid::most_scales(size));
        if scales == 0 {
            let (width_px, height_px) = picture.dimensions();
            return Err(SynthesisError::TooSmall { width_px, height_px, needed_px: 2 * COARSEST_PX as u32 });
        }
        drop(std::hint::black_box(Vec::<u8>::with_capacity(KEPT_BYTES)));
        let palette = Palette::of(picture);
        let channels = palette.channels(picture);
        if channels.is_empty() {
            return Ok(picture.clone());
        }
        let pyramid = Pyramid::new(size, scales, self.orientations);
        let wanted: Spectra = channels.iter().map(|c| pyramid.levels[0].fourier.of_real(c)).collect();
        let pixels = PictureTarget::of(&pyramid, &wanted, self.window_px, &palette);
        let target = Target::of(&pyramid, &wanted, self.window_px, pixels);
        let amplitudes: Vec<Vec<f32>> = wanted.iter().map(|s| amplitudes(s, size)).collect();
        let mut spectra = noise(&pyramid, &amplitudes, seed);
        if let Some(window_px) = self.window_px {
            keep_coarse(&mut spectra, &wanted, size, window_px);
        }
        for level in (1..scales).rev() {
            Stage::new(&pyramid, level).improve(&target, COARSE_STEPS, &mut spectra)?;
        }
        let finest = Stage::new(&pyramid, 0);
        let mut painted = picture.clone();
        for steps in FINE_STEPS {
            finest.improve(&target, steps, &mut spectra)?;
            let found: Vec<Vec<f32>> = spectra.iter().map(|s| plane(&pyramid, s)).collect();
            if found.iter().flatten().any(|v| !v.is_finite()) {
                return Err(SynthesisError::NotFinite("pixels"));
            }
            painted = ranks::painted(&palette.colours(&found), picture);
            let channels = palette.channels(&painted);
            spectra = channels.iter().map(|c| pyramid.levels[0].fourier.of_real(c)).collect();
        }
        Ok(painted)
    }
}

/// The descent at one level: what is varied is the picture of this level's size.
struct Stage<'a> {
    pyramid: &'a Pyramid,
    level: usize,
    nesting: Nesting,
    /// A smaller picture has as many times less power at every frequency as it has fewer pixels; this makes
    /// up for it.
    gain: f32,
}

impl<'a> Stage<'a> {
    fn new(pyramid: &'a Pyramid, level: usize) -> Self {
        let (top, here) = (&pyramid.levels[0], &pyramid.levels[level]);
        let nesting = Nesting::new((here.width, here.height), (top.width, top.height));
        let gain = ((top.width * top.height) as f32 / (here.width * here.height) as f32).sqrt();
        Self { pyramid, level, nesting, gain }
    }

    /// Brings the low frequencies of `spectra` nearer to the target.
    fn improve(&self, target: &Target, steps: u64, spectra: &mut Spectra) -> Result<(), SynthesisError> {
        let start = self.pictures(spectra);
        let evaluate = |pictures: &[f64]| {
            let slope = target.slope(self.pyramid, self.level, &self.spectra(pictures));
            (slope.loss, self.back(slope.by_spectra))
        };
        let best = descend(start, Limits { steps, loss: MATCHED }, evaluate)
            .ok_or(SynthesisError::NotFinite("loss"))?;
        for (small, large) in self.spectra(&best).iter().zip(spectra) {
            self.nesting.put(small, large);
        }
        Ok(())
    }

    fn pixels(&self) -> usize {
        self.pyramid.levels[self.level].width * self.pyramid.levels[self.level].height
    }

    /// The pictures of all channels, one after the other.
    fn pictures(&self, spectra: &Spectra) -> Vec<f64> {
        let small = spectra.iter().map(|spectrum| self.nesting.cut(spectrum)).collect();
        let factor = 1.0 / (f64::from(self.gain).powi(2) * self.pixels() as f64);
        self.back(small).into_iter().map(|v| v * factor).collect()
    }

    /// The spectra of pictures.
    fn spectra(&self, pictures: &[f64]) -> Spectra {
        let spectrum = |picture: &[f64]| {
            let picture: Vec<f32> = picture.iter().map(|v| *v as f32 * self.gain).collect();
            self.pyramid.levels[self.level].fourier.of_real(&picture)
        };
        pictures.chunks(self.pixels()).map(spectrum).collect()
    }

    /// The adjoint of [`Self::spectra`].
    fn back(&self, by_spectra: Spectra) -> Vec<f64> {
        let mut by_pictures = Vec::with_capacity(by_spectra.len() * self.pixels());
        for mut by in by_spectra {
            let mut picture = vec![Complex32::ZERO; by.len()];
            self.pyramid.levels[self.level].fourier.inverse(&mut by, &mut picture);
            by_pictures.extend(picture.iter().map(|c| f64::from(self.gain * c.re)));
        }
        by_pictures
    }
}

/// The square root of the power of each frequency, per pixel, averaged over rings of like frequency. Nothing
/// at frequency 0.
fn amplitudes(spectrum: &[Complex32], (width, height): (usize, usize)) -> Vec<f32> {
    let longer = width.max(height) as f64;
    let ring = |index: usize| {
        let (x, y) = (index / height, index % height);
        let (fx, fy) =
            (frequency(x, width) as f64 / width as f64, frequency(y, height) as f64 / height as f64);
        (libm::hypot(fx, fy) * longer).round() as usize
    };
    let mut rings = vec![(0.0f64, 0.0f64); longer as usize + 2];
    for (index, value) in spectrum.iter().enumerate() {
        let (sum, count) = &mut rings[ring(index)];
        *sum += f64::from(value.norm_sqr());
        *count += 1.0;
    }
    let pixels = (width * height) as f64;
    (0..spectrum.len())
        .map(|index| {
            let (sum, count) = rings[ring(index)];
            if index == 0 { 0.0 } else { (sum / count / pixels).sqrt() as f32 }
        })
        .collect()
}

/// Spectra of normal noise with a share of these amplitudes.
fn noise(pyramid: &Pyramid, amplitudes: &[Vec<f32>], seed: u64) -> Spectra {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // Box–Muller; `libm`, so that every machine draws the same.
    let mut normal = || {
        let (radius, angle): (f64, f64) = (1.0 - rng.random::<f64>(), rng.random());
        ((-2.0 * libm::log(radius)).sqrt() * libm::cos(std::f64::consts::TAU * angle)) as f32
    };
    amplitudes
        .iter()
        .map(|amplitudes| {
            let flat: Vec<f32> = amplitudes.iter().map(|_| normal()).collect();
            let mut spectrum = pyramid.levels[0].fourier.of_real(&flat);
            spectrum
                .iter_mut()
                .zip(amplitudes)
                .for_each(|(value, amplitude)| *value *= NOISE_SHARE * amplitude);
            spectrum
        })
        .collect()
}

/// Brings in the target's frequencies of less than about one cycle per window, which windows keep.
///
/// Without this a window may come to the right variance with its light and dark exchanged, from where no
/// small step leads out.
fn keep_coarse(spectra: &mut Spectra, wanted: &Spectra, (width, height): (usize, usize), window_px: u32) {
    for (index, at) in (0..width * height).map(|index| (index, (index / height, index % height))) {
        let cycles = |place: usize, length: usize| {
            frequency(place, length) as f64 / length as f64 * f64::from(window_px)
        };
        let kept = libm::exp(-libm::hypot(cycles(at.0, width), cycles(at.1, height)).powi(2));
        let noise = (1.0 - kept * kept).max(0.0).sqrt();
        for (spectrum, wanted) in spectra.iter_mut().zip(wanted) {
            spectrum[index] = spectrum[index] * noise as f32 + wanted[index] * kept as f32;
        }
    }
}

/// The picture of a spectrum.
fn plane(pyramid: &Pyramid, spectrum: &[Complex32]) -> Vec<f32> {
    let top = &pyramid.levels[0];
    let mut spectrum = spectrum.to_vec();
    let mut picture = vec![Complex32::ZERO; spectrum.len()];
    top.fourier.inverse(&mut spectrum, &mut picture);
    picture.iter().map(|c| c.re * top.gain).collect()
}
