//! The working picture of the synthesis: integers, so that comparing patches is fast and the same on every
//! machine.

use image::RgbImage;

/// Channels of a working pixel: red, green, blue and local contrast.
pub(super) const CHANNELS: usize = 4;
/// How much a grey level of contrast weighs against a grey level of colour. Less, and blurred parts of a
/// source are taken for mixtures of its textures.
const CONTRAST_GAIN: i32 = 12;
/// Working units per 8-bit grey level; halving a picture keeps two more bits this way.
pub(super) const UNITS: i16 = 4;

/// A picture of `width` × `height` pixels, row by row from the top left.
#[derive(Clone)]
pub(super) struct Raster {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<[i16; CHANNELS]>,
}

impl Raster {
    /// Takes the colours and adds the contrast channel: how far luma departs from its 5 × 5 mean.
    ///
    /// Contrast survives halving, so that at a coarse level grass is still told from a lawn-green wall.
    pub(super) fn from_rgb(picture: &RgbImage) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let luma: Vec<i32> = picture
            .pixels()
            .map(|p| (i32::from(p[0]) * 77 + i32::from(p[1]) * 150 + i32::from(p[2]) * 29) >> 6)
            .collect();
        let mean = box_mean(&luma, width, height, 2);
        let departure: Vec<i32> =
            luma.iter().zip(&mean).map(|(l, m)| (l - m).abs() * CONTRAST_GAIN).collect();
        let contrast = box_mean(&departure, width, height, 2);
        let pixels = picture
            .pixels()
            .zip(contrast)
            .map(|(p, c)| {
                let [r, g, b] = p.0.map(|v| i16::from(v) * UNITS);
                [r, g, b, c.min(255 * i32::from(UNITS)) as i16]
            })
            .collect();
        Self { width, height, pixels }
    }

    /// Half the size, each pixel the mean of four; an odd last row or column is dropped.
    pub(super) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let at = 2 * y * self.width + 2 * x;
                let four = [at, at + 1, at + self.width, at + self.width + 1].map(|i| self.pixels[i]);
                pixels.push(std::array::from_fn(|c| {
                    ((four.iter().map(|p| i32::from(p[c])).sum::<i32>() + 2) >> 2) as i16
                }));
            }
        }
        Self { width, height, pixels }
    }

    /// The picture with its border repeated outwards by `margin` pixels on every side.
    pub(super) fn padded(&self, margin: usize) -> Self {
        let (width, height) = (self.width + 2 * margin, self.height + 2 * margin);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let sy = y.saturating_sub(margin).min(self.height - 1);
            for x in 0..width {
                let sx = x.saturating_sub(margin).min(self.width - 1);
                pixels.push(self.pixels[sy * self.width + sx]);
            }
        }
        Self { width, height, pixels }
    }

    /// The values of `length` pixels of row `y` from column `x`.
    pub(super) fn run(&self, x: usize, y: usize, length: usize) -> &[i16] {
        let at = y * self.width + x;
        self.pixels[at..at + length].as_flattened()
    }
}

/// Mean over the (2·radius + 1)² neighbourhood, cut off at the border.
fn box_mean(values: &[i32], width: usize, height: usize, radius: usize) -> Vec<i32> {
    let along = |values: &[i32], length: usize, step: usize, start: usize, out: &mut [i32]| {
        let mut sum: i32 = (0..radius.min(length)).map(|i| values[start + i * step]).sum();
        for i in 0..length {
            if i + radius < length {
                sum += values[start + (i + radius) * step];
            }
            if i > radius {
                sum -= values[start + (i - radius - 1) * step];
            }
            let count = (i + radius).min(length - 1) - i.saturating_sub(radius) + 1;
            out[start + i * step] = sum / count as i32;
        }
    };
    let (mut rows, mut both) = (vec![0; values.len()], vec![0; values.len()]);
    (0..height).for_each(|y| along(values, width, 1, y * width, &mut rows));
    (0..width).for_each(|x| along(&rows, height, width, x, &mut both));
    both
}
