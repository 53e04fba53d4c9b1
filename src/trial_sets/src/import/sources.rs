//! A triplet as it was found, and the reading of its three files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gestalt_types::Name;
use image::RgbImage;

use gestalt_images::photographs::{self, Skipped, Survey};
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

/// The triplets that a folder holds.
#[derive(Debug, Default)]
pub struct Found {
    pub(super) triplets: Vec<SourceTriplet>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) notes: Vec<String>,
}

impl Found {
    /// Number of triplets of each category.
    pub fn counts(&self) -> BTreeMap<&Name, usize> {
        let mut counts = BTreeMap::new();
        for triplet in &self.triplets {
            *counts.entry(&triplet.category).or_insert(0) += 1;
        }
        counts
    }

    /// How the categories were chosen, where that is not plain to see.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

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

/// The three pictures of a triplet in one size, the intact one first, and what was told about each file.
pub(super) type Surveyed = ([RgbImage; 3], [Survey; 3]);

impl SourceTriplet {
    /// Reads the three files.
    ///
    /// # Errors
    /// With the file that cannot be read, has another size than the intact one, or shows the same as
    /// another.
    pub(super) fn read(&self, size: Size) -> Result<Surveyed, Skipped> {
        let (mut pictures, mut surveys) = (Vec::with_capacity(3), Vec::<Survey>::with_capacity(3));
        for path in &self.files {
            let skip = |reason: String| Skipped {
                path: path.clone(),
                reason: format!("{reason}; its triplet is left out"),
            };
            let (picture, survey) =
                photographs::surveyed(path, size).map_err(|error| skip(error.to_string()))?;
            let this = survey.size_px;
            let first = surveys.first().map_or(this, |intact| intact.size_px);
            if this != first {
                return Err(skip(format!(
                    "is {} × {} px, but its intact picture is {} × {} px; bring them to one size",
                    this.0, this.1, first.0, first.1
                )));
            }
            pictures.push(picture);
            surveys.push(survey);
        }
        let incomplete = || Skipped { path: self.files[0].clone(), reason: "has no two distortions".into() };
        let pictures = <[RgbImage; 3]>::try_from(pictures).map_err(|_| incomplete())?;
        let surveys = <[Survey; 3]>::try_from(surveys).map_err(|_| incomplete())?;
        match self.shown_twice(&pictures) {
            Some(twice) => Err(twice),
            None => Ok((pictures, surveys)),
        }
    }

    /// The file that shows the same as another, if one does.
    fn shown_twice(&self, [intact, first, second]: &[RgbImage; 3]) -> Option<Skipped> {
        let (path, other) = if first == intact {
            (&self.files[1], "its intact picture")
        } else if second == intact {
            (&self.files[2], "its intact picture")
        } else if first == second {
            (&self.files[2], "the other distortion")
        } else {
            return None;
        };
        let reason = format!(
            "shows the same as {other}; its triplet is left out, look whether a file was mislabelled"
        );
        Some(Skipped { path: path.clone(), reason })
    }
}
