//! Decodes photographs of any kind and size within the memory that all threads share.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read, Seek};
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Pixel, RgbImage, RgbaImage};

use crate::colour_profile::Colours;
use crate::oddity::Oddity;
use crate::{colour_profile, content, jpeg, png};

/// Larger files are not read.
pub const MAX_FILE_BYTES: u64 = 256 << 20;
/// Pictures that need more memory while they are decoded are refused, and all that are decoded at one time
/// share it.
///
/// Enough for 100 megapixels of any kind, and for 300 of a JPEG in one scan.
#[cfg(not(target_arch = "wasm32"))]
pub const DECODING_BYTES: u64 = gestalt_files::memory::BUDGET_BYTES;
/// The same in a browser, where one picture is decoded at a time.
#[cfg(target_arch = "wasm32")]
pub const DECODING_BYTES: u64 = 1_500_000_000;
/// Smaller pictures, by their shorter side in pixels, show too little.
pub const MIN_SIDE_PX: u32 = 32;

/// What transparent parts are laid over, so that black and white objects both stay visible.
const GROUND: u16 = 128;

/// Why a photograph cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("cannot be read ({0}); check that it exists and may be opened")]
    Io(#[from] std::io::Error),
    /// Neither JPEG, PNG nor WebP inside, whatever it is called.
    #[error("{what}; {remedy}")]
    Content {
        /// What it is.
        what: &'static str,
        /// What helps.
        remedy: &'static str,
    },
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

/// A picture as its file stores it.
pub(crate) struct Decoded {
    /// In 8 bits, transparency laid over mid-grey.
    pub(crate) picture: RgbImage,
    /// How it is to be turned.
    pub(crate) orientation: Orientation,
    /// What the file says of its colours, what counts first coming first; empty where they are sRGB, or have
    /// been brought to it.
    pub(crate) colours: Vec<Colours>,
    /// Whether it was stored without colour.
    pub(crate) is_grey: bool,
    /// What was unusual about the bytes.
    pub(crate) oddities: Vec<Oddity>,
}

/// What a picture is decoded for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be brought to a smaller size; one that is small already is of no use.
    Resized,
    /// To be used as large as it is, which takes a second copy when it is turned.
    Whole,
}

/// Reads and decodes a file once there is room, and gives bytes and picture to `work`, during which the room
/// is kept.
///
/// # Errors
/// When the file cannot be read, or is no picture that can be used.
pub(crate) fn of_file<T>(
    path: &Path,
    purpose: Purpose,
    work: impl FnOnce(&[u8], Decoded) -> T,
) -> Result<T, ReadError> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length > MAX_FILE_BYTES {
        return Err(ReadError::TooLong(length));
    }
    // From the header alone: threads that wait hold no file in memory.
    let needed_bytes = needed_bytes(BufReader::new(file), length, purpose)?;
    let _permit = permit(needed_bytes);
    let bytes = fs::read(path)?;
    Ok(work(&bytes, decoded(&bytes)?))
}

/// The same for a file that is in memory.
///
/// # Errors
/// When the bytes are no picture that can be used.
pub(crate) fn of_bytes<T>(
    bytes: &[u8],
    purpose: Purpose,
    work: impl FnOnce(Decoded) -> T,
) -> Result<T, ReadError> {
    let needed_bytes = needed_bytes(Cursor::new(bytes), bytes.len() as u64, purpose)?;
    let _permit = permit(needed_bytes);
    Ok(work(decoded(bytes)?))
}

/// Width and height in pixels as the picture is seen, which is after it is turned. Nothing of that size is
/// allocated.
///
/// # Errors
/// When the bytes are no picture that can be used.
pub(crate) fn size_of(bytes: &[u8]) -> Result<(u32, u32), ReadError> {
    needed_bytes(Cursor::new(bytes), bytes.len() as u64, Purpose::Whole)?;
    let format = format_of(&bytes[..bytes.len().min(content::START_BYTES)])?;
    let tidied = match format {
        ImageFormat::Jpeg => jpeg::tidied(bytes).ok_or(ReadError::Truncated)?.bytes,
        _ => bytes.into(),
    };
    let mut decoder =
        ImageReader::with_format(Cursor::new(tidied), format).into_decoder().map_err(damaged)?;
    let (orientation, _) = orientation(&mut decoder, format)?;
    Ok(as_seen(decoder.dimensions(), orientation))
}

/// The size of a picture that is stored in `stored_px`.
pub(crate) fn as_seen(stored_px: (u32, u32), orientation: Orientation) -> (u32, u32) {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    let lies = matches!(orientation, Rotate90 | Rotate90FlipH | Rotate270 | Rotate270FlipH);
    if lies { (stored_px.1, stored_px.0) } else { stored_px }
}

/// Blocks until the memory budget grants a permit.
#[cfg(not(target_arch = "wasm32"))]
fn permit(bytes: u64) -> gestalt_files::memory::Permit<'static> {
    gestalt_files::memory::BUDGET.take(bytes)
}

/// A browser has one thread, which has all the memory.
#[cfg(target_arch = "wasm32")]
fn permit(_bytes: u64) {}

/// The first bytes of a file, which tell what it is.
pub(crate) fn start_of(file: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::with_capacity(content::START_BYTES);
    file.take(content::START_BYTES as u64).read_to_end(&mut start)?;
    Ok(start)
}

/// The format of these first bytes.
///
/// # Errors
/// When it is none that can be read.
pub(crate) fn format_of(start: &[u8]) -> Result<ImageFormat, ReadError> {
    let (what, remedy) = content::advice(start);
    content::format(start).ok_or(ReadError::Content { what, remedy })
}

/// What decoding takes at its peak, in bytes, the file included; by the header alone.
fn needed_bytes(mut file: impl BufRead + Seek, length: u64, purpose: Purpose) -> Result<u64, ReadError> {
    let format = format_of(&start_of(&mut file)?)?;
    file.rewind()?;
    // Pixels as decoded, and what the decoder keeps or what they are converted to.
    let (width_px, height_px, bytes_per_pixel) = if format == ImageFormat::Jpeg {
        let header = jpeg::header(&mut file).map_err(|error| damaged(error.into()))?;
        let header = header.ok_or_else(|| ReadError::Damaged("it has no picture in it".into()))?;
        // Coefficients have two bytes.
        let kept = if header.in_several_scans { 2 * header.components } else { 0 };
        (header.width_px, header.height_px, 4 + kept)
    } else {
        let decoder = ImageReader::with_format(file, format).into_decoder().map_err(damaged)?;
        let (width_px, height_px) = decoder.dimensions();
        // Opaque copies take four bytes; WebP keeps a canvas and a frame of its own.
        let copies = if format == ImageFormat::Png { 4 } else { 8 };
        (width_px, height_px, u32::from(decoder.color_type().bytes_per_pixel()) + copies)
    };
    let smallest_px = if purpose == Purpose::Resized { MIN_SIDE_PX } else { 1 };
    if width_px.min(height_px) < smallest_px {
        return Err(ReadError::TooSmall { width_px, height_px });
    }
    let turned = if purpose == Purpose::Whole { 3 } else { 0 };
    let pixels = u64::from(width_px) * u64::from(height_px);
    let needed_bytes = pixels * u64::from(bytes_per_pixel + turned) + 2 * length;
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

/// Once there is room; no other limit applies.
fn decoded(bytes: &[u8]) -> Result<Decoded, ReadError> {
    let format = format_of(&bytes[..bytes.len().min(content::START_BYTES)])?;
    match format {
        ImageFormat::Jpeg => jpeg_decoded(bytes),
        ImageFormat::Png => {
            let ended = png::with_end(bytes);
            let mut decoded = of_format(&ended, format)?;
            if ended.len() > bytes.len() {
                decoded.oddities.push(Oddity::NoEndMarker);
            }
            Ok(decoded)
        }
        _ => of_format(bytes, format),
    }
}

fn jpeg_decoded(bytes: &[u8]) -> Result<Decoded, ReadError> {
    let tidied = jpeg::tidied(bytes).ok_or(ReadError::Truncated)?;
    let decoded = of_format(&tidied.bytes, ImageFormat::Jpeg)?;
    // The decoder fills what is missing with grey instead of failing.
    if tidied.oddities.contains(&Oddity::NoEndMarker) && !is_all_there(&tidied.bytes)? {
        return Err(ReadError::Truncated);
    }
    Ok(Decoded { oddities: tidied.oddities, ..decoded })
}

/// Whether a JPEG that ended without its end marker lacks nothing else.
fn is_all_there(bytes: &[u8]) -> Result<bool, ReadError> {
    let [one, other] = jpeg::continued(bytes).map(|bytes| of_format(&bytes, ImageFormat::Jpeg));
    Ok(one?.picture == other?.picture)
}

/// How the picture is to be turned, and whether its EXIF data say so in vain: in a WebP no browser heeds
/// them.
fn orientation(
    decoder: &mut impl ImageDecoder,
    format: ImageFormat,
) -> Result<(Orientation, bool), ReadError> {
    let orientation = decoder.orientation().map_err(damaged)?;
    let is_unheeded = format == ImageFormat::WebP && orientation != Orientation::NoTransforms;
    Ok((if is_unheeded { Orientation::NoTransforms } else { orientation }, is_unheeded))
}

fn of_format(bytes: &[u8], format: ImageFormat) -> Result<Decoded, ReadError> {
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(damaged)?;
    let (orientation, is_unheeded) = orientation(&mut decoder, format)?;
    let icc = decoder.icc_profile().ok().flatten();
    let colours = match format {
        ImageFormat::Png => png::colours(bytes, icc),
        _ => icc.map(Colours::Icc).into_iter().collect(),
    };
    if colours.first().is_some_and(Colours::is_high_dynamic_range) {
        return Err(ReadError::Unsupported("brighter than a screen's white, HDR".into()));
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    let is_grey = !picture.color().has_color();
    let oddities = if is_unheeded { vec![Oddity::UnheededTurn] } else { Vec::new() };
    let (picture, colours) = if picture.color().has_alpha() {
        (over_ground(picture.into_rgba8(), &colours, is_grey), Vec::new())
    } else {
        (picture.into_rgb8(), colours)
    };
    Ok(Decoded { picture, orientation, colours, is_grey, oddities })
}

/// The picture in sRGB, without transparency.
fn over_ground(transparent: RgbaImage, colours: &[Colours], is_grey: bool) -> RgbImage {
    let (width_px, height_px) = transparent.dimensions();
    let mut picture = RgbImage::from_fn(width_px, height_px, |x, y| transparent.get_pixel(x, y).to_rgb());
    colour_profile::to_srgb(&mut picture, colours, is_grey);
    for (pixel, stored) in picture.pixels_mut().zip(transparent.pixels()) {
        let alpha = u16::from(stored.0[3]);
        *pixel = pixel.map(|v| ((u16::from(v) * alpha + GROUND * (255 - alpha) + 127) / 255) as u8);
    }
    picture
}
