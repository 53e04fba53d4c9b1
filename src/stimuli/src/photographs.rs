//! Reads a folder of photographs of any size into square pictures of one size, and names every file it had to leave out.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Cursor, ErrorKind, Seek};
use std::path::{Path, PathBuf};

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{ResizeAlg, ResizeOptions, Resizer};
use gestalt_protocol::Name;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Rgb, RgbImage};

use crate::room::{ROOM, WORKING_BYTES};
use crate::{colour_profile, jpeg};

/// The category of photographs that lie in the folder itself.
pub const UNCATEGORISED: &str = "uncategorised";
/// Larger files are not read.
pub const MAX_FILE_BYTES: u64 = 256 << 20;
/// Pictures that need more memory while they are decoded are refused, and all that are decoded at one time share it.
///
/// Enough for 100 megapixels of any kind, and for 300 of a JPEG in one scan.
pub const DECODING_BYTES: u64 = WORKING_BYTES;
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
    /// The file is too large to read.
    #[error("has {0} bytes; at most {MAX_FILE_BYTES} are read, save it smaller")]
    TooLong(u64),
    /// Too large to decode safely.
    #[error(
        "is {width_px} × {height_px} px, which take {} MB to decode; at most {} MB are used, make it smaller",
        needed_bytes / 1_000_000, DECODING_BYTES / 1_000_000
    )]
    TooLarge {
        /// Its width in pixels.
        width_px: u32,
        /// Its height in pixels.
        height_px: u32,
        /// What decoding it would need, in bytes.
        needed_bytes: u64,
    },
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
    /// Of a kind that the decoder does not know.
    #[error("is a kind of picture that cannot be read ({0}); save it as a usual JPEG or PNG of 8 bits")]
    Unsupported(String),
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
/// Waits while other threads decode so many large photographs that there is no room for this one.
///
/// # Errors
/// When the file cannot be read, or for any reason of [`decode`].
pub fn read(path: &Path, size_px: u32) -> Result<RgbImage, ReadError> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length > MAX_FILE_BYTES {
        return Err(ReadError::TooLong(length));
    }
    // From the header alone: threads that wait hold no file in memory.
    let needed_bytes = needed_bytes(BufReader::new(file), length)?;
    let _taken = ROOM.take(needed_bytes);
    decoded(&fs::read(path)?, size_px)
}

/// Decodes a JPEG, PNG or WebP file into a square of `size_px` pixels.
///
/// The format is recognised by content. Orientation by EXIF is applied, transparency is laid over mid-grey, 16 bits
/// become 8, grey and CMYK become RGB; an animation gives its first picture. The shorter side is resized to `size_px`
/// with a Lanczos filter (a = 3, on the stored values, as torchvision and Pillow do) and the middle is kept; then the
/// colour profile (ICC) of an RGB or grey picture is applied. CMYK is converted as Pillow does, by (1 − C)(1 − K),
/// whatever its profile.
///
/// # Errors
/// When the bytes are no such picture, a damaged or truncated one, or one that is too large or too small.
pub fn decode(bytes: &[u8], size_px: u32) -> Result<RgbImage, ReadError> {
    let needed_bytes = needed_bytes(Cursor::new(bytes), bytes.len() as u64)?;
    let _taken = ROOM.take(needed_bytes);
    decoded(bytes, size_px)
}

/// What decoding takes at its peak, in bytes, the file included; by the header alone.
fn needed_bytes(file: impl BufRead + Seek, length: u64) -> Result<u64, ReadError> {
    let reader = ImageReader::new(file).with_guessed_format()?;
    // Pixels as decoded, beside what the decoder keeps or what they are converted to.
    let (width_px, height_px, bytes_per_pixel) = match reader.format() {
        Some(ImageFormat::Jpeg) => {
            let header = jpeg::header(&mut reader.into_inner()).map_err(|error| damaged(error.into()))?;
            let header = header.ok_or_else(|| ReadError::Damaged("it has no picture in it".into()))?;
            // Coefficients have two bytes.
            let kept = if header.in_several_scans { 2 * header.components } else { 0 };
            (header.width_px, header.height_px, 4 + kept)
        }
        Some(format @ (ImageFormat::Png | ImageFormat::WebP)) => {
            let decoder = reader.into_decoder().map_err(damaged)?;
            let (width_px, height_px) = decoder.dimensions();
            // Opaque copies take four bytes; WebP keeps a canvas and a frame of its own.
            let beside = if format == ImageFormat::Png { 4 } else { 8 };
            (width_px, height_px, u32::from(decoder.color_type().bytes_per_pixel()) + beside)
        }
        _ => return Err(ReadError::Format),
    };
    if width_px.min(height_px) < MIN_SIDE_PX {
        return Err(ReadError::TooSmall { width_px, height_px });
    }
    let pixels = u64::from(width_px) * u64::from(height_px);
    let needed_bytes = pixels * u64::from(bytes_per_pixel) + 2 * length;
    if needed_bytes > DECODING_BYTES {
        return Err(ReadError::TooLarge { width_px, height_px, needed_bytes });
    }
    Ok(needed_bytes)
}

fn damaged(error: ImageError) -> ReadError {
    match error {
        ImageError::IoError(e) if e.kind() == ErrorKind::UnexpectedEof => ReadError::Truncated,
        ImageError::Unsupported(e) => ReadError::Unsupported(e.to_string()),
        error => ReadError::Damaged(error.to_string()),
    }
}

/// Once there is room.
fn decoded(bytes: &[u8], size_px: u32) -> Result<RgbImage, ReadError> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    // The JPEG decoder fills what is missing with grey instead of failing.
    if reader.format() == Some(ImageFormat::Jpeg) && !jpeg::is_complete(bytes) {
        return Err(ReadError::Truncated);
    }
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let orientation = decoder.orientation().map_err(damaged)?;
    let profile = decoder.icc_profile().ok().flatten();
    let picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    let is_grey = !picture.color().has_color();
    // Turned and brought to sRGB when it is small.
    let mut square = squared(over_ground(picture), size_px)?;
    if let Some(icc) = profile {
        colour_profile::to_srgb(&mut square, &icc, is_grey);
    }
    let mut square = DynamicImage::ImageRgb8(square);
    square.apply_orientation(orientation);
    Ok(square.into_rgb8())
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
