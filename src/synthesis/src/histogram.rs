//! Gives a picture the colours of another, channel by channel, so that colour statistics say nothing.

use image::RgbImage;

use super::raster::{Raster, UNITS};

/// A grey level is moved by at most this much on the whole.
const MAX_SHIFT: f32 = 16.0;
/// Pixels of one grey level part by at most this much, or an even sky would be speckled.
const MAX_SPREAD: f32 = 4.0;
/// Shifts are averaged over grey levels this far on both sides, so that contrast is not torn open.
const SMOOTHING: usize = 6;

/// `picture` with every channel's histogram brought to that of `wanted`, which has as many pixels.
///
/// By rank the histograms would become equal exactly; where that would change the picture visibly (see the
/// constants of this file) it stops short of it.
pub(super) fn matched(picture: &Raster, wanted: &RgbImage) -> RgbImage {
    let mut out = RgbImage::new(wanted.width(), wanted.height());
    for channel in 0..3 {
        let values: Vec<f32> =
            picture.pixels.iter().map(|p| f32::from(p[channel]) / f32::from(UNITS)).collect();
        let exact = by_rank(picture, wanted, channel);
        let shifts = smooth_shifts(&values, &exact);
        for (pixel, (value, exact)) in out.pixels_mut().zip(values.iter().zip(exact)) {
            let middle = value + shifts[level(*value)];
            let near = f32::from(exact).clamp(middle - MAX_SPREAD, middle + MAX_SPREAD);
            pixel[channel] = near.round().clamp(0.0, 255.0) as u8;
        }
    }
    out
}

/// The values of `wanted` in the rank order of `picture`.
///
/// Equal values are told apart by the other channels' sum and then by a scrambled place, so that no edge is
/// drawn through an even area.
fn by_rank(picture: &Raster, wanted: &RgbImage, channel: usize) -> Vec<u8> {
    let mut order: Vec<(i16, i16, u32, u32)> = picture
        .pixels
        .iter()
        .enumerate()
        .map(|(at, p)| (p[channel], p[0] + p[1] + p[2], scrambled(at as u32), at as u32))
        .collect();
    order.sort_unstable();
    let mut values: Vec<u8> = wanted.pixels().map(|pixel| pixel[channel]).collect();
    values.sort_unstable();
    let mut ranked = vec![0; values.len()];
    for ((_, _, _, at), value) in order.into_iter().zip(values) {
        ranked[at as usize] = value;
    }
    ranked
}

/// For every grey level how far its neighbourhood is moved on average.
fn smooth_shifts(values: &[f32], exact: &[u8]) -> [f32; 256] {
    let mut sums = [(0.0f32, 0.0f32); 256];
    for (value, exact) in values.iter().zip(exact) {
        let (sum, count) = &mut sums[level(*value)];
        *sum += f32::from(*exact) - value;
        *count += 1.0;
    }
    std::array::from_fn(|level| {
        let around = &sums[level.saturating_sub(SMOOTHING)..(level + SMOOTHING + 1).min(256)];
        let (sum, count) = around.iter().fold((0.0, 0.0), |(s, c), (sum, count)| (s + sum, c + count));
        if count > 0.0 { (sum / count).clamp(-MAX_SHIFT, MAX_SHIFT) } else { 0.0 }
    })
}

fn level(value: f32) -> usize {
    value.round().clamp(0.0, 255.0) as usize
}

/// A fixed shuffling of places.
fn scrambled(at: u32) -> u32 {
    let mixed = (at ^ (at >> 16)).wrapping_mul(0x045d_9f3b);
    (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d)
}
