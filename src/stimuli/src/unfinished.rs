//! Remembers in the folder of what is being made how it was begun, so that the same command goes on and another is refused.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::trial_set::MakeError;
use crate::whole_file::PART;

/// The recipe; while it is there, something is being made or was interrupted.
pub(crate) const RECIPE_FILE: &str = "making.json";

/// A folder in which something is being made, by this process alone.
#[derive(Debug)]
pub(crate) struct Unfinished {
    /// Holds the lock.
    file: File,
    path: PathBuf,
}

impl Unfinished {
    /// Begins in a new or empty folder, or goes on in one that was begun by the same recipe.
    ///
    /// # Errors
    /// When something else is in the folder, another recipe began it, another process is at it, or it cannot be written.
    pub(crate) fn begin(out: &Path, recipe: &Map<String, Value>) -> Result<Self, MakeError> {
        let path = out.join(RECIPE_FILE);
        let failed = |error| MakeError::Io { path: path.clone(), error };
        fs::create_dir_all(out).map_err(|error| MakeError::Io { path: out.to_owned(), error })?;
        let is_new = holds_nothing_else(out).map_err(failed)?;
        if !is_new && !path.exists() {
            return Err(MakeError::NotEmpty(out.to_owned()));
        }
        // Not by way of another name: what is locked must be the file that others open.
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => MakeError::Busy(out.to_owned()),
            TryLockError::Error(error) => failed(error),
        })?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(failed)?;
        match serde_json::from_slice(&text) {
            Ok(begun) => {
                let differences = differences(&begun, recipe);
                if !differences.is_empty() {
                    return Err(MakeError::OtherRecipe { folder: out.to_owned(), differences });
                }
            }
            // New, or cut off while it was written, before anything else was.
            Err(_) if is_new => write_recipe(&mut file, recipe).map_err(failed)?,
            Err(_) => return Err(MakeError::NotEmpty(out.to_owned())),
        }
        Ok(Self { file, path })
    }

    /// What was made is finished: removes the recipe, and whatever an interrupted run was writing just then.
    pub(crate) fn end(self) -> Result<(), MakeError> {
        drop(self.file);
        let removed =
            self.path.parent().map_or(Ok(()), remove_parts).and_then(|()| fs::remove_file(&self.path));
        removed.map_err(|error| MakeError::Io { path: self.path, error })
    }
}

fn write_recipe(file: &mut File, recipe: &Map<String, Value>) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(recipe).unwrap_or_default();
    text.push(b'\n');
    file.set_len(0)?;
    io::Seek::rewind(file)?;
    file.write_all(&text)?;
    file.sync_all()
}

fn holds_nothing_else(folder: &Path) -> io::Result<bool> {
    let mut names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name()));
    names.try_fold(true, |so_far, name: io::Result<_>| Ok(so_far && name? == RECIPE_FILE))
}

/// Removes files of a folder that were being written when a run ended.
pub(crate) fn remove_parts(folder: &Path) -> io::Result<()> {
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let mut parts = paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == PART));
    parts.try_for_each(fs::remove_file)
}

/// The fields of a record that is a JSON object.
pub(crate) fn fields(record: Value) -> Map<String, Value> {
    if let Value::Object(fields) = record { fields } else { Map::new() }
}

fn differences(begun: &Map<String, Value>, asked: &Map<String, Value>) -> String {
    let differing = asked.iter().filter_map(|(field, asked)| {
        let begun = begun.get(field).unwrap_or(&Value::Null);
        (begun != asked).then(|| format!("{field} is {begun} there, {asked} is asked for"))
    });
    differing.collect::<Vec<_>>().join("; ")
}
