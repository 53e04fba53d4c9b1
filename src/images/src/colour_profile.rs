//! Brings pictures with a colour profile to sRGB, in which everything here is shown and measured.

use image::RgbImage;
use moxcms::{CmsError, ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Converts `picture` from the colours of the ICC profile `icc` to sRGB.
///
/// A profile that cannot be read, or is for other colours than the picture has (CMYK pictures are RGB by
/// then), is left unused, as browsers do; the picture then counts as sRGB.
pub(crate) fn to_srgb(picture: &mut RgbImage, icc: &[u8], is_grey: bool) {
    // One that fails for the first pixels fails before any is changed.
    let _ = converted(picture, icc, is_grey);
}

/// Bytes that are converted at a time: a large picture has no second copy.
const PIECE_BYTES: usize = 3 << 14;

fn converted(rgb: &mut [u8], icc: &[u8], is_grey: bool) -> Result<(), CmsError> {
    let profile = ColorProfile::new_from_slice(icc)?;
    let layout = match profile.color_space {
        DataColorSpace::Rgb if !is_grey => Layout::Rgb,
        DataColorSpace::Gray if is_grey => Layout::Gray,
        _ => return Err(CmsError::InvalidProfile),
    };
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(layout, &srgb, Layout::Rgb, TransformOptions::default())?;
    let channels_apart = if is_grey { 3 } else { 1 };
    for piece in rgb.chunks_mut(PIECE_BYTES) {
        // The three channels of a grey picture are alike.
        let stored: Vec<u8> = piece.iter().step_by(channels_apart).copied().collect();
        transform.transform(&stored, piece)?;
    }
    Ok(())
}
