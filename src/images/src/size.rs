//! How large the pictures of a set are, as it is said on the command line: `224`, a square, or `320x240`.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use image::{RgbImage, imageops};
use serde_json::Value;

/// Width and height of a picture in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
}

impl Size {
    /// The shorter side in pixels.
    pub fn shorter_px(self) -> u32 {
        self.width_px.min(self.height_px)
    }

    /// The longer side in pixels.
    pub fn longer_px(self) -> u32 {
        self.width_px.max(self.height_px)
    }

    /// Number of pixels.
    pub fn pixels(self) -> u64 {
        u64::from(self.width_px) * u64::from(self.height_px)
    }

    /// The same picture lying on its side.
    pub fn turned(self) -> Self {
        Self { width_px: self.height_px, height_px: self.width_px }
    }

    /// The middle of a larger picture.
    pub fn middle_of(self, picture: &RgbImage) -> RgbImage {
        let [x, y] =
            [picture.width() - self.width_px, picture.height() - self.height_px].map(|rest| rest / 2);
        imageops::crop_imm(picture, x, y, self.width_px, self.height_px).to_image()
    }

    /// What is written down of it; a square is its side, as before there were others.
    pub fn record(self) -> Value {
        if self.width_px == self.height_px { self.width_px.into() } else { self.to_string().into() }
    }
}

/// A square.
impl From<u32> for Size {
    fn from(side_px: u32) -> Self {
        Self { width_px: side_px, height_px: side_px }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.width_px, self.height_px) {
            (width, height) if width == height => write!(f, "{width}"),
            (width, height) => write!(f, "{width}x{height}"),
        }
    }
}

/// Words that are no size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no size: give the side of a square in pixels, such as 224, or width and height, such as 320x240"
)]
pub struct NoSize(String);

impl FromStr for Size {
    type Err = NoSize;

    fn from_str(words: &str) -> Result<Self, NoSize> {
        let side = |side: &str| side.parse().map_err(|_: ParseIntError| NoSize(words.to_owned()));
        match words.split_once('x') {
            Some((width, height)) => Ok(Self { width_px: side(width)?, height_px: side(height)? }),
            None => Ok(side(words)?.into()),
        }
    }
}
