//! Colours in the axes of the picture itself, in which its channels are not correlated.
//!
//! Principal components of the sRGB values, each scaled to a variance of one (as in the authors' colour
//! extension of the method).

use std::array;

use image::RgbImage;

/// A channel with less than this share of the variance of the colours is left out: a grey picture has one
/// channel.
const LEAST_VARIANCE_SHARE: f64 = 1e-5;
/// A standard deviation of less than this, in parts of the range 0 to 1, is rounding: the picture is even.
const LEAST_DEVIATION: f64 = 1e-4;

/// The axes of a picture's colours. Values are sRGB from 0 to 1.
#[derive(Debug, Clone)]
pub(super) struct Palette {
    mean: [f32; 3],
    /// For each channel the colour that one unit of it adds.
    axes: Vec<[f32; 3]>,
    /// For each channel what is summed over a colour's departures from the mean.
    inverse: Vec<[f32; 3]>,
    low: [f32; 3],
    high: [f32; 3],
}

impl Palette {
    /// The axes of `picture`, the one of the largest variance first; none when it is even.
    pub(super) fn of(picture: &RgbImage) -> Self {
        let colours = || picture.pixels().map(|p| p.0.map(|v| f64::from(v) / 255.0));
        let count = colours().len() as f64;
        let mut mean = [0.0; 3];
        colours().for_each(|c| (0..3).for_each(|i| mean[i] += c[i] / count));
        let mut covariance = [[0.0; 3]; 3];
        for c in colours() {
            for i in 0..3 {
                (0..3).for_each(|j| covariance[i][j] += (c[i] - mean[i]) * (c[j] - mean[j]) / count);
            }
        }
        let total: f64 = (0..3).map(|i| covariance[i][i]).sum();
        let least = (LEAST_VARIANCE_SHARE * total).max(LEAST_DEVIATION.powi(2));
        let mut parts: Vec<(f64, [f64; 3])> =
            eigen(covariance).into_iter().filter(|(v, _)| *v > least).collect();
        parts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let scaled = |by: fn(f64) -> f64| -> Vec<[f32; 3]> {
            parts.iter().map(|(v, axis)| axis.map(|a| (a * by(*v)) as f32)).collect()
        };
        let mut range = [[1f32; 3], [0f32; 3]];
        for p in picture.pixels() {
            for i in 0..3 {
                range[0][i] = range[0][i].min(f32::from(p[i]) / 255.0);
                range[1][i] = range[1][i].max(f32::from(p[i]) / 255.0);
            }
        }
        Self {
            mean: mean.map(|m| m as f32),
            axes: scaled(f64::sqrt),
            inverse: scaled(|v| 1.0 / v.sqrt()),
            low: range[0],
            high: range[1],
        }
    }

    /// The channels of a picture: mean 0, variance 1, not correlated.
    pub(super) fn channels(&self, picture: &RgbImage) -> Vec<Vec<f32>> {
        let value = |axis: &[f32; 3], p: &image::Rgb<u8>| -> f32 {
            (0..3).map(|i| axis[i] * (f32::from(p[i]) / 255.0 - self.mean[i])).sum()
        };
        self.inverse.iter().map(|axis| picture.pixels().map(|p| value(axis, p)).collect()).collect()
    }

    /// Colours, from 0 to 1 or beyond, of a pixel's channels.
    fn colour(&self, channels: &[Vec<f32>], at: usize) -> [f32; 3] {
        let mut colour = self.mean;
        for (axis, plane) in self.axes.iter().zip(channels) {
            (0..3).for_each(|i| colour[i] += axis[i] * plane[at]);
        }
        colour
    }

    /// The colours of all pixels.
    pub(super) fn colours(&self, channels: &[Vec<f32>]) -> Vec<[f32; 3]> {
        (0..channels.first().map_or(0, Vec::len)).map(|at| self.colour(channels, at)).collect()
    }

    /// The mean squared excess of colours over the range of the picture's, times `weight`; its derivative is
    /// added to `by`.
    pub(super) fn add_excess(&self, channels: &[Vec<f32>], weight: f32, by: &mut [Vec<f32>]) -> f32 {
        let count = channels.first().map_or(1, Vec::len);
        let mut loss = 0f64;
        for at in 0..count {
            let colour = self.colour(channels, at);
            let excess: [f32; 3] =
                std::array::from_fn(|i| colour[i] - colour[i].clamp(self.low[i], self.high[i]));
            if excess == [0.0; 3] {
                continue;
            }
            loss += excess.iter().map(|e| f64::from(e * e)).sum::<f64>();
            for (axis, by) in self.axes.iter().zip(by.iter_mut()) {
                let along: f32 = (0..3).map(|i| axis[i] * excess[i]).sum();
                by[at] += 2.0 * weight * along / count as f32;
            }
        }
        weight * (loss / count as f64) as f32
    }
}

/// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi rotations (Golub & Van Loan, section 8.5).
fn eigen(mut a: [[f64; 3]; 3]) -> Vec<(f64, [f64; 3])> {
    let mut vectors = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for (p, q) in [(0, 1), (0, 2), (1, 2)].into_iter().cycle().take(30) {
        if a[p][q] == 0.0 {
            continue;
        }
        let tau = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
        let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
        let cos = 1.0 / (1.0 + t * t).sqrt();
        let sin = t * cos;
        for row in &mut a {
            (row[p], row[q]) = (cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]);
        }
        let (above, below) = (a[p], a[q]);
        a[p] = array::from_fn(|k| cos * above[k] - sin * below[k]);
        a[q] = array::from_fn(|k| sin * above[k] + cos * below[k]);
        for row in &mut vectors {
            (row[p], row[q]) = (cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]);
        }
    }
    (0..3).map(|i| (a[i][i], vectors.map(|row| row[i]))).collect()
}
