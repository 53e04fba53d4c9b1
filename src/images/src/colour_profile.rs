//! Brings pictures whose file describes its colours to sRGB, in which everything here is shown and measured.

use image::RgbImage;
use moxcms::{
    Chromaticity, CicpProfile, CmsError, ColorPrimaries, ColorProfile, DataColorSpace, Layout,
    MatrixCoefficients, ToneReprCurve, TransformOptions,
};

/// What a file says of its colours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Colours {
    /// An ICC profile.
    Icc(Vec<u8>),
    /// Code points of ITU-T H.273.
    Codes {
        /// Colour primaries.
        primaries: u8,
        /// Transfer characteristics.
        transfer: u8,
    },
    /// Light is what is stored, to the power of 1/gamma.
    Gamma {
        /// The exponent.
        gamma: f64,
        /// Those of sRGB where there are none.
        chromaticities: Option<Chromaticities>,
    },
}

/// White and primaries, x and y of CIE 1931.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chromaticities {
    pub(crate) white: (f64, f64),
    pub(crate) red: (f64, f64),
    pub(crate) green: (f64, f64),
    pub(crate) blue: (f64, f64),
}

impl Colours {
    /// Whether these are of more light than a screen's white: browsers show such a picture each in its own
    /// way.
    pub(crate) fn is_high_dynamic_range(&self) -> bool {
        // SMPTE ST 2084 and ARIB STD-B67.
        matches!(self, Self::Codes { transfer: 16 | 18, .. })
    }

    fn profile(&self) -> Result<ColorProfile, CmsError> {
        match self {
            Self::Icc(bytes) => ColorProfile::new_from_slice(bytes),
            Self::Codes { primaries, transfer } => {
                let mut profile = ColorProfile::new_srgb();
                profile.update_rgb_colorimetry_from_cicp(CicpProfile {
                    color_primaries: (*primaries).try_into()?,
                    transfer_characteristics: (*transfer).try_into()?,
                    matrix_coefficients: MatrixCoefficients::Identity,
                    full_range: true,
                });
                Ok(profile)
            }
            Self::Gamma { gamma, chromaticities } => {
                let mut profile = ColorProfile::new_srgb();
                if let Some(Chromaticities { white, red, green, blue }) = *chromaticities {
                    let of = |(x, y): (f64, f64)| Chromaticity::new(x as f32, y as f32);
                    let primaries = ColorPrimaries { red: of(red), green: of(green), blue: of(blue) };
                    profile.update_rgb_colorimetry(of(white).to_xyyb(), primaries);
                }
                profile.cicp = None;
                let curve = ToneReprCurve::Parametric(vec![(1.0 / gamma) as f32]);
                profile.red_trc = Some(curve.clone());
                profile.green_trc = Some(curve.clone());
                profile.blue_trc = Some(curve);
                Ok(profile)
            }
        }
    }
}

/// Converts `picture` to sRGB by the first of `colours` that can be read.
///
/// A profile that is for other colours than the picture has (CMYK pictures are RGB by then) is left unused,
/// as browsers do; the picture then counts as sRGB.
pub(crate) fn to_srgb(picture: &mut RgbImage, colours: &[Colours], is_grey: bool) {
    // One that fails for the first pixels fails before any is changed.
    let _ = colours.iter().find(|colours| converted(picture, colours, is_grey).is_ok());
}

/// Bytes that are converted at a time: a large picture has no second copy.
const PIECE_BYTES: usize = 3 << 14;

fn converted(rgb: &mut [u8], colours: &Colours, is_grey: bool) -> Result<(), CmsError> {
    let profile = colours.profile()?;
    let layout = match profile.color_space {
        // Grey pictures have three channels here, too.
        DataColorSpace::Rgb => Layout::Rgb,
        DataColorSpace::Gray if is_grey => Layout::Gray,
        _ => return Err(CmsError::InvalidProfile),
    };
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(layout, &srgb, Layout::Rgb, TransformOptions::default())?;
    let channels_apart = if layout == Layout::Gray { 3 } else { 1 };
    for piece in rgb.chunks_mut(PIECE_BYTES) {
        let stored: Vec<u8> = piece.iter().step_by(channels_apart).copied().collect();
        transform.transform(&stored, piece)?;
    }
    Ok(())
}
