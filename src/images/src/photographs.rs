//! Reads a folder of photographs of any size into pictures of one size, and names every file it had to leave out.

use std::fs;
use std::path::{Path, PathBuf};

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{ResizeAlg, ResizeOptions, Resizer};
use gestalt_types::Name;
use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};

use crate::colour_profile;
use crate::decoding::{self, Decoded};
use crate::size::Size;

pub use crate::decoding::{DECODING_BYTES, MAX_FILE_BYTES, MIN_SIDE_PX, ReadError};

/// The category of photographs that lie in the folder itself.
pub const UNCATEGORISED: &str = "uncategorised";
const ENDINGS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];
/// A photograph that was found but not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photograph {
    /// Where it lies.
    pub path: PathBuf,
    /// The name of the subfolder it lies in, or [`UNCATEGORISED`].
    pub category: Name,
}

/// A file that was left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct Skipped {
    /// Which one.
    pub path: PathBuf,
    /// Why, and what would help.
    pub reason: String,
}

/// What a folder holds, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The files that look like photographs.
    pub photographs: Vec<Photograph>,
    /// The others, except hidden files.
    pub skipped: Vec<Skipped>,
}

/// Finds the photographs in `folder` and its subfolders.
///
/// # Errors
/// When the folder itself cannot be read. A subfolder that cannot be read is among the skipped.
pub fn list(folder: &Path) -> std::io::Result<Listing> {
    let mut listing = Listing::default();
    let root = sorted_entries(folder)?;
    list_entries(&root, UNCATEGORISED, &mut listing);
    Ok(listing)
}

fn list_entries(entries: &[PathBuf], category: &str, listing: &mut Listing) {
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let skip = |reason: String| Skipped { path: path.clone(), reason };
        if path.is_dir() {
            // A link may lead back up and never end.
            if path.is_symlink() {
                listing.skipped.push(skip("is a link to a folder; put the folder itself here".into()));
                continue;
            }
            match sorted_entries(path) {
                Ok(inside) => list_entries(&inside, &name, listing),
                Err(error) => listing.skipped.push(skip(ReadError::Io(error).to_string())),
            }
        } else if !has_picture_ending(path) {
            listing.skipped.push(skip(format!("is not named as a picture (.{})", ENDINGS.join(", ."))));
        } else {
            match Name::new(category) {
                Ok(category) => listing.photographs.push(Photograph { path: path.clone(), category }),
                Err(error) => listing.skipped.push(skip(format!("its folder's name: {error}"))),
            }
        }
    }
}

fn sorted_entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

fn has_picture_ending(path: &Path) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

/// Reads one photograph in this size; see [`decode`].
///
/// Waits while other threads decode so many large photographs that there is no room for this one.
///
/// # Errors
/// When the file cannot be read, or for any reason of [`decode`].
pub fn read(path: &Path, size: impl Into<Size>) -> Result<RgbImage, ReadError> {
    decoding::of_file(path, |_, decoded| upright(decoded, size.into()))?
}

/// Decodes a JPEG, PNG or WebP file into a picture of this size.
///
/// The format is recognised by content. Orientation by EXIF is applied, transparency is laid over mid-grey, 16 bits
/// become 8, grey and CMYK become RGB; an animation gives its first picture. It is resized until it just covers
/// the size, with a Lanczos filter (a = 3, on the stored values, as torchvision and Pillow do), and the middle is kept; then the
/// colour profile (ICC) of an RGB or grey picture is applied. CMYK is converted as Pillow does, by (1 − C)(1 − K),
/// whatever its profile.
///
/// # Errors
/// When the bytes are no such picture, a damaged or truncated one, or one that is too large or too small.
pub fn decode(bytes: &[u8], size: impl Into<Size>) -> Result<RgbImage, ReadError> {
    decoding::of_bytes(bytes, |decoded| upright(decoded, size.into()))?
}

/// Reads one photograph and shows it to `look` as the file stores it: every pixel in 8 bits without transparency, not turned, not
/// resized, its profile not applied; and the bytes of the file. Whatever [`read`] takes, this takes.
///
/// The memory of the picture is taken until `look` is done, so `look` must not read another one.
///
/// # Errors
/// As of [`read`].
pub fn look<T>(path: &Path, look: impl FnOnce(&[u8], &RgbImage) -> T) -> Result<T, ReadError> {
    decoding::of_file(path, |bytes, decoded| look(bytes, &decoded.picture))
}

/// Turned and brought to sRGB when it is small.
fn upright(decoded: Decoded, size: Size) -> Result<RgbImage, ReadError> {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    let lies = matches!(decoded.orientation, Rotate90 | Rotate90FlipH | Rotate270 | Rotate270FlipH);
    let mut small = fitted(decoded.picture, if lies { size.turned() } else { size })?;
    if let Some(icc) = decoded.profile {
        colour_profile::to_srgb(&mut small, &icc, decoded.is_grey);
    }
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
