//! The sets as 8-bit pictures, for the eye: single ones, their masks, and a contact sheet.

use image::imageops::{FilterType, replace, resize};
use image::{GrayImage, Luma, Rgb, RgbImage};

use super::{GestaltSet, MASK_LEN, SIDE_PX, Sample, Split};

impl Sample {
    /// The picture in 8 bits a channel, rounded; the f32 values are what a network is to see.
    pub fn rgb_picture(&self) -> RgbImage {
        RgbImage::from_fn(SIDE_PX as u32, SIDE_PX as u32, |x, y| {
            let place = y as usize * SIDE_PX + x as usize;
            Rgb([0, 1, 2].map(|channel| (self.picture[channel * MASK_LEN + place] * 255.0).round() as u8))
        })
    }

    /// The mask as a grey picture; see [`mask_picture`].
    pub fn grey_mask(&self) -> GrayImage {
        mask_picture(&self.mask, SIDE_PX as u32, self.labels)
    }
}

/// A mask for the eye: `labels` (at least two) labels spread from black (0) to white (the last), rows of `width` pixels.
pub fn mask_picture(mask: &[u8], width: u32, labels: u8) -> GrayImage {
    let step = u8::MAX / (labels.max(2) - 1);
    GrayImage::from_fn(width, mask.len() as u32 / width, |x, y| Luma([mask[(y * width + x) as usize] * step]))
}

/// One row a set: `columns` training pictures, as many test pictures, and the test pictures' masks, each enlarged `zoom` times.
pub fn contact_sheet(sets: &[GestaltSet], seed: u64, columns: u32, zoom: u32) -> RgbImage {
    const GAP_PX: u32 = 4;
    let side = SIDE_PX as u32 * zoom;
    let pitch = side + GAP_PX;
    let (width, height) = (3 * columns * pitch + 3 * GAP_PX, sets.len() as u32 * pitch + GAP_PX);
    let mut sheet = RgbImage::from_pixel(width, height, Rgb([128; 3]));
    for (row, &set) in sets.iter().enumerate() {
        for column in 0..columns {
            let train = set.draw(Split::Train, seed, column).rgb_picture();
            let test = set.draw(Split::Test, seed, column);
            let mask = image::DynamicImage::from(test.grey_mask()).into_rgb8();
            for (block, picture) in [train, test.rgb_picture(), mask].iter().enumerate() {
                let large = resize(picture, side, side, FilterType::Nearest);
                let x = (block as u32 * columns + column) * pitch + (block as u32 + 1) * GAP_PX;
                let y = row as u32 * pitch + GAP_PX;
                replace(&mut sheet, &large, i64::from(x), i64::from(y));
            }
        }
    }
    sheet
}
