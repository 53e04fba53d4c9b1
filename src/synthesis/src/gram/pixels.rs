//! Between pictures of 8 bits and the planes of numbers that networks see.

use burn::tensor::{Device, Tensor, TensorData};
use image::{Rgb, RgbImage};

use crate::histogram;
use crate::raster::Raster;

/// The picture's three planes, each pixel changed by `encode` from red, green and blue in 0 to 1.
///
/// # Shapes
/// output: `[1, 3, h, w]`
pub(super) fn planes(
    picture: &RgbImage,
    device: &Device,
    encode: impl Fn([f32; 3]) -> [f32; 3],
) -> Tensor<4> {
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let mut values = vec![0.0; 3 * w * h];
    for (at, pixel) in picture.pixels().enumerate() {
        let encoded = encode(pixel.0.map(|level| f32::from(level) / 255.0));
        (0..3).for_each(|plane| values[plane * w * h + at] = encoded[plane]);
    }
    Tensor::from_data(TensorData::new(values, [1, 3, h, w]), device)
}

/// The way back, by the inverse of the encoding; what lies outside of 0 to 1 is clipped.
///
/// # Shapes
/// `planes`: `[1, 3, h, w]`
pub(super) fn picture(planes: Tensor<4>, decode: impl Fn([f32; 3]) -> [f32; 3]) -> RgbImage {
    let [_, _, h, w] = planes.dims();
    let values: Vec<f32> = planes.into_data().iter::<f32>().collect();
    RgbImage::from_fn(w as u32, h as u32, |x, y| {
        let at = y as usize * w + x as usize;
        let rgb = decode([values[at], values[w * h + at], values[2 * w * h + at]]);
        Rgb(rgb.map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8))
    })
}

/// `picture` with its colours brought to those of `intact`, as patch synthesis does.
pub(super) fn with_colours_of(intact: &RgbImage, picture: &RgbImage) -> RgbImage {
    histogram::matched(&Raster::from_rgb(picture), intact)
}
