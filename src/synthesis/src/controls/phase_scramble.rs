//! Gives a picture random Fourier phases: how much there is of every frequency stays, where anything is is
//! lost.

use image::RgbImage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

const CHANNELS: usize = 3;

/// The picture with its Fourier phases shifted at random, by the same in all three channels, so that colours
/// keep going together (Oppenheim & Lim 1981; colour as in Geirhos et al. 2018).
///
/// The amplitude spectrum of every channel is kept, up to what rounding to 8 bits and the limits 0 and 255
/// take.
pub fn phase_scrambled(picture: &RgbImage, seed: u64) -> RgbImage {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let shifts = phase_shifts(width, height, seed);
    let mut out = picture.clone();
    for channel in 0..CHANNELS {
        let mut values: Vec<Complex<f64>> =
            picture.pixels().map(|pixel| Complex::new(f64::from(pixel[channel]), 0.0)).collect();
        transform(&mut values, width, height, false);
        for (value, shift) in values.iter_mut().zip(&shifts) {
            *value *= Complex::from_polar(1.0, *shift);
        }
        transform(&mut values, width, height, true);
        let scale = 1.0 / (width * height) as f64;
        for (pixel, value) in out.pixels_mut().zip(values) {
            pixel[channel] = (value.re * scale).round().clamp(0.0, 255.0) as u8;
        }
    }
    out
}

/// A phase for every frequency, in radians: opposite for opposite frequencies, so that the picture stays
/// real, and 0 for those that are their own opposite, the mean among them.
fn phase_shifts(width: usize, height: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut shifts = vec![0.0; width * height];
    for y in 0..height {
        for x in 0..width {
            let (at, opposite) = (y * width + x, (height - y) % height * width + (width - x) % width);
            if at < opposite {
                let shift = rng.random_range(0.0..std::f64::consts::TAU);
                (shifts[at], shifts[opposite]) = (shift, -shift);
            }
        }
    }
    shifts
}

/// Fourier transform in place, rows and then columns, without scaling.
fn transform(values: &mut [Complex<f64>], width: usize, height: usize, inverse: bool) {
    if values.is_empty() {
        return;
    }
    let mut planner = FftPlanner::new();
    let mut plan =
        |length| if inverse { planner.plan_fft_inverse(length) } else { planner.plan_fft_forward(length) };
    let (row, column) = (plan(width), plan(height));
    row.process(values);
    let mut upright: Vec<Complex<f64>> =
        (0..width).flat_map(|x| (0..height).map(move |y| y * width + x)).map(|at| values[at]).collect();
    column.process(&mut upright);
    for (at, value) in values.iter_mut().enumerate() {
        *value = upright[at % width * height + at / width];
    }
}
