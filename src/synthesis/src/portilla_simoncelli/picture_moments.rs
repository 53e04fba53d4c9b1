//! The statistics of the pixels themselves: their marginals, what no level holds, and the range of the
//! colours.

use rustfft::num_complex::Complex32;

use super::colour::Palette;
use super::fourier::Spectra;
use super::importance::power_importance;
use super::level_moments::deviations;
use super::moments::{self, POWERS};
use super::pyramid::{Level, Pyramid};
use super::windows::Windows;

/// Weight of a squared excess over the range of the picture's colours, averaged over pixels, against a
/// squared difference of correlations.
const RANGE_WEIGHT: f32 = 30.0;

/// Weight of the variance of what no level holds against a correlation; it is a single number.
const HIGHPASS_WEIGHT: f64 = 4.0;

/// What the statistics of the pixels should be.
pub(super) struct PictureTarget {
    width: usize,
    windows: Windows,
    highpass: Vec<f32>,
    /// Channels with channels, themselves too: products of what no level holds.
    pairs: Vec<(usize, usize)>,
    /// Powers of the pixels, then highpass products.
    wanted: [Vec<f64>; 2],
    weights: [Vec<f64>; 2],
    palette: Palette,
}

impl PictureTarget {
    pub(super) fn of(
        pyramid: &Pyramid,
        spectra: &Spectra,
        window_px: Option<u32>,
        palette: &Palette,
    ) -> Self {
        let level = &pyramid.levels[0];
        let size = (level.width, level.height);
        let pairs: Vec<(usize, usize)> =
            (0..spectra.len()).flat_map(|i| (0..=i).map(move |j| (i, j))).collect();
        let mut target = Self {
            width: level.width,
            windows: Windows::new(size, size, window_px),
            highpass: pyramid.highpass.weights.clone(),
            pairs,
            wanted: [Vec::new(), Vec::new()],
            weights: [Vec::new(), Vec::new()],
            palette: palette.clone(),
        };
        let (pixels, highpass) = target.planes(level, spectra);
        target.wanted = target.moments(&pixels, &highpass);
        let pixel = deviations(&pixels, level.width, &target.windows);
        // Highpass energy counts against that of the pixels as well, so that what is not there is not
        // amplified.
        let high = deviations(&highpass, level.width, &target.windows);
        let shares = &target.windows.share;
        let mut powers = Vec::new();
        let mut products = Vec::new();
        for ((pixel, high), share) in pixel.iter().zip(&high).zip(shares) {
            for unit in pixel {
                for power in 0..POWERS {
                    let unit = unit.powi(power as i32 + 1);
                    // The second power is the variance, which no other statistic of this level holds.
                    let size = if power == 1 {
                        1.0
                    } else {
                        power_importance(power, target.wanted[0][powers.len()] / unit)
                    };
                    powers.push(share * (size / unit).powi(2));
                }
            }
            for &(i, j) in &target.pairs {
                let unit = high[i].max(1e-3 * pixel[i]) * high[j].max(1e-3 * pixel[j]);
                products.push(share * (HIGHPASS_WEIGHT / unit).powi(2));
            }
        }
        target.weights = [powers, products];
        target
    }

    /// The loss of these spectra; its derivative is added to `by_spectra`.
    pub(super) fn add_slope(&self, level: &Level, spectra: &Spectra, by_spectra: &mut Spectra) -> f64 {
        let (pixels, highpass) = self.planes(level, spectra);
        let found = self.moments(&pixels, &highpass);
        let mut loss = 0.0;
        let mut by: [Vec<f64>; 2] = std::array::from_fn(|kind| {
            let all = found[kind].iter().zip(&self.wanted[kind]).zip(&self.weights[kind]);
            all.map(|((found, wanted), weight)| {
                loss += weight * (found - wanted).powi(2);
                2.0 * weight * (found - wanted)
            })
            .collect()
        });
        by = by.map(|by| self.windows.spread(&by));
        let zeros = || vec![vec![0.0; level.width * level.height]; spectra.len()];
        let (mut by_pixels, mut by_highpass) = (zeros(), zeros());
        moments::powers_back(&pixels, self.width, &self.windows, &by[0], &mut by_pixels);
        for pairs in [self.pairs.clone(), self.pairs.iter().map(|&(i, j)| (j, i)).collect()] {
            moments::products_back(
                &mut by_highpass,
                &highpass,
                pairs.into_iter(),
                self.width,
                &self.windows,
                &by[1],
            );
        }
        loss += f64::from(self.palette.add_excess(&pixels, RANGE_WEIGHT, &mut by_pixels));
        for ((pixels, highpass), sum) in by_pixels.iter().zip(&by_highpass).zip(by_spectra) {
            self.add_back(level, pixels, highpass, sum);
        }
        loss
    }

    fn moments(&self, pixels: &[Vec<f32>], highpass: &[Vec<f32>]) -> [Vec<f64>; 2] {
        [
            self.windows.pool(&moments::powers(pixels, self.width, &self.windows)),
            self.windows.pool(&moments::products(highpass, highpass, &self.pairs, self.width, &self.windows)),
        ]
    }

    /// Pixels and highpass pictures: both are real, so one complex transform gives both.
    fn planes(&self, level: &Level, spectra: &Spectra) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
        let both = |spectrum: &Vec<Complex32>| {
            let gain = level.gain;
            let mut sum: Vec<Complex32> = spectrum
                .iter()
                .zip(&self.highpass)
                .map(|(s, h)| s * Complex32::new(gain, gain * h))
                .collect();
            let mut picture = vec![Complex32::ZERO; sum.len()];
            level.fourier.inverse(&mut sum, &mut picture);
            picture.iter().map(|c| (c.re, c.im)).unzip()
        };
        spectra.iter().map(both).unzip()
    }

    /// The adjoint of [`Self::planes`]; what would make the pixels complex is left in, for it falls away
    /// with the imaginary part.
    fn add_back(&self, level: &Level, pixels: &[f32], highpass: &[f32], sum: &mut [Complex32]) {
        let mut both: Vec<Complex32> =
            pixels.iter().zip(highpass).map(|(p, h)| Complex32::new(*p, *h)).collect();
        let mut transformed = vec![Complex32::ZERO; both.len()];
        level.fourier.forward(&mut both, &mut transformed);
        for ((sum, value), h) in sum.iter_mut().zip(transformed).zip(&self.highpass) {
            *sum += value * Complex32::new(level.gain, -level.gain * h);
        }
    }
}
