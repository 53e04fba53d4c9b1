//! Brings pictures with a colour profile to sRGB, in which everything here is shown and measured.

use image::RgbImage;
use moxcms::{CmsError, ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Converts `picture` from the colours of the ICC profile `icc` to sRGB.
///
/// A profile that cannot be read, or is for other colours than the picture has (CMYK pictures are RGB by then), is
/// left unused, as browsers do; the picture then counts as sRGB.
pub(crate) fn to_srgb(picture: &mut RgbImage, icc: &[u8], is_grey: bool) {
    if let Ok(converted) = converted(picture.as_raw(), icc, is_grey) {
        picture.copy_from_slice(&converted);
    }
}

fn converted(rgb: &[u8], icc: &[u8], is_grey: bool) -> Result<Vec<u8>, CmsError> {
    let profile = ColorProfile::new_from_slice(icc)?;
    let to = |layout| {
        let srgb = ColorProfile::new_srgb();
        profile.create_transform_8bit(layout, &srgb, Layout::Rgb, TransformOptions::default())
    };
    let mut converted = vec![0; rgb.len()];
    match profile.color_space {
        DataColorSpace::Rgb if !is_grey => to(Layout::Rgb)?.transform(rgb, &mut converted)?,
        DataColorSpace::Gray if is_grey => {
            let grey: Vec<u8> = rgb.chunks_exact(3).map(|pixel| pixel[0]).collect();
            to(Layout::Gray)?.transform(&grey, &mut converted)?;
        }
        _ => return Err(CmsError::InvalidProfile),
    }
    Ok(converted)
}
