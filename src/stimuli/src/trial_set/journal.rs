//! Keeps account of a set that is being made, so that an interrupted run goes on where it ended.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use gestalt_protocol::{Encoding, ImageEntry, Sha256, Trial, TrialSet};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::IMAGES_FOLDER;
use super::error::MakeError;
use super::write::{PART, image_name, write_whole};
use crate::synthesis::TripletMeasure;

/// The recipe of the set; while it is there, the set is being made.
pub(super) const RECIPE_FILE: &str = "making.json";
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
    file: Mutex<File>,
    finished: HashMap<Sha256, Finished>,
}

impl Journal {
    /// Begins in a new or empty folder, or goes on in one that was begun by the same recipe.
    pub(super) fn open(out: &Path, recipe: &Map<String, Value>) -> Result<Self, MakeError> {
        let failed = |error| MakeError::Io { path: out.to_owned(), error };
        fs::create_dir_all(out).map_err(failed)?;
        let recipe_file = out.join(RECIPE_FILE);
        if recipe_file.exists() {
            let bytes = fs::read(&recipe_file).map_err(failed)?;
            let begun = serde_json::from_slice(&bytes).unwrap_or_default();
            let differences = differences(&begun, recipe);
            if !differences.is_empty() {
                return Err(MakeError::OtherRecipe { folder: out.to_owned(), differences });
            }
        } else {
            if !is_empty(out).map_err(failed)? {
                return Err(MakeError::NotEmpty(out.to_owned()));
            }
            let mut text = serde_json::to_vec_pretty(recipe).unwrap_or_default();
            text.push(b'\n');
            write_whole(&recipe_file, &text)?;
        }
        fs::create_dir_all(out.join(IMAGES_FOLDER)).map_err(failed)?;
        let path = out.join(FINISHED_FILE);
        let failed = |error| MakeError::Io { path: path.clone(), error };
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        file.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => MakeError::Busy(out.to_owned()),
            fs::TryLockError::Error(error) => failed(error),
        })?;
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
        Ok(Self { out: out.to_owned(), file: Mutex::new(file), finished })
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
        for name in [FINISHED_FILE, RECIPE_FILE] {
            let path = self.out.join(name);
            fs::remove_file(&path).map_err(|error| MakeError::Io { path, error })?;
        }
        Ok(())
    }
}

/// Whether nothing is there but what a run leaves that ended before its first file was whole; removes that.
fn is_empty(folder: &Path) -> io::Result<bool> {
    let paths = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    let is_part = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("making.") && name.ends_with(PART)
    };
    if !paths.iter().all(is_part) {
        return Ok(false);
    }
    paths.iter().try_for_each(fs::remove_file)?;
    Ok(true)
}

/// Which file this is and in which state: another one when its length or the time of its last change is another.
pub(super) fn file_state(path: &Path) -> String {
    let known = fs::metadata(path).map(|file| (file.len(), file.modified().ok()));
    format!("{} {:?}", path.display(), known.ok())
}

/// The fields of a record that is a JSON object.
pub(super) fn fields(record: Value) -> Map<String, Value> {
    if let Value::Object(fields) = record { fields } else { Map::new() }
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

fn differences(begun: &Map<String, Value>, asked: &Map<String, Value>) -> String {
    let differing = asked.iter().filter_map(|(field, asked)| {
        let begun = begun.get(field).unwrap_or(&Value::Null);
        (begun != asked).then(|| format!("{field} is {begun} there, {asked} is asked for"))
    });
    differing.collect::<Vec<_>>().join("; ")
}
