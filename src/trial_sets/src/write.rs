//! Writes the files of a trial set, so that a file of its right name is always whole.

use std::io::Cursor;
use std::path::Path;

use gestalt_protocol::{Encoding, ImageEntry};
use gestalt_types::Sha256;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageError, RgbImage};

use super::IMAGES_FOLDER;
use super::error::MakeError;
use gestalt_files::whole_file;
use gestalt_synthesis::triplets::Triplet;

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

/// Writes a file so that one of its right name is never half written.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), MakeError> {
    whole_file::write(path, bytes).map_err(|error| MakeError::Io { path: path.to_owned(), error })
}
