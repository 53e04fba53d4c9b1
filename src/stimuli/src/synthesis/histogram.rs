//! Gives a picture exactly the colours of another, channel by channel, so that colour alone says nothing.

use image::RgbImage;

use super::raster::Raster;

/// `picture` with every channel's values replaced, in rank order, by those of `wanted`, which has as many pixels.
///
/// Equal values are told apart by the other channels' sum and then by a scrambled place, so that no edge is drawn
/// through an even area.
pub(super) fn matched(picture: &Raster, wanted: &RgbImage) -> RgbImage {
    let mut out = RgbImage::new(wanted.width(), wanted.height());
    for channel in 0..3 {
        let mut order: Vec<(i16, i16, u32, u32)> = picture
            .pixels
            .iter()
            .enumerate()
            .map(|(at, p)| (p[channel], p[0] + p[1] + p[2], scrambled(at as u32), at as u32))
            .collect();
        order.sort_unstable();
        let mut values = wanted.pixels().fold([0usize; 256], |mut counts, p| {
            counts[usize::from(p[channel])] += 1;
            counts
        });
        let mut value = 0;
        for (_, _, _, at) in order {
            while value < 255 && values[value] == 0 {
                value += 1;
            }
            values[value] = values[value].saturating_sub(1);
            let (x, y) = (at % wanted.width(), at / wanted.width());
            out.get_pixel_mut(x, y)[channel] = value as u8;
        }
    }
    out
}

/// A fixed shuffling of places.
fn scrambled(at: u32) -> u32 {
    let mixed = (at ^ (at >> 16)).wrapping_mul(0x045d_9f3b);
    (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d)
}
