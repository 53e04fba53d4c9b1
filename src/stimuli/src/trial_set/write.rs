//! Writes the files of a trial set, so that a file of its right name is always whole.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use gestalt_protocol::{Encoding, ImageEntry, Sha256};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageError, RgbImage};

use super::IMAGES_FOLDER;
use super::error::MakeError;
use crate::triplets::Triplet;

/// Ending of files that are being written.
pub(super) const PART: &str = "part";

/// Writes the three images and lists them in the order of the trial, the intact one at `intact`.
pub(super) fn write_triplet(
    triplet: &Triplet,
    intact: usize,
    encoding: Encoding,
    out: &Path,
) -> Result<[ImageEntry; 3], MakeError> {
    let [first, second] = &triplet.distortions;
    let write = |picture: &RgbImage| write_image(picture, encoding, out);
    let mut entries = [write(&triplet.intact)?, write(first)?, write(second)?];
    entries.swap(0, intact);
    Ok(entries)
}

fn write_image(picture: &RgbImage, encoding: Encoding, out: &Path) -> Result<ImageEntry, MakeError> {
    let bytes = encoded(picture, encoding)?;
    let hash = Sha256::of(&bytes);
    write_whole(&out.join(IMAGES_FOLDER).join(image_name(&hash, encoding)), &bytes)?;
    Ok(ImageEntry { hash, width_px: picture.width(), height_px: picture.height() })
}

/// The file name of the image of this hash.
pub(super) fn image_name(hash: &Sha256, encoding: Encoding) -> String {
    format!("{hash}.{}", encoding.extension())
}

/// The one way from pixels to a file, so that encoding says nothing about which picture is intact.
fn encoded(picture: &RgbImage, encoding: Encoding) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Cursor::new(Vec::new());
    let (width, height, kind) = (picture.width(), picture.height(), ExtendedColorType::Rgb8);
    match encoding {
        Encoding::WebpLossless => {
            WebPEncoder::new_lossless(&mut bytes).write_image(picture.as_raw(), width, height, kind)?;
        }
        Encoding::Png => {
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
                .write_image(picture.as_raw(), width, height, kind)?;
        }
    }
    Ok(bytes.into_inner())
}

/// Writes under another name first, so that a file of the right name is never half written.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), MakeError> {
    static PARTS: AtomicU64 = AtomicU64::new(0);
    // Two threads may write the same image at the same time.
    let part = path.with_extension(format!("{}.{PART}", PARTS.fetch_add(1, Ordering::Relaxed)));
    let write = || {
        let mut file = fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().map_err(|error| {
        // On a full disk it is in the way. That it cannot be removed changes nothing.
        let _ = fs::remove_file(&part);
        MakeError::Io { path: path.to_owned(), error }
    })
}
