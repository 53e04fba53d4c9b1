//! Gives a picture the exact colours of another, channel by channel and rank by rank.

use image::RgbImage;

/// Colours from 0 to 1, row by row, as a picture of the size of `wanted` whose channels have the histograms
/// of `wanted`'s.
pub(super) fn painted(colours: &[[f32; 3]], wanted: &RgbImage) -> RgbImage {
    let mut out = RgbImage::new(wanted.width(), wanted.height());
    for channel in 0..3 {
        let mut order: Vec<usize> = (0..colours.len()).collect();
        order.sort_by(|a, b| colours[*a][channel].total_cmp(&colours[*b][channel]));
        let mut levels: Vec<u8> = wanted.pixels().map(|p| p[channel]).collect();
        levels.sort_unstable();
        let pixels: &mut [u8] = &mut out;
        for (at, level) in order.into_iter().zip(levels) {
            pixels[3 * at + channel] = level;
        }
    }
    out
}
