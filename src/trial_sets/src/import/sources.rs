//! A triplet as it was found, and the reading of its three files.

use std::path::{Path, PathBuf};

use gestalt_types::Name;
use image::{ImageReader, RgbImage};

use gestalt_images::photographs;
use gestalt_images::photographs::Skipped;
use gestalt_images::size::Size;

/// Three files that belong together.
#[derive(Debug, Clone)]
pub(super) struct SourceTriplet {
    /// Unique in what is imported, and telling which files these are.
    pub(super) id: Name,
    pub(super) category: Name,
    pub(super) condition: Name,
    /// The intact picture first.
    pub(super) files: [PathBuf; 3],
}

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) triplets: Vec<SourceTriplet>,
    pub(super) skipped: Vec<Skipped>,
}

impl Found {
    /// Takes note of something that is left out.
    pub(super) fn skip(&mut self, path: &Path, reason: impl Into<String>) {
        self.skipped.push(Skipped { path: path.to_owned(), reason: reason.into() });
    }

    /// Adds a triplet, or names the intact file when a name of it cannot be used.
    pub(super) fn add(&mut self, key: &str, category: &str, condition: &str, files: [PathBuf; 3]) {
        let names = [key.replace(['/', '\\'], " "), category.into(), condition.into()].map(Name::new);
        match names {
            [Ok(id), Ok(category), Ok(condition)] => {
                self.triplets.push(SourceTriplet { id, category, condition, files });
            }
            names => {
                let wrong = names.into_iter().find_map(Result::err).map(|error| error.to_string());
                self.skip(&files[0], wrong.unwrap_or_default());
            }
        }
    }
}

impl SourceTriplet {
    /// The three pictures in this size, the intact one first.
    ///
    /// # Errors
    /// With the file that cannot be read, has another size than the intact one, or shows the same as
    /// another.
    pub(super) fn read(&self, size: Size) -> Result<[RgbImage; 3], Skipped> {
        let mut pictures = Vec::with_capacity(3);
        let mut sizes_px = Vec::with_capacity(3);
        for path in &self.files {
            let skip = |reason: String| Skipped {
                path: path.clone(),
                reason: format!("{reason}; its triplet is left out"),
            };
            pictures.push(photographs::read(path, size).map_err(|error| skip(error.to_string()))?);
            sizes_px.push(dimensions(path).map_err(|error| skip(error.to_string()))?);
            let (first, this) = (sizes_px[0], sizes_px[sizes_px.len() - 1]);
            if this != first {
                return Err(skip(format!(
                    "is {} × {} px, but its intact picture is {} × {} px; bring them to one size",
                    this.0, this.1, first.0, first.1
                )));
            }
        }
        let [intact, first, second] = <[RgbImage; 3]>::try_from(pictures)
            .map_err(|_| Skipped { path: self.files[0].clone(), reason: "has no two distortions".into() })?;
        let twice = |path: &Path, other: &str| Skipped {
            path: path.to_owned(),
            reason: format!(
                "shows the same as {other}; its triplet is left out, look whether a file was mislabelled"
            ),
        };
        if first == intact || second == intact {
            return Err(twice(&self.files[if first == intact { 1 } else { 2 }], "its intact picture"));
        }
        if first == second {
            return Err(twice(&self.files[2], "the other distortion"));
        }
        Ok([intact, first, second])
    }
}

/// Width and height in pixels as stored, the format told by content.
fn dimensions(path: &Path) -> image::ImageResult<(u32, u32)> {
    ImageReader::open(path)?.with_guessed_format()?.into_dimensions()
}
