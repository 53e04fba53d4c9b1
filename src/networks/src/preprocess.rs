//! Preprocessing: from a picture of any size to a network's input, with the same numbers on every device.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::resize::{Filter, Region, resize_region_by};

/// A picture as this crate takes it: `width · height · 3` bytes, row by row, sRGB.
#[derive(Clone, Copy, Debug)]
pub struct Rgb8<'a> {
    pixels: &'a [u8],
    width: usize,
    height: usize,
}

/// A picture of another size than the network takes, where resampling was ruled out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the picture is {width} × {height} px and the network takes {px} × {px}; let it be resampled, or give one \
     of that size"
)]
pub struct NotAsIs {
    width: usize,
    height: usize,
    px: usize,
}

/// Bytes that do not fill a picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{bytes} bytes are no RGB8 picture of {width} × {height} px; give width · height · 3 bytes, no alpha"
)]
pub struct NotAPicture {
    bytes: usize,
    width: usize,
    height: usize,
}

impl<'a> Rgb8<'a> {
    /// Checks that the bytes fill the picture exactly and that it is not empty.
    pub fn new(pixels: &'a [u8], width: usize, height: usize) -> Result<Self, NotAPicture> {
        let wanted = width.checked_mul(height).and_then(|n| n.checked_mul(3));
        if wanted != Some(pixels.len()) || pixels.is_empty() {
            return Err(NotAPicture { bytes: pixels.len(), width, height });
        }
        Ok(Self { pixels, width, height })
    }
}

/// Subtract a mean, divide by a deviation, colour by colour; pixels count from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normalise {
    /// Mean of red, green, blue.
    pub mean: [f32; 3],
    /// Standard deviation of red, green, blue; above 0.
    pub std: [f32; 3],
}

impl Normalise {
    /// The statistics of ImageNet's photographs.
    pub const IMAGENET: Self = Self { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
    /// The statistics of CLIP's pictures.
    pub const CLIP: Self = Self {
        mean: [0.481_454_66, 0.457_827_5, 0.408_210_73],
        std: [0.268_629_54, 0.261_302_6, 0.275_777_1],
    };
    /// From -1 to 1.
    pub const HALF: Self = Self { mean: [0.5; 3], std: [0.5; 3] };
    /// Left from 0 to 1.
    pub const NONE: Self = Self { mean: [0.0; 3], std: [1.0; 3] };

    /// Normalises interleaved RGB values that count from 0 to 255.
    pub fn interleaved(&self, pixels: &mut [f32]) {
        for pixel in pixels.chunks_exact_mut(3) {
            for ((value, mean), std) in pixel.iter_mut().zip(self.mean).zip(self.std) {
                *value = (*value / 255.0 - mean) / std;
            }
        }
    }
}

/// How a picture is brought to a network's input.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preprocess {
    /// The shorter side is resampled to this many pixels, with antialiasing.
    pub resize_px: usize,
    /// Then a centred square of this many pixels is cut out.
    pub crop_px: usize,
    /// Then colours are normalised.
    pub normalise: Normalise,
    /// The filter that resamples.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub filter: Filter,
}

/// For rows of a log: what of the card decides the pixels that a network gets.
impl fmt::Display for Preprocess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let filter = match self.filter {
            Filter::Bilinear => "bilinear",
            Filter::Bicubic => "bicubic",
        };
        write!(f, "shorter side {} px {filter}, centre {} px", self.resize_px, self.crop_px)
    }
}

impl Preprocess {
    /// The shorter side is resampled to `px / share`, then `px` are cropped: timm's `crop_pct`.
    pub fn cropped(px: usize, share: f64, normalise: Normalise, filter: Filter) -> Self {
        Self { resize_px: (px as f64 / share).floor() as usize, crop_px: px, normalise, filter }
    }

    /// Which part of the shorter side ends up in the crop, from 0 to 1.
    pub fn visible_share(&self) -> f64 {
        self.crop_px as f64 / self.resize_px as f64
    }

    /// # Shapes
    /// The result is `[3, crop_px, crop_px]`, flat: red, then green, then blue.
    pub fn apply(&self, picture: Rgb8<'_>) -> Vec<f32> {
        self.planes(self.resampled(picture))
    }

    /// What the network is given, before colours are normalised: for people to look at.
    ///
    /// # Shapes
    /// `crop_px · crop_px · 3` bytes, row by row: a picture as [`Rgb8`] takes it.
    pub fn given(&self, picture: Rgb8<'_>) -> Vec<u8> {
        self.resampled(picture).into_iter().map(|value| value.round() as u8).collect()
    }

    /// Interleaved RGB from 0 to 255.
    fn resampled(&self, picture: Rgb8<'_>) -> Vec<f32> {
        // Resizing and cropping in one: the centred square of the source that ends up in the crop.
        let shorter = picture.width.min(picture.height) as f64;
        let side = shorter * self.visible_share();
        let region = Region {
            x_px: (picture.width as f64 - side) / 2.0,
            y_px: (picture.height as f64 - side) / 2.0,
            width_px: side,
            height_px: side,
        };
        let size = (picture.width, picture.height);
        let out = (self.crop_px, self.crop_px);
        let mut pixels = resize_region_by(self.filter, picture.pixels, size, region, out);
        // A bicubic filter overshoots at edges; a picture of bytes would not.
        pixels.iter_mut().for_each(|value| *value = value.clamp(0.0, 255.0));
        pixels
    }

    /// The picture as it is, only normalised: for pictures that have the network's size already.
    ///
    /// # Shapes
    /// As [`apply`](Self::apply).
    pub fn as_is(&self, picture: Rgb8<'_>) -> Result<Vec<f32>, NotAsIs> {
        if (picture.width, picture.height) != (self.crop_px, self.crop_px) {
            return Err(NotAsIs { width: picture.width, height: picture.height, px: self.crop_px });
        }
        Ok(self.planes(picture.pixels.iter().map(|&value| f32::from(value)).collect()))
    }

    fn planes(&self, mut pixels: Vec<f32>) -> Vec<f32> {
        self.normalise.interleaved(&mut pixels);
        (0..3).flat_map(|colour| pixels[colour..].iter().step_by(3).copied()).collect()
    }
}
