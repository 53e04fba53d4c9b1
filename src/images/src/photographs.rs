//! Reads photographs of any kind: in one size for trials, or as large as they are for models.

use std::path::Path;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{ResizeAlg, ResizeOptions, Resizer};
use gestalt_types::Sha256;
use image::{DynamicImage, RgbImage};

use crate::appearance::Appearance;
use crate::decoding::{self, Decoded, Purpose};
use crate::oddity::Oddity;
use crate::size::Size;
use crate::{colour_profile, content, folder};

pub use crate::decoding::{DECODING_BYTES, MAX_FILE_BYTES, MIN_SIDE_PX, ReadError};
pub use crate::folder::{Listing, Photograph, Skipped, UNCATEGORISED, list};

/// What one reading of a file tells about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Hash of the file.
    pub content: Sha256,
    /// What the picture looks like; `None` where it is too even to tell.
    pub appearance: Option<Appearance>,
    /// What is unusual about the file.
    pub oddities: Vec<Oddity>,
    /// Width and height in pixels as the picture is seen, before it is resized.
    pub size_px: (u32, u32),
}

/// Tells about a photograph as [`surveyed`] does, and lets the picture go.
///
/// # Errors
/// As of [`read`].
pub fn survey(path: &Path, size: impl Into<Size>) -> Result<Survey, ReadError> {
    surveyed(path, size).map(|(_, survey)| survey)
}

/// Reads a photograph as [`read`] does, and tells about it.
///
/// # Errors
/// As of [`read`].
pub fn surveyed(path: &Path, size: impl Into<Size>) -> Result<(RgbImage, Survey), ReadError> {
    decoding::of_file(path, Purpose::Resized, |bytes, decoded| {
        let oddities = oddities(path, bytes, &decoded);
        let size_px = decoding::as_seen(decoded.picture.dimensions(), decoded.orientation);
        let picture = upright(decoded, size.into())?;
        let appearance = Appearance::of(&picture);
        Ok((picture, Survey { content: Sha256::of(bytes), appearance, oddities, size_px }))
    })?
}

/// Width and height in pixels of the picture that [`decode_whole`] gives, told by its header.
///
/// # Errors
/// For any reason of [`decode_whole`] that the header tells.
pub fn size_px(bytes: &[u8]) -> Result<(u32, u32), ReadError> {
    decoding::size_of(bytes)
}

/// Reads a picture as large as it is and gives it to `work`: decoded as by [`decode_whole`], and what is
/// unusual about the file.
///
/// The memory of the picture is taken until `work` is done, so `work` must not read another one.
///
/// # Errors
/// When the file cannot be read, or for any reason of [`decode_whole`].
pub fn with_whole<T>(path: &Path, work: impl FnOnce(RgbImage, &[Oddity]) -> T) -> Result<T, ReadError> {
    decoding::of_file(path, Purpose::Whole, |bytes, decoded| {
        let oddities = oddities(path, bytes, &decoded);
        work(whole(decoded), &oddities)
    })
}

/// Decodes a JPEG, PNG or WebP file as large as it is: recognised by content, turned by EXIF, transparency
/// laid over mid-grey, in 8 bits, its colour profile applied. These are the pixels of [`decode`] before they
/// are resized.
///
/// # Errors
/// When the bytes are no such picture, a damaged or truncated one, or one that is too large.
pub fn decode_whole(bytes: &[u8]) -> Result<RgbImage, ReadError> {
    decoding::of_bytes(bytes, Purpose::Whole, whole)
}

/// The same for the bytes of a file of this name, with what is unusual about it.
///
/// # Errors
/// As of [`decode_whole`].
pub fn decode_named(name: &Path, bytes: &[u8]) -> Result<(RgbImage, Vec<Oddity>), ReadError> {
    decoding::of_bytes(bytes, Purpose::Whole, |decoded| {
        let oddities = oddities(name, bytes, &decoded);
        (whole(decoded), oddities)
    })
}

fn whole(decoded: Decoded) -> RgbImage {
    let mut picture = decoded.picture;
    colour_profile::to_srgb(&mut picture, &decoded.colours, decoded.is_grey);
    let mut picture = DynamicImage::ImageRgb8(picture);
    picture.apply_orientation(decoded.orientation);
    picture.into_rgb8()
}

fn oddities(path: &Path, bytes: &[u8], decoded: &Decoded) -> Vec<Oddity> {
    let is_called = content::format(bytes).is_some_and(|format| folder::is_called(path, format));
    let ending = (!is_called).then_some(Oddity::WrongEnding);
    decoded.oddities.iter().copied().chain(ending).collect()
}

/// Reads one photograph in this size; see [`decode`].
///
/// Waits while other threads decode so many large photographs that there is no room for this one.
///
/// # Errors
/// When the file cannot be read, or for any reason of [`decode`].
pub fn read(path: &Path, size: impl Into<Size>) -> Result<RgbImage, ReadError> {
    decoding::of_file(path, Purpose::Resized, |_, decoded| upright(decoded, size.into()))?
}

/// Decodes a JPEG, PNG or WebP file into a picture of this size.
///
/// The format is recognised by content. Orientation by EXIF is applied, transparency is laid over mid-grey,
/// 16 bits become 8, grey and CMYK become RGB; an animation gives its first picture. It is resized until it
/// just covers the size, with a Lanczos filter (a = 3, on the stored values, as torchvision and Pillow do),
/// and the middle is kept; then the colour profile (ICC) of an RGB or grey picture is applied. CMYK is
/// converted as Pillow does, by (1 − C)(1 − K), whatever its profile.
///
/// # Errors
/// When the bytes are no such picture, a damaged or truncated one, or one that is too large or too small.
pub fn decode(bytes: &[u8], size: impl Into<Size>) -> Result<RgbImage, ReadError> {
    decoding::of_bytes(bytes, Purpose::Resized, |decoded| upright(decoded, size.into()))?
}

/// Reads one photograph and shows it to `look` as the file stores it: every pixel in 8 bits without
/// transparency, not turned, not resized, its profile not applied; and the bytes of the file. Whatever
/// [`read`] takes, this takes.
///
/// The memory of the picture is taken until `look` is done, so `look` must not read another one.
///
/// # Errors
/// As of [`read`].
pub fn look<T>(path: &Path, look: impl FnOnce(&[u8], &RgbImage) -> T) -> Result<T, ReadError> {
    decoding::of_file(path, Purpose::Resized, |bytes, decoded| look(bytes, &decoded.picture))
}

/// Turned and brought to sRGB when it is small.
fn upright(decoded: Decoded, size: Size) -> Result<RgbImage, ReadError> {
    // The size that the stored picture must have to be of this size when it is turned.
    let (width_px, height_px) = decoding::as_seen((size.width_px, size.height_px), decoded.orientation);
    let mut small = fitted(decoded.picture, Size { width_px, height_px })?;
    colour_profile::to_srgb(&mut small, &decoded.colours, decoded.is_grey);
    let mut small = DynamicImage::ImageRgb8(small);
    small.apply_orientation(decoded.orientation);
    Ok(small.into_rgb8())
}

fn fitted(picture: RgbImage, Size { width_px, height_px }: Size) -> Result<RgbImage, ReadError> {
    let resize_failed =
        |error: &dyn std::fmt::Display| ReadError::Damaged(format!("it cannot be resized: {error}"));
    let mut fitted = RgbImage::new(width_px, height_px);
    // Typed, or the resizer for every kind of pixel would be compiled.
    let source = TypedImageRef::<U8x3>::from_buffer(picture.width(), picture.height(), picture.as_raw())
        .map_err(|e| resize_failed(&e))?;
    let mut target =
        TypedImage::<U8x3>::from_buffer(width_px, height_px, &mut fitted).map_err(|e| resize_failed(&e))?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(fast_image_resize::FilterType::Lanczos3))
        .fit_into_destination(Some((0.5, 0.5)));
    Resizer::new().resize_typed(&source, &mut target, &options).map_err(|e| resize_failed(&e))?;
    Ok(fitted)
}
