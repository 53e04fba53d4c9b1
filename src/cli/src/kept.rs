//! What an unfinished command has done so far, a line for each piece of work, beside the file that it makes.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use data_encoding::BASE64;
use gestalt_files::line_log::{IfThere, LineLog};
use gestalt_files::output;
use indicatif::ProgressBar;
use serde_json::{Map, Value, json};

use crate::progress;

/// The lines of this run and of the interrupted one before it.
pub struct Kept {
    log: LineLog,
    path: PathBuf,
    bar: ProgressBar,
}

impl Kept {
    /// Begins the work on `out`, or resumes it. `recipe` is all that decides the result. On Ctrl-C the run
    /// says how far `bar` was.
    ///
    /// # Errors
    /// When `out` is there and `force` does not replace it, or another recipe began the work.
    pub fn begin(out: &Path, recipe: &Map<String, Value>, force: bool, bar: ProgressBar) -> Result<Self> {
        output::check(out, force)?;
        let path = path(out);
        let if_there = if force { IfThere::Replace } else { IfThere::Refuse };
        let log = LineLog::begin(&path, recipe, if_there)?;
        progress::say_when_interrupted(&bar, &path);
        let kept = Self { log, path, bar };
        let mut done = 0;
        kept.each(|_| {
            done += 1;
            Ok(())
        })?;
        kept.bar.set_position(done);
        Ok(kept)
    }

    /// Number of lines that are there; as many pieces are done.
    pub fn done(&self) -> usize {
        self.bar.position() as usize
    }

    /// Calls `each` with every line.
    pub fn each(&self, each: impl FnMut(&str) -> io::Result<()>) -> Result<()> {
        self.log.each_line(each).with_context(|| format!("{} cannot be read", self.path.display()))
    }

    /// Adds the line of the next piece.
    pub fn add(&mut self, line: &str) -> Result<()> {
        self.log.add(line)?;
        self.bar.inc(1);
        Ok(())
    }

    /// An error that ends the run, with where it stopped.
    pub fn stopped(&self) -> String {
        self.bar.abandon();
        progress::stopped(&self.bar, &self.path)
    }

    /// The result is written: the lines go.
    pub fn end(self) -> Result<()> {
        self.bar.finish_and_clear();
        self.log.end()?;
        fs::remove_file(&self.path).with_context(|| format!("{} cannot be removed", self.path.display()))
    }
}

/// Where the lines lie while `out` is unfinished.
fn path(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".rows.ndjson");
    out.with_file_name(name)
}

/// A picture's line: what was computed of it, or why it was left out.
pub struct Line {
    /// The picture.
    pub file: String,
    /// By name; `None` where the picture was left out.
    parts: Option<BTreeMap<String, Vec<u8>>>,
}

impl Line {
    /// Of a picture that was computed: bytes by name.
    pub fn of(file: &Path, parts: &[(&str, &[u8])]) -> String {
        let encoded: Map<String, Value> =
            parts.iter().map(|(name, bytes)| ((*name).to_owned(), BASE64.encode(bytes).into())).collect();
        json!({"file": file.display().to_string(), "parts": encoded}).to_string()
    }

    /// Of a picture that could not be read.
    pub fn left_out(file: &Path, reason: &str) -> String {
        json!({"file": file.display().to_string(), "left_out": reason}).to_string()
    }

    /// # Errors
    /// When the line is none of these.
    pub fn parse(line: &str) -> io::Result<Self> {
        let value: Value = serde_json::from_str(line)?;
        let file = value["file"].as_str().ok_or_else(damaged)?.to_owned();
        let Some(parts) = value["parts"].as_object() else { return Ok(Self { file, parts: None }) };
        let decoded = parts.iter().map(|(name, text)| {
            let bytes = text.as_str().and_then(|text| BASE64.decode(text.as_bytes()).ok());
            Ok((name.clone(), bytes.ok_or_else(damaged)?))
        });
        Ok(Self { file, parts: Some(decoded.collect::<io::Result<_>>()?) })
    }

    /// The bytes of a part; `None` where the picture was left out.
    ///
    /// # Errors
    /// When the line has no such part.
    pub fn part(&mut self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(parts) = &mut self.parts else { return Ok(None) };
        parts.remove(name).map(Some).ok_or_else(damaged)
    }
}

fn damaged() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "a line of the unfinished file is damaged; remove it and begin again",
    )
}

/// Little endian.
pub fn bytes_of(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// The reverse of [`bytes_of`].
pub fn values_of(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
}
