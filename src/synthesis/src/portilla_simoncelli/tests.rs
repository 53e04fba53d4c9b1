//! The pyramid loses nothing, and every derivative is the derivative of its loss.
#![allow(clippy::unwrap_used)]

use image::{Rgb, RgbImage};
use rustfft::num_complex::Complex32;

use super::colour::Palette;
use super::fourier::Spectra;
use super::objective::Target;
use super::picture_moments::PictureTarget;
use super::pyramid::Pyramid;

const SIZES: [(usize, usize); 4] = [(64, 64), (97, 160), (45, 33), (224, 31)];

fn picture((width, height): (usize, usize), seed: u32) -> RgbImage {
    RgbImage::from_fn(width as u32, height as u32, |x, y| {
        let wave = |k: u32| ((x * (k + seed) + y * y / 7) % 23 * 9 + (x * y * seed + 31 * k) % 29) as u8;
        Rgb([wave(2), wave(3), wave(5)])
    })
}

/// The picture is the sum of what the filters' adjoints make of their own outputs: bands count half, since a
/// complex band holds each frequency and its negative.
#[test]
fn the_pyramid_reconstructs_pictures_of_any_size() {
    for size in SIZES {
        let pyramid = Pyramid::new(size, Pyramid::most_scales(size).min(4), 4);
        let top = &pyramid.levels[0];
        let plane: Vec<f32> = picture(size, 1).pixels().map(|p| f32::from(p[0]) - 100.0).collect();
        let spectrum = top.fourier.of_real(&plane);
        let one = Complex32::from(top.gain);
        let mut rebuilt = vec![Complex32::ZERO; spectrum.len()];
        let mut high = top.fourier.filtered(&spectrum, &pyramid.highpass, one);
        top.fourier.add_back(&mut high, &pyramid.highpass, one, &mut rebuilt);
        // Pairs of a level's part of the spectrum and what is rebuilt of it, from fine to coarse.
        let (mut parts, mut sums) = (vec![spectrum], vec![rebuilt]);
        for (at, level) in pyramid.levels.iter().enumerate() {
            let turn = pyramid.turn * level.gain;
            for filter in &level.bands {
                let mut band = level.fourier.filtered(&parts[at], filter, turn);
                // Undoes that amplitudes grow fourfold with every level, here and in the adjoint.
                let pixels = (level.width * level.height) as f32;
                let share = (size.0 * size.1) as f32 / pixels / 16f32.powi(at as i32);
                band.iter_mut().for_each(|c| *c *= 0.5 * share);
                level.fourier.add_back(&mut band, filter, turn, &mut sums[at]);
            }
            match &level.coarser {
                Some(nesting) => {
                    let part = nesting.cut(&parts[at]);
                    sums.push(vec![Complex32::ZERO; part.len()]);
                    parts.push(part);
                }
                None => {
                    // `low` is the square of the lowpass filter, and leaves out the mean.
                    for ((sum, part), filter) in sums[at].iter_mut().zip(&parts[at]).zip(&level.low.weights) {
                        *sum += part * filter * top.gain;
                    }
                    sums[at][0] = parts[at][0] * top.gain;
                }
            }
        }
        for at in (1..sums.len()).rev() {
            let part = sums[at].clone();
            pyramid.levels[at - 1].coarser.as_ref().unwrap().add(&part, &mut sums[at - 1]);
        }
        let mut found = vec![Complex32::ZERO; plane.len()];
        top.fourier.inverse(&mut sums[0], &mut found);
        for (found, wanted) in found.iter().zip(&plane) {
            assert!((found.re - wanted).abs() < 0.01, "{size:?}: {found} for {wanted}");
        }
    }
}

#[test]
fn the_slope_is_that_of_the_loss() {
    for (window_px, first) in [(None, 0), (None, 1), (Some(20), 0), (Some(20), 1)] {
        let size = (45, 33);
        let pyramid = Pyramid::new(size, 2, 4);
        let wanted = picture(size, 1);
        let palette = Palette::of(&wanted);
        let spectra_of = |picture: &RgbImage| -> Spectra {
            palette.channels(picture).iter().map(|c| pyramid.levels[0].fourier.of_real(c)).collect()
        };
        let target_spectra = spectra_of(&wanted);
        let pixels = PictureTarget::of(&pyramid, &target_spectra, window_px, &palette);
        let target = Target::of(&pyramid, &target_spectra, window_px, pixels);
        let mut start = spectra_of(&picture(size, 4));
        let mut way = spectra_of(&picture(size, 9));
        if first == 1 {
            let nesting = pyramid.levels[0].coarser.as_ref().unwrap();
            start = start.iter().map(|s| nesting.cut(s)).collect();
            way = way.iter().map(|s| nesting.cut(s)).collect();
        }
        assert!(target.slope(&pyramid, 0, &target_spectra).loss < 1e-4);
        let at = |step: f32| -> f64 {
            let moved = start.iter().zip(&way);
            let moved = moved.map(|(s, w)| s.iter().zip(w).map(|(s, w)| s + w * step).collect()).collect();
            target.slope(&pyramid, first, &moved).loss
        };
        let slope = target.slope(&pyramid, first, &start).by_spectra;
        let along: f64 = slope
            .iter()
            .zip(&way)
            .flat_map(|(s, w)| s.iter().zip(w).map(|(s, w)| f64::from(s.re * w.re + s.im * w.im)))
            .sum();
        let step = 2e-3;
        let measured = (at(step) - at(-step)) / f64::from(2.0 * step);
        let apart = (along - measured).abs() / measured.abs();
        assert!(apart < 0.02, "{window_px:?}, level {first}: {along} for {measured}");
    }
}
