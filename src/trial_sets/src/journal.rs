//! Keeps account of a set that is being made, so that an interrupted run goes on where it ended.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use gestalt_protocol::{Encoding, ImageEntry, Trial, TrialSet};
use gestalt_types::Sha256;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::IMAGES_FOLDER;
use super::error::MakeError;
use super::write::image_name;
use gestalt_files::unfinished::Unfinished;
use gestalt_synthesis::TripletMeasure;

/// A line of JSON for each finished trial.
pub(super) const FINISHED_FILE: &str = "finished.ndjson";

/// A trial whose three images are written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Finished {
    /// Stands for all that the trial was made of.
    pub(super) key: Sha256,
    pub(super) trial: Trial,
    pub(super) images: [ImageEntry; 3],
    /// How its distortions compare; catch trials are not measured.
    pub(super) measure: Option<TripletMeasure>,
}

/// The finished trials of a folder, and the file that new ones are added to. One process at a time holds it.
#[derive(Debug)]
pub(super) struct Journal {
    out: PathBuf,
    unfinished: Unfinished,
    file: Mutex<File>,
    finished: HashMap<Sha256, Finished>,
}

impl Journal {
    /// Begins in a new or empty folder, or goes on in one that was begun by the same recipe.
    pub(super) fn open(out: &Path, recipe: &Map<String, Value>) -> Result<Self, MakeError> {
        let unfinished = Unfinished::begin(out, recipe)?;
        let failed = |error| MakeError::Io { path: out.to_owned(), error };
        fs::create_dir_all(out.join(IMAGES_FOLDER)).map_err(failed)?;
        let path = out.join(FINISHED_FILE);
        let failed = |error| MakeError::Io { path: path.clone(), error };
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        let lines = fs::read(&path).map_err(failed)?;
        // The end of a line that was cut off belongs to that line.
        if lines.last().is_some_and(|last| *last != b'\n') {
            file.write_all(b"\n").map_err(failed)?;
        }
        let finished = lines
            .split(|byte| *byte == b'\n')
            .filter_map(|line| serde_json::from_slice::<Finished>(line).ok())
            .map(|finished| (finished.key.clone(), finished))
            .collect();
        Ok(Self { out: out.to_owned(), unfinished, file: Mutex::new(file), finished })
    }

    /// The trial of this key, if it was finished and its images are what they were.
    pub(super) fn finished(&self, key: &Sha256, encoding: Encoding) -> Option<&Finished> {
        let found = self.finished.get(key)?;
        let is_whole = |entry: &ImageEntry| {
            let path = self.out.join(IMAGES_FOLDER).join(image_name(&entry.hash, encoding));
            fs::read(path).is_ok_and(|bytes| Sha256::of(&bytes) == entry.hash)
        };
        found.images.iter().all(is_whole).then_some(found)
    }

    /// Takes note of a trial whose images are all written.
    pub(super) fn add(&self, finished: &Finished) -> Result<(), MakeError> {
        let mut line = serde_json::to_vec(finished).unwrap_or_default();
        line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&line).map_err(|error| MakeError::Io { path: self.out.join(FINISHED_FILE), error })
    }

    /// Removes images that no trial of `set` shows: of trials that were not finished when a run ended.
    pub(super) fn remove_leftovers(&self, set: &TrialSet) -> Result<(), MakeError> {
        let images = self.out.join(IMAGES_FOLDER);
        let encoding = set.made().encoding;
        let shown: BTreeSet<PathBuf> =
            set.images().iter().map(|image| images.join(image_name(&image.hash, encoding))).collect();
        let failed = |error| MakeError::Io { path: images.clone(), error };
        for entry in fs::read_dir(&images).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if !shown.contains(&path) && is_ours(&path) {
                fs::remove_file(&path).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// Removes the account of a set that is published.
    pub(super) fn close(self) -> Result<(), MakeError> {
        drop(self.file);
        let path = self.out.join(FINISHED_FILE);
        fs::remove_file(&path).map_err(|error| MakeError::Io { path, error })?;
        Ok(self.unfinished.end()?)
    }
}

/// Which file this is and in which state: another one when its length or the time of its last change is
/// another.
pub(super) fn file_state(path: &Path) -> String {
    let known = fs::metadata(path).map(|file| (file.len(), file.modified().ok()));
    format!("{} {:?}", path.display(), known.ok())
}

/// The path from the root, so that a run from another folder is known to be the same.
pub(super) fn whole_path(path: &Path) -> String {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned()
}

/// Named by a hash, whole or in part: nobody else's file.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').next().unwrap_or_default();
    stem.len() == 64 && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
}
