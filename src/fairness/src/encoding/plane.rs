//! The channels of a picture in which an encoding leaves its traces.

use image::RgbImage;

/// One channel of a picture, row by row.
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    values: Vec<f64>,
}

impl Plane {
    pub(super) fn run(&self, x: usize, y: usize, length: usize) -> &[f64] {
        let at = y * self.width + x;
        &self.values[at..at + length]
    }

    pub(super) fn transposed(&self) -> Self {
        let (width, height) = (self.height, self.width);
        let at = |i: usize| self.values[i % width * self.width + i / width];
        Self { width, height, values: (0..width * height).map(at).collect() }
    }

    /// For every column the mean over all rows of what `measure` gives for the run of pixels that begins
    /// there.
    pub(super) fn profile(&self, length: usize, measure: impl Fn(&[f64]) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.width + 1 - length];
        for row in self.values.chunks_exact(self.width) {
            row.windows(length)
                .zip(&mut sums)
                .for_each(|(run, sum)| *sum += measure(run) / self.height as f64);
        }
        sums
    }
}

/// Weights of red, green and blue in luma and in the two colour differences (ITU-R BT.601), as JPEG has
/// them.
const WEIGHTS: [[f64; 3]; 3] =
    [[0.299, 0.587, 0.114], [-0.168_736, -0.331_264, 0.5], [0.5, -0.418_688, -0.081_312]];

/// Luma and the two colour differences.
pub(super) fn planes(picture: &RgbImage) -> [Plane; 3] {
    WEIGHTS.map(|weights| Plane {
        width: picture.width() as usize,
        height: picture.height() as usize,
        values: weighted(picture, weights).collect(),
    })
}

/// The two colour differences, pixel by pixel, from 0 to 1: grey is exactly ½.
pub(crate) fn colour_differences(picture: &RgbImage) -> [Vec<f32>; 2] {
    let [_, blue, red] = WEIGHTS;
    [blue, red].map(|weights| weighted(picture, weights).map(|v| (v / 255.0 + 0.5) as f32).collect())
}

fn weighted(picture: &RgbImage, weights: [f64; 3]) -> impl Iterator<Item = f64> {
    picture.pixels().map(move |pixel| pixel.0.iter().zip(weights).map(|(v, w)| w * f64::from(*v)).sum())
}
