//! Copies that differ from a picture by nothing but JPEG, as the distortions of the published set differ from its originals.

use image::{RgbImage, imageops};

use crate::SynthesisError;
use gestalt_images::jpeg_copy::{Chroma, JpegCopyError, jpeg_copy};

/// The quality of the published distortions: DiST (arXiv 2310.07555) keeps them at about 75 with 4:2:0 chroma.
const QUALITY: u8 = 75;
/// Half a JPEG block: the second copy's blocks lie between those of the first, so that the two copies differ and
/// neither is nearer to the picture.
const SHIFT_PX: u32 = 4;

/// Two copies of `picture`, encoded alike on two block grids.
///
/// # Errors
/// When the picture is too large for JPEG.
pub fn re_encoded(picture: &RgbImage) -> Result<[RgbImage; 2], SynthesisError> {
    let copy = |shift_px: u32| -> Result<RgbImage, JpegCopyError> {
        let (width, height) = picture.dimensions();
        // The border is repeated, so that no row or column is lost to the shift.
        let shifted = RgbImage::from_fn(width + shift_px, height + shift_px, |x, y| {
            *picture.get_pixel(x.saturating_sub(shift_px), y.saturating_sub(shift_px))
        });
        let encoded = jpeg_copy(&shifted, QUALITY, Chroma::Halved)?;
        Ok(imageops::crop_imm(&encoded, shift_px, shift_px, width, height).to_image())
    };
    Ok([copy(0)?, copy(SHIFT_PX)?])
}
