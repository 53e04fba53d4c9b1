//! A file that grows a line at a time: what is done is kept, and the same command resumes an interrupted
//! run.
//!
//! While a run is unfinished, `NAME.making.json` beside the file says how it was begun and where in the
//! file.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::output::{self, OutputError};
use crate::unfinished::{differences, write_recipe};

/// The byte at which the run's lines begin, in the file that says how it was begun.
const BEGINS_AT: &str = "begins_at_byte";

/// What to do with a file that is there and was not left by an interrupted run of the same command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfThere {
    /// It stays, and nothing is begun.
    Refuse,
    /// It is replaced.
    Replace,
    /// New lines are added at its end.
    Append,
}

/// Why a file cannot be begun or resumed.
#[derive(Debug, thiserror::Error)]
pub enum LineLogError {
    /// It cannot be written at all.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A file that something else wrote.
    #[error("{} exists already; give another name, --append to add to it, or --force to replace it", .0.display())]
    Exists(PathBuf),
    /// Begun by another command.
    #[error(
        "{} was begun in another way ({differences}); give the same command as then, another name, or --force",
        path.display()
    )]
    Other {
        /// The file.
        path: PathBuf,
        /// Which settings differ and how.
        differences: String,
    },
    /// Another process writes it.
    #[error("{} is being written by another run of gestalt; wait for its end, or end it", .0.display())]
    Busy(PathBuf),
    /// It cannot be read or written.
    #[error("{}: {error}; check that the disk is not full", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
}

/// The file, open for new lines.
#[derive(Debug)]
pub struct LineLog {
    path: PathBuf,
    file: File,
    /// Locked while this process writes; `None` for a terminal or a pipe, which cannot be resumed.
    begun: Option<(PathBuf, File)>,
    begins_at: u64,
}

impl LineLog {
    /// Begins `path`, or resumes what an interrupted run of the same recipe has left. A line that was cut
    /// off is removed.
    ///
    /// # Errors
    /// When the file is there and `if_there` refuses it, it was begun by another recipe, another process
    /// writes it, or it cannot be written.
    pub fn begin(path: &Path, recipe: &Map<String, Value>, if_there: IfThere) -> Result<Self, LineLogError> {
        let failed = |error| LineLogError::Io { path: path.to_owned(), error };
        output::check(path, true)?;
        if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
            return Ok(Self { path: path.to_owned(), file, begun: None, begins_at: 0 });
        }
        let is_there = path.exists();
        let recipe_path = recipe_path(path);
        if is_there && !recipe_path.exists() && if_there == IfThere::Refuse {
            return Err(LineLogError::Exists(path.to_owned()));
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut begun = options.open(&recipe_path).map_err(failed)?;
        begun.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => LineLogError::Busy(path.to_owned()),
            TryLockError::Error(error) => failed(error),
        })?;
        let mut file = options.open(path).map_err(failed)?;
        let begins_at = match resumed_at(&mut begun, recipe).map_err(failed)? {
            Resumed::At(byte) => byte,
            Resumed::Differs(differences) if if_there != IfThere::Replace => {
                return Err(LineLogError::Other { path: path.to_owned(), differences });
            }
            // An empty recipe was cut off before anything else was written.
            Resumed::Differs(_) | Resumed::No => {
                let begins_at = if if_there == IfThere::Append { end_of_lines(&mut file) } else { Ok(0) };
                let begins_at = begins_at.map_err(failed)?;
                file.set_len(begins_at).map_err(failed)?;
                let mut recipe = recipe.clone();
                recipe.insert(BEGINS_AT.to_owned(), begins_at.into());
                write_recipe(&mut begun, &recipe).map_err(failed)?;
                begins_at
            }
        };
        let mut log = Self { path: path.to_owned(), file, begun: Some((recipe_path, begun)), begins_at };
        log.remove_cut_off_line().map_err(failed)?;
        Ok(log)
    }

    /// Calls `each` with the lines of this run that are there already.
    ///
    /// # Errors
    /// When the file cannot be read, and whatever `each` returns.
    pub fn each_line(&self, mut each: impl FnMut(&str) -> io::Result<()>) -> io::Result<()> {
        if self.begun.is_none() {
            return Ok(());
        }
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.begins_at))?;
        BufReader::new(file).lines().try_for_each(|line| each(&line?))
    }

    /// Adds a line.
    ///
    /// # Errors
    /// When the disk is full; the lines before it stay.
    pub fn add(&mut self, line: &str) -> Result<(), LineLogError> {
        let written = self.file.write_all(format!("{line}\n").as_bytes());
        written.map_err(|error| LineLogError::Io { path: self.path.clone(), error })
    }

    /// All lines are there: what says how the file was begun goes.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn end(self) -> Result<(), LineLogError> {
        let Self { path, file, begun, .. } = self;
        let Some((recipe, _lock)) = begun else { return Ok(()) };
        file.sync_all()
            .and_then(|()| fs::remove_file(recipe))
            .map_err(|error| LineLogError::Io { path, error })
    }

    fn remove_cut_off_line(&mut self) -> io::Result<()> {
        let mut text = Vec::new();
        self.file.seek(SeekFrom::Start(self.begins_at))?;
        // Only the end matters, but lines may be of any length.
        self.file.read_to_end(&mut text)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
        self.file.set_len(self.begins_at + whole as u64)?;
        self.file.seek(SeekFrom::End(0)).map(drop)
    }
}

/// Whether an interrupted run has left the file.
pub fn is_unfinished(path: &Path) -> bool {
    recipe_path(path).exists()
}

/// Where the file that says how `path` was begun lies.
fn recipe_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".making.json");
    path.with_file_name(name)
}

enum Resumed {
    /// By the same recipe, whose lines begin at this byte.
    At(u64),
    /// By another.
    Differs(String),
    No,
}

fn resumed_at(begun: &mut File, recipe: &Map<String, Value>) -> io::Result<Resumed> {
    let mut text = Vec::new();
    begun.read_to_end(&mut text)?;
    let Ok(earlier) = serde_json::from_slice::<Map<String, Value>>(&text) else { return Ok(Resumed::No) };
    let differences = differences(&earlier, recipe);
    Ok(match earlier.get(BEGINS_AT).and_then(Value::as_u64) {
        Some(byte) if differences.is_empty() => Resumed::At(byte),
        _ => Resumed::Differs(differences),
    })
}

/// The end of a file, after its last line is ended where it is not.
fn end_of_lines(file: &mut File) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Ok(0);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" {
        return Ok(length);
    }
    file.write_all(b"\n")?;
    Ok(length + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::unfinished::fields;

    fn lines(log: &LineLog) -> Vec<String> {
        let mut lines = Vec::new();
        log.each_line(|line| {
            lines.push(line.to_owned());
            Ok(())
        })
        .unwrap();
        lines
    }

    #[test]
    fn an_interrupted_run_resumes_and_a_finished_file_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.ndjson");
        let recipe = fields(json!({"seed": 1}));
        let begin = |if_there| LineLog::begin(&path, &recipe, if_there);
        let mut log = begin(IfThere::Refuse).unwrap();
        log.add("one").unwrap();
        assert!(matches!(begin(IfThere::Refuse), Err(LineLogError::Busy(_))));
        drop(log);
        // Cut off in the middle of a line.
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"tw").unwrap();
        let mut log = begin(IfThere::Refuse).unwrap();
        assert_eq!(lines(&log), ["one"]);
        log.add("two").unwrap();
        drop(log);
        let other = LineLog::begin(&path, &fields(json!({"seed": 2})), IfThere::Refuse).unwrap_err();
        assert!(other.to_string().contains("seed is 1 there, 2 is asked for"), "{other}");
        begin(IfThere::Refuse).unwrap().end().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(matches!(begin(IfThere::Refuse), Err(LineLogError::Exists(_))));
        let mut log = begin(IfThere::Replace).unwrap();
        log.add("new").unwrap();
        log.end().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
    }

    #[test]
    fn lines_are_appended_and_only_they_are_the_runs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.ndjson");
        fs::write(&path, "earlier, of another hand").unwrap();
        let recipe = fields(json!({"seed": 1}));
        let mut log = LineLog::begin(&path, &recipe, IfThere::Append).unwrap();
        log.add("one").unwrap();
        drop(log);
        let mut log = LineLog::begin(&path, &recipe, IfThere::Append).unwrap();
        assert_eq!(lines(&log), ["one"]);
        log.add("two").unwrap();
        log.end().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "earlier, of another hand\none\ntwo\n");
    }
}
