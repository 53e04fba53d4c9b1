//! Copies that differ from a picture by nothing but JPEG, as the distortions of the published set differ
//! from its originals.

use gestalt_images::jpeg_copy::{Chroma, JpegCopyError, jpeg_copy};
use image::{RgbImage, imageops};

use crate::SynthesisError;

/// The quality of the published distortions: DiST (arXiv 2310.07555) keeps them at about 75 with 4:2:0
/// chroma.
const QUALITY: u8 = 75;
/// Half a JPEG block: the second copy's blocks lie between those of the first, so that the two copies differ
/// and neither is nearer to the picture.
const SHIFT_PX: u32 = 4;
/// Three positions of the 16 px blocks of halved chroma, each about as far from the two others, around the
/// border too.
const EQUAL_SHIFTS_PX: [[u32; 2]; 3] = [[0, 0], [5, 11], [11, 5]];

/// Two copies of `picture`, encoded alike on two block grids.
///
/// # Errors
/// When the picture is too large for JPEG.
pub fn re_encoded(picture: &RgbImage) -> Result<[RgbImage; 2], SynthesisError> {
    Ok([copy(picture, [0, 0])?, copy(picture, [SHIFT_PX, SHIFT_PX])?])
}

/// Three copies of `picture`, encoded alike on three block grids, in an order that the seed decides: none is
/// odd.
///
/// # Errors
/// When the picture is too large for JPEG.
pub fn equally_re_encoded(picture: &RgbImage, seed: u64) -> Result<[RgbImage; 3], SynthesisError> {
    let first = (seed % 3) as usize;
    let nth = |nth: usize| copy(picture, EQUAL_SHIFTS_PX[(first + nth) % 3]);
    Ok([nth(0)?, nth(1)?, nth(2)?])
}

/// A copy whose JPEG blocks are moved left and up by these pixels.
fn copy(picture: &RgbImage, [left, up]: [u32; 2]) -> Result<RgbImage, JpegCopyError> {
    let (width, height) = picture.dimensions();
    // The border is repeated, so that no row or column is lost to the shift.
    let shifted = RgbImage::from_fn(width + left, height + up, |x, y| {
        *picture.get_pixel(x.saturating_sub(left), y.saturating_sub(up))
    });
    let encoded = jpeg_copy(&shifted, QUALITY, Chroma::Halved)?;
    Ok(imageops::crop_imm(&encoded, left, up, width, height).to_image())
}
