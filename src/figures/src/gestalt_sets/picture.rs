//! The sets as 8-bit pictures, for the eye: single ones, their masks, and a contact sheet.

use image::imageops::{FilterType, resize};
use image::{DynamicImage, GrayImage, Rgb, RgbImage};

use super::{GestaltSet, MASK_LEN, SIDE_PX, Sample, Split};
use gestalt_images::sheet::{mask_picture, tiled};

impl Sample {
    /// The picture in 8 bits a channel, rounded; the f32 values are what a network is to see.
    pub fn rgb_picture(&self) -> RgbImage {
        RgbImage::from_fn(SIDE_PX as u32, SIDE_PX as u32, |x, y| {
            let place = y as usize * SIDE_PX + x as usize;
            Rgb([0, 1, 2].map(|channel| (self.picture[channel * MASK_LEN + place] * 255.0).round() as u8))
        })
    }

    /// The mask as a grey picture, from black (label 0) in even steps to white (the last).
    pub fn mask_picture(&self) -> GrayImage {
        mask_picture(&self.mask, SIDE_PX as u32, self.labels)
    }
}

/// One row a set: `columns` training pictures, as many test pictures, and the test pictures' masks, each
/// enlarged `zoom` times.
pub fn contact_sheet(seed: u64, columns: u32, zoom: u32) -> RgbImage {
    let side = SIDE_PX as u32 * zoom;
    let large = |picture: &RgbImage| resize(picture, side, side, FilterType::Nearest);
    let row = |set: GestaltSet| {
        let draw = |split| (0..columns).map(move |index| set.draw(split, seed, index));
        let masks = draw(Split::Test).map(|test| DynamicImage::from(test.mask_picture()).into_rgb8());
        let pictures = draw(Split::Train).chain(draw(Split::Test)).map(|sample| sample.rgb_picture());
        pictures.chain(masks).map(|picture| large(&picture)).collect()
    };
    tiled(&GestaltSet::ALL.map(row))
}
