//! The one resampler, so that a picture becomes the same numbers natively and in a browser.
//!
//! Plain `f32` arithmetic in a fixed order, no fused multiply-add, no explicit SIMD: the results are
//! the same on every target to the last bit.

use serde::{Deserialize, Serialize};

/// A rectangle of a picture in pixels, fractions allowed; the origin is the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Left edge.
    pub x_px: f64,
    /// Upper edge.
    pub y_px: f64,
    /// Width, above 0.
    pub width_px: f64,
    /// Height, above 0.
    pub height_px: f64,
}

/// How an output pixel weighs its neighbours; with antialiasing: as wide as an output pixel where the
/// picture shrinks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// A triangle, as Pillow's `BILINEAR`.
    #[default]
    Bilinear,
    /// Keys' cubic with a = -0.5, as Pillow's `BICUBIC` and PyTorch's antialiased `bicubic`.
    Bicubic,
}

impl Filter {
    /// Half its width.
    fn reach(self) -> f64 {
        match self {
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
        }
    }

    fn weight(self, x: f64) -> f64 {
        let x = x.abs();
        match self {
            Self::Bilinear => (1.0 - x).max(0.0),
            Self::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Self::Bicubic if x < 2.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
            Self::Bicubic => 0.0,
        }
    }
}

/// Resamples `region` of an RGB8 picture to `out_width` × `out_height`: bilinear with antialiasing,
/// that is a triangle filter as wide as an output pixel where the picture shrinks (as Pillow's
/// `BILINEAR`).
///
/// # Shapes
/// `rgb`: `width · height · 3` bytes, row by row; the result: `out_height · out_width · 3` values in
/// 0..=255, not rounded.
///
/// # Panics
/// When `rgb` has another length than `width` and `height` say, or a side is 0.
pub fn resize_region(rgb: &[u8], size: (usize, usize), region: Region, out: (usize, usize)) -> Vec<f32> {
    resize_region_by(Filter::Bilinear, rgb, size, region, out)
}

/// As [`resize_region`], by any filter; a bicubic one overshoots 0..=255 at edges.
pub fn resize_region_by(
    filter: Filter,
    rgb: &[u8],
    (width, height): (usize, usize),
    region: Region,
    (out_width, out_height): (usize, usize),
) -> Vec<f32> {
    assert_eq!(rgb.len(), width * height * 3, "an RGB8 picture of {width} × {height} px");
    assert!(width > 0 && height > 0 && out_width > 0 && out_height > 0, "an empty picture has no pixels");
    let across = taps(filter, width, region.x_px, region.width_px, out_width);
    let down = taps(filter, height, region.y_px, region.height_px, out_height);
    // Only the rows that some output row reads are resampled across.
    let first_row = down.iter().map(|tap| tap.first).min().unwrap_or(0);
    let last_row = down.iter().map(|tap| tap.first + tap.weights.len()).max().unwrap_or(0);
    let rows: Vec<Vec<f32>> =
        (first_row..last_row).map(|y| resample_row(&rgb[y * width * 3..][..width * 3], &across)).collect();
    let mut out = vec![0.0_f32; out_width * out_height * 3];
    for (target, tap) in out.chunks_exact_mut(out_width * 3).zip(&down) {
        for (k, &weight) in tap.weights.iter().enumerate() {
            for (value, &source) in target.iter_mut().zip(&rows[tap.first - first_row + k]) {
                *value += weight * source;
            }
        }
    }
    out
}

/// The source pixels one output pixel is made of.
pub(crate) struct Tap {
    pub(crate) first: usize,
    pub(crate) weights: Vec<f32>,
}

/// The filter's weights for each of `out` pixels over `start..start + length` of a line of `size` pixels.
pub(crate) fn taps(filter: Filter, size: usize, start: f64, length: f64, out: usize) -> Vec<Tap> {
    let scale = length / out as f64;
    let stretch = scale.max(1.0);
    let reach = stretch * filter.reach();
    (0..out)
        .map(|i| {
            let centre = start + (i as f64 + 0.5) * scale;
            let first = ((centre - reach).floor().max(0.0) as usize).min(size - 1);
            let end = ((centre + reach).ceil().max(0.0) as usize).clamp(first + 1, size);
            let weight = |x: usize| filter.weight((x as f64 + 0.5 - centre) / stretch);
            let total: f64 = (first..end).map(weight).sum();
            if total > 0.0 {
                Tap { first, weights: (first..end).map(|x| (weight(x) / total) as f32).collect() }
            } else {
                // A region outside the picture reaches no pixel; its nearest one stands in.
                Tap { first, weights: vec![1.0] }
            }
        })
        .collect()
}

fn resample_row(row: &[u8], taps: &[Tap]) -> Vec<f32> {
    let mut out = Vec::with_capacity(taps.len() * 3);
    for tap in taps {
        let mut sum = [0.0_f32; 3];
        for (&weight, pixel) in tap.weights.iter().zip(row[tap.first * 3..].chunks_exact(3)) {
            for (sum, &value) in sum.iter_mut().zip(pixel) {
                *sum += weight * f32::from(value);
            }
        }
        out.extend(sum);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(width: usize, height: usize) -> Region {
        Region { x_px: 0.0, y_px: 0.0, width_px: width as f64, height_px: height as f64 }
    }

    #[test]
    fn the_same_size_is_the_same_picture() {
        let rgb: Vec<u8> = (0..5 * 4 * 3).map(|i| (i * 37 % 256) as u8).collect();
        let out = resize_region(&rgb, (5, 4), whole(5, 4), (5, 4));
        assert_eq!(out, rgb.iter().map(|&v| f32::from(v)).collect::<Vec<_>>());
    }

    #[test]
    fn one_colour_stays_that_colour_at_every_size() {
        let rgb = [200_u8, 3, 77].repeat(13 * 7);
        for (w, h) in [(1, 1), (4, 3), (13, 7), (40, 21)] {
            let out = resize_region(&rgb, (13, 7), whole(13, 7), (w, h));
            assert_eq!(out.len(), w * h * 3);
            for pixel in out.chunks_exact(3) {
                assert!((pixel[0] - 200.0).abs() < 1e-3 && (pixel[2] - 77.0).abs() < 1e-3, "{pixel:?}");
            }
        }
    }

    #[test]
    fn halving_weighs_neighbours_as_pillow_does() {
        // Pillow: Image.fromarray([0, 0, 255, 255]).resize((2, 1), BILINEAR) → weights 1/8, 3/8, 3/8,
        // 1/8 cut at the edge.
        let rgb: Vec<u8> = [0, 0, 255, 255].iter().flat_map(|&v| [v; 3]).collect();
        let out = resize_region(&rgb, (4, 1), whole(4, 1), (2, 1));
        assert!((out[0] - 255.0 / 7.0).abs() < 1e-3, "{}", out[0]);
    }
}
