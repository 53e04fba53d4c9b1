//! Reads a trial set and its images, believing no file until its hash is right.

use std::fs;
use std::path::{Path, PathBuf};

use gestalt_images::oddity::Oddity;
use gestalt_images::photographs::{self, ReadError};
use gestalt_protocol::{ImageEntry, TrialSet};
use gestalt_types::Sha256;
use image::RgbImage;

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
        let stated_px = (entry.width_px, entry.height_px);
        let undecodable = |reason: String| Problem::Undecodable { path: path.clone(), reason };
        let unread = |error: ReadError| undecodable(error.to_string());
        // Before anything of that size is allocated.
        let actual_px = photographs::size_px(&bytes).map_err(unread)?;
        if actual_px != stated_px {
            return Err(Problem::Size { actual_px, stated_px, path });
        }
        let (picture, oddities) = photographs::decode_named(&path, &bytes).map_err(unread)?;
        if oddities.contains(&Oddity::WrongEnding) {
            return Err(undecodable(format!("is not {} inside", self.set.made().encoding.extension())));
        }
        Ok(picture)
    }
}
