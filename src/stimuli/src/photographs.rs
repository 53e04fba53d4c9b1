//! Reads a folder of photographs of any size into square pictures of one size, and names every file it had to leave out.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{ResizeAlg, ResizeOptions, Resizer};
use gestalt_protocol::Name;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Rgb, RgbImage};

use crate::jpeg;

/// The category of photographs that lie in the folder itself.
pub const UNCATEGORISED: &str = "uncategorised";
/// Larger files are not read.
pub const MAX_FILE_BYTES: u64 = 256 << 20;
/// Larger pictures are not decoded.
pub const MAX_PIXELS: u64 = 100_000_000;
/// Smaller pictures, by their shorter side in pixels, show too little.
pub const MIN_SIDE_PX: u32 = 32;

const ENDINGS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];
/// What transparent parts are laid over, so that black and white objects both stay visible.
const GROUND: u16 = 128;

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

/// Why a photograph cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("cannot be read ({0}); check that it exists and may be opened")]
    Io(#[from] std::io::Error),
    /// Neither JPEG, PNG nor WebP inside, whatever it is called.
    #[error("is not a JPEG, PNG or WebP picture inside; save it as one of these")]
    Format,
    /// Too large to decode safely.
    #[error("has {0}; at most {MAX_PIXELS} pixels and {MAX_FILE_BYTES} bytes are read, make it smaller")]
    TooLarge(String),
    /// Too small to show anything.
    #[error("is {width_px} × {height_px} px; at least {MIN_SIDE_PX} px on each side are needed")]
    TooSmall {
        /// Its width in pixels.
        width_px: u32,
        /// Its height in pixels.
        height_px: u32,
    },
    /// Ends too early.
    #[error("ends before the picture does; it was cut off, get it again")]
    Truncated,
    /// Damaged.
    #[error("is damaged ({0}); save or get it again")]
    Damaged(String),
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

/// Reads one photograph as a square of `size_px` pixels; see [`decode`].
///
/// # Errors
/// When the file cannot be read, or for any reason of [`decode`].
pub fn read(path: &Path, size_px: u32) -> Result<RgbImage, ReadError> {
    let bytes = fs::metadata(path)?.len();
    if bytes > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge(format!("{bytes} bytes")));
    }
    decode(&fs::read(path)?, size_px)
}

/// Decodes a JPEG, PNG or WebP file into a square of `size_px` pixels.
///
/// The format is recognised by content. Orientation by EXIF is applied, transparency is laid over mid-grey, 16 bits
/// become 8, grey becomes RGB; an animation gives its first picture; colour profiles are not applied. The shorter
/// side is resized to `size_px` with a Lanczos filter (a = 3, on sRGB values, as torchvision and Pillow do) and the
/// middle is kept.
///
/// # Errors
/// When the bytes are no such picture, a damaged or truncated one, or one that is too large or too small.
pub fn decode(bytes: &[u8], size_px: u32) -> Result<RgbImage, ReadError> {
    let format = image::guess_format(bytes).map_err(|_| ReadError::Format)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(ReadError::Format);
    }
    // The JPEG decoder fills what is missing with grey instead of failing.
    if format == ImageFormat::Jpeg && !jpeg::is_complete(bytes) {
        return Err(ReadError::Truncated);
    }
    let damaged = |error: image::ImageError| match &error {
        image::ImageError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            ReadError::Truncated
        }
        _ => ReadError::Damaged(error.to_string()),
    };
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(damaged)?;
    let (width_px, height_px) = decoder.dimensions();
    if u64::from(width_px) * u64::from(height_px) > MAX_PIXELS {
        return Err(ReadError::TooLarge(format!("{width_px} × {height_px} pixels")));
    }
    if width_px.min(height_px) < MIN_SIDE_PX {
        return Err(ReadError::TooSmall { width_px, height_px });
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    squared(over_ground(picture), size_px)
}

/// The picture in 8 bits without transparency.
fn over_ground(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let transparent = picture.into_rgba8();
    RgbImage::from_fn(transparent.width(), transparent.height(), |x, y| {
        let [red, green, blue, alpha] = transparent.get_pixel(x, y).0.map(u16::from);
        Rgb([red, green, blue].map(|v| ((v * alpha + GROUND * (255 - alpha) + 127) / 255) as u8))
    })
}

fn squared(picture: RgbImage, size_px: u32) -> Result<RgbImage, ReadError> {
    let resize_failed =
        |error: &dyn std::fmt::Display| ReadError::Damaged(format!("it cannot be resized: {error}"));
    let mut squared = RgbImage::new(size_px, size_px);
    // Typed, or the resizer for every kind of pixel would be compiled.
    let source = TypedImageRef::<U8x3>::from_buffer(picture.width(), picture.height(), picture.as_raw())
        .map_err(|e| resize_failed(&e))?;
    let mut target =
        TypedImage::<U8x3>::from_buffer(size_px, size_px, &mut squared).map_err(|e| resize_failed(&e))?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(fast_image_resize::FilterType::Lanczos3))
        .fit_into_destination(Some((0.5, 0.5)));
    Resizer::new().resize_typed(&source, &mut target, &options).map_err(|e| resize_failed(&e))?;
    Ok(squared)
}
