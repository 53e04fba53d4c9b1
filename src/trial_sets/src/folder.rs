//! Reads a trial set and its images, believing no file until its hash is right.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use gestalt_protocol::{Encoding, ImageEntry, TrialSet};
use gestalt_types::Sha256;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, RgbImage};

use super::error::MakeError;
use super::problem::Problem;
use super::write::{image_name, write_whole};
use super::{IMAGES_FOLDER, TRIALS_FILE};

/// A trial set with its folder.
#[derive(Debug, Clone)]
pub struct TrialSetFolder {
    root: PathBuf,
    set: TrialSet,
}

impl TrialSetFolder {
    /// Reads and checks `trials.json` in `root`; images are checked when they are read.
    ///
    /// # Errors
    /// When the file is missing, malformed, of a newer version, or edited.
    pub fn open(root: &Path) -> Result<Self, Problem> {
        let path = root.join(TRIALS_FILE);
        let bytes = fs::read(&path).map_err(|error| Problem::Unreadable { path, error })?;
        let set =
            TrialSet::parse(&bytes).map_err(|error| Problem::Trials { folder: root.to_owned(), error })?;
        Ok(Self { root: root.to_owned(), set })
    }

    /// A set whose images lie in `root` but whose `trials.json` does not yet.
    pub(super) fn unpublished(root: &Path, set: TrialSet) -> Self {
        Self { root: root.to_owned(), set }
    }

    /// Writes `trials.json`: from then on the folder is a trial set.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn publish(&self) -> Result<(), MakeError> {
        write_whole(&self.root.join(TRIALS_FILE), self.set.to_json().as_bytes())
    }

    /// The set alone.
    pub(super) fn into_set(self) -> TrialSet {
        self.set
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The trials.
    pub fn set(&self) -> &TrialSet {
        &self.set
    }

    /// Where the image of this hash lies.
    pub fn image_path(&self, hash: &Sha256) -> PathBuf {
        self.root.join(IMAGES_FOLDER).join(image_name(hash, self.set.made().encoding))
    }

    /// Reads an image of the set as sRGB pixels.
    ///
    /// # Errors
    /// When the set does not name it, or it is missing, altered, of another size, or cannot be decoded.
    pub fn read_image(&self, hash: &Sha256) -> Result<RgbImage, Problem> {
        let listed = self.set.images().iter().find(|entry| entry.hash == *hash);
        self.read_entry(listed.ok_or_else(|| Problem::Unknown(hash.clone()))?)
    }

    pub(super) fn read_entry(&self, entry: &ImageEntry) -> Result<RgbImage, Problem> {
        let path = self.image_path(&entry.hash);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Problem::Missing(path)),
            Err(error) => return Err(Problem::Unreadable { path, error }),
        };
        let actual = Sha256::of(&bytes);
        if actual != entry.hash {
            return Err(Problem::Altered { path, actual });
        }
        let format = match self.set.made().encoding {
            Encoding::WebpLossless => ImageFormat::WebP,
            Encoding::Png => ImageFormat::Png,
        };
        let stated_px = (entry.width_px, entry.height_px);
        let undecodable =
            |error: image::ImageError| Problem::Undecodable { path: path.clone(), reason: error.to_string() };
        let decoder =
            ImageReader::with_format(Cursor::new(&bytes), format).into_decoder().map_err(undecodable)?;
        // Before anything of that size is allocated.
        if decoder.dimensions() != stated_px {
            return Err(Problem::Size { actual_px: decoder.dimensions(), stated_px, path });
        }
        Ok(DynamicImage::from_decoder(decoder).map_err(undecodable)?.into_rgb8())
    }
}
