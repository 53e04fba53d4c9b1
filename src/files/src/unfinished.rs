//! Remembers in a folder how the work in it was begun, so that the same command resumes it and another is
//! refused.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::whole_file::PART;

/// The recipe; while it is there, something is being made or was interrupted.
pub const RECIPE_FILE: &str = "making.json";

/// Why work cannot begin or resume in a folder.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The folder holds something else.
    #[error("{} is not empty; give a new folder, or remove what is in it", .0.display())]
    NotEmpty(PathBuf),
    /// A file or folder cannot be read or written.
    #[error("{}: {error}; check that the folder exists and may be written", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// Begun by another recipe.
    #[error(
        "{} holds a set that was begun in another way ({differences}); give the same command as then, or a new folder",
        folder.display()
    )]
    OtherRecipe {
        /// The folder.
        folder: PathBuf,
        /// Which fields differ and how.
        differences: String,
    },
    /// Another process works in the folder.
    #[error("{} is being made by another run of gestalt; wait for its end, or end it", .0.display())]
    Busy(PathBuf),
}

/// A folder in which something is being made, by this process alone.
#[derive(Debug)]
pub struct Unfinished {
    /// Holds the lock.
    file: File,
    path: PathBuf,
}

impl Unfinished {
    /// Begins in a new or empty folder, or resumes in one that was begun by the same recipe.
    ///
    /// # Errors
    /// When something else is in the folder, another recipe began it, another process is at it, or it cannot
    /// be written.
    pub fn begin(out: &Path, recipe: &Map<String, Value>) -> Result<Self, BeginError> {
        let path = out.join(RECIPE_FILE);
        let failed = |error| BeginError::Io { path: path.clone(), error };
        fs::create_dir_all(out).map_err(|error| BeginError::Io { path: out.to_owned(), error })?;
        let is_new = holds_nothing_else(out).map_err(failed)?;
        if !is_new && !path.exists() {
            return Err(BeginError::NotEmpty(out.to_owned()));
        }
        // Not by way of another name: what is locked must be the file that others open.
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => BeginError::Busy(out.to_owned()),
            TryLockError::Error(error) => failed(error),
        })?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(failed)?;
        match serde_json::from_slice(&text) {
            Ok(begun) => {
                let differences = differences(&begun, recipe);
                if !differences.is_empty() {
                    return Err(BeginError::OtherRecipe { folder: out.to_owned(), differences });
                }
            }
            // New, or cut off while it was written, before anything else was.
            Err(_) if is_new => write_recipe(&mut file, recipe).map_err(failed)?,
            Err(_) => return Err(BeginError::NotEmpty(out.to_owned())),
        }
        Ok(Self { file, path })
    }

    /// What was made is finished: removes the recipe, and whatever an interrupted run was writing just then.
    pub fn end(self) -> Result<(), BeginError> {
        drop(self.file);
        let removed =
            self.path.parent().map_or(Ok(()), remove_parts).and_then(|()| fs::remove_file(&self.path));
        removed.map_err(|error| BeginError::Io { path: self.path, error })
    }
}

pub(crate) fn write_recipe(file: &mut File, recipe: &Map<String, Value>) -> io::Result<()> {
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
pub fn remove_parts(folder: &Path) -> io::Result<()> {
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let mut parts = paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == PART));
    parts.try_for_each(fs::remove_file)
}

/// The fields of a record that is a JSON object.
pub fn fields(record: Value) -> Map<String, Value> {
    if let Value::Object(fields) = record { fields } else { Map::new() }
}

pub(crate) fn differences(begun: &Map<String, Value>, asked: &Map<String, Value>) -> String {
    let differing = asked.iter().filter_map(|(field, asked)| {
        let begun = begun.get(field).unwrap_or(&Value::Null);
        (begun != asked).then(|| format!("{field} is {begun} there, {asked} is asked for"))
    });
    differing.collect::<Vec<_>>().join("; ")
}
