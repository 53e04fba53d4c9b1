//! How much of a picture stands together in its distortion, wherever it was moved: what a window-by-window
//! comparison at one place misses.

use image::RgbImage;
use image::imageops;

/// Pictures are compared at no more pixels a side than this, so that all displacements can be tried.
const SIDE_PX: u32 = 64;
/// Smallest width of a window, in reduced pixels; smaller ones are alike by accident.
const LEAST_WINDOW_PX: usize = 8;
/// Windows correlated at least this much show the same.
const KEPT_R: f32 = 0.8;
/// Windows whose luma varies less than this (standard deviation, grey levels) have no structure to keep.
const FLAT_SD: f32 = 4.0;

/// The largest share of the structured windows (of `scale_px` pixels) of `first` that `second` shows at one
/// and the same displacement of up to half a picture (Pearson r of luma ≥ 0.8 at 64 px a side), 0 to 1.
///
/// A copy that was only shifted keeps most of its whole by this measure, though it keeps nothing in place.
/// Both pictures have the same size.
pub(crate) fn kept_whole(first: &RgbImage, second: &RgbImage, scale_px: u32) -> f64 {
    let reduction = (first.width().min(first.height()) as f32 / SIDE_PX as f32).max(1.0);
    let [first, second] = [first, second].map(|picture| Luma::reduced(picture, reduction));
    let side = first.width.min(first.height);
    let window = ((scale_px as f32 / reduction).round() as usize).max(LEAST_WINDOW_PX).min(side);
    let structured: Vec<(usize, usize, Moments)> = first
        .places(window)
        .map(|(x, y)| (x, y, first.moments(x, y, window)))
        .filter(|(_, _, moments)| moments.sd >= FLAT_SD)
        .collect();
    if structured.is_empty() {
        return 0.0;
    }
    let second_moments = second.all_moments(window);
    let (reach_x, reach_y) = (first.width as isize / 2, first.height as isize / 2);
    let shifts = (-reach_y..=reach_y).flat_map(|dy| (-reach_x..=reach_x).map(move |dx| (dx, dy)));
    let kept = shifts.map(|(dx, dy)| {
        let same = structured.iter().filter(|(x, y, moments)| {
            let (Some(to_x), Some(to_y)) = (x.checked_add_signed(dx), y.checked_add_signed(dy)) else {
                return false;
            };
            if to_x + window > second.width || to_y + window > second.height {
                return false;
            }
            let other = &second_moments[to_y * (second.width - window + 1) + to_x];
            let product = first.product((*x, *y), &second, (to_x, to_y), window);
            let count = (window * window) as f32;
            let covariance = product / count - moments.mean * other.mean;
            covariance >= KEPT_R * moments.sd * other.sd
        });
        same.count()
    });
    kept.max().unwrap_or(0) as f64 / structured.len() as f64
}

/// Mean and standard deviation of a window.
struct Moments {
    mean: f32,
    sd: f32,
}

/// Luma about mid-grey, row by row: small numbers keep single precision exact enough.
struct Luma {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Luma {
    fn reduced(picture: &RgbImage, reduction: f32) -> Self {
        let side = |px: u32| ((px as f32 / reduction).round() as u32).max(1);
        let (width, height) = (side(picture.width()), side(picture.height()));
        let small = imageops::thumbnail(picture, width, height);
        let luma = |p: &image::Rgb<u8>| {
            0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]) - 128.0
        };
        Self { width: width as usize, height: height as usize, values: small.pixels().map(luma).collect() }
    }

    /// Top left corners of windows a quarter of a window apart.
    fn places(&self, window: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        let step = (window / 4).max(1);
        let (last_x, last_y) = (self.width - window, self.height - window);
        (0..=last_y).step_by(step).flat_map(move |y| (0..=last_x).step_by(step).map(move |x| (x, y)))
    }

    fn row(&self, x: usize, y: usize, length: usize) -> &[f32] {
        &self.values[y * self.width + x..y * self.width + x + length]
    }

    fn moments(&self, x: usize, y: usize, window: usize) -> Moments {
        let count = (window * window) as f32;
        let rows = || (y..y + window).flat_map(|y| self.row(x, y, window));
        let mean = rows().sum::<f32>() / count;
        let variance = rows().map(|v| (v - mean).powi(2)).sum::<f32>() / count;
        Moments { mean, sd: variance.sqrt() }
    }

    /// Of the window at every place, row by row.
    fn all_moments(&self, window: usize) -> Vec<Moments> {
        let (columns, rows) = (self.width - window + 1, self.height - window + 1);
        (0..columns * rows).map(|at| self.moments(at % columns, at / columns, window)).collect()
    }

    /// Sum over a window of the products with another picture's window.
    fn product(&self, at: (usize, usize), other: &Luma, to: (usize, usize), window: usize) -> f32 {
        let row = |dy: usize| {
            let (a, b) = (self.row(at.0, at.1 + dy, window), other.row(to.0, to.1 + dy, window));
            a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>()
        };
        (0..window).map(row).sum()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn structured(side_px: u32) -> RgbImage {
        RgbImage::from_fn(side_px, side_px, |x, y| {
            let value =
                ((x as f32 / 9.0).sin() * (y as f32 / 7.0 + x as f32 / 23.0).cos() * 100.0 + 128.0) as u8;
            image::Rgb([value, value / 2, 255 - value])
        })
    }

    #[test]
    fn a_shifted_copy_keeps_the_whole_and_noise_keeps_nothing() {
        let picture = structured(128);
        assert_eq!(kept_whole(&picture, &picture, 32), 1.0);
        let shifted = RgbImage::from_fn(128, 128, |x, y| *picture.get_pixel((x + 20) % 128, y));
        let kept = kept_whole(&picture, &shifted, 32);
        assert!((0.6..1.0).contains(&kept), "{kept}");
        let mut state = 1u32;
        let noise = RgbImage::from_fn(128, 128, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Rgb([(state >> 24) as u8; 3])
        });
        assert!(kept_whole(&picture, &noise, 32) < 0.05);
        assert_eq!(kept_whole(&RgbImage::new(40, 30), &picture, 8), 0.0);
    }
}
