//! Passes a picture through JPEG and back, so that it carries that encoding's traces and no others.

use image::RgbImage;
use image::codecs::jpeg::JpegDecoder;
use image::{DynamicImage, ImageError};
use jpeg_encoder::{ColorType, Encoder, EncodingError, SamplingFactor};

/// Why a picture cannot pass through JPEG.
#[derive(Debug, thiserror::Error)]
pub enum JpegCopyError {
    /// It cannot be encoded.
    #[error("it cannot be encoded as JPEG ({0}); JPEG holds pictures from 1 to 65,535 px on each side")]
    Encode(#[from] EncodingError),
    /// It cannot be decoded again.
    #[error("it cannot be decoded from JPEG again ({0})")]
    Decode(#[from] ImageError),
}

/// How the colour differences are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chroma {
    /// At every pixel (4:4:4).
    Full,
    /// One for every 2 × 2 pixels (4:2:0), as nearly all JPEG files of the web.
    Halved,
}

/// The bytes of a baseline JPEG file of `picture` at `quality`, from 1 to 100 (the scale of the Independent
/// JPEG Group's tables).
///
/// # Errors
/// When the picture is empty or too large for JPEG.
pub fn jpeg_bytes(picture: &RgbImage, quality: u8, chroma: Chroma) -> Result<Vec<u8>, JpegCopyError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality.clamp(1, 100));
    encoder.set_sampling_factor(match chroma {
        Chroma::Full => SamplingFactor::R_4_4_4,
        Chroma::Halved => SamplingFactor::R_4_2_0,
    });
    let side = |px: u32| u16::try_from(px).unwrap_or(0);
    encoder.encode(picture.as_raw(), side(picture.width()), side(picture.height()), ColorType::Rgb)?;
    Ok(bytes)
}

/// `picture` as it looks after JPEG; of the same size.
///
/// # Errors
/// When the picture is empty or too large for JPEG.
pub fn jpeg_copy(picture: &RgbImage, quality: u8, chroma: Chroma) -> Result<RgbImage, JpegCopyError> {
    let bytes = jpeg_bytes(picture, quality, chroma)?;
    Ok(DynamicImage::from_decoder(JpegDecoder::new(std::io::Cursor::new(bytes))?)?.into_rgb8())
}
