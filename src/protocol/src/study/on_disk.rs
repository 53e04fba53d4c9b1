//! A study's files on a disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gestalt_types::text;

use super::{MAX_TEXT_BYTES, Mistake, Study, StudyError};

/// The names of a study file, the newest format first.
pub const STUDY_FILES: [&str; 2] = ["study.toml", "study.json"];

/// The study file of this folder, if it has one.
pub fn study_file_in(folder: &Path) -> Option<PathBuf> {
    STUDY_FILES.iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

impl Study {
    /// Reads and checks a study file, version 2 (`.toml`) or 1 (`.json`), and the texts beside it.
    ///
    /// # Errors
    /// Names every mistake with its file and line, and a file that cannot be read.
    pub fn load(path: &Path) -> Result<Self, StudyError> {
        let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
        if path.extension().is_some_and(|ending| ending == "json") {
            return Self::parse(&bytes);
        }
        let study = Self::parse_toml(&bytes)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut files = BTreeMap::new();
        for needed in study.files_needed() {
            let path = folder.join(&needed.path);
            match std::fs::metadata(&path) {
                // A missing file is named by the step that needs it.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Ok(facts) if facts.len() > 2 * MAX_TEXT_BYTES as u64 => {
                    return Err(Mistake::new(needed.path, "is longer than 200 kB: shorten it").into());
                }
                _ => {}
            }
            let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, &error))?;
            let text = text::decode(&bytes).map_err(|error| Mistake::new(&needed.path, error.to_string()))?;
            files.insert(needed.path, text.into_owned());
        }
        study.with_files(&files)
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> StudyError {
    Mistake { file: path.display().to_string(), line: None, field: String::new(), reason: error.to_string() }
        .into()
}
