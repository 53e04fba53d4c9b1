//! Checks, before any work begins, that a result can be written where it is asked for.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::whole_file::{PART, folder_of};

/// Why a result cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// A file is there already.
    #[error("{} exists already; give another name, or --force to replace it", .0.display())]
    Exists(PathBuf),
    /// A folder is there.
    #[error("{} is a folder; give the name of a file", .0.display())]
    IsFolder(PathBuf),
    /// The folder that is to hold it is not there.
    #[error("the folder {} does not exist; make it first", .0.display())]
    NoFolder(PathBuf),
    /// The folder cannot be written.
    #[error("{} cannot be written ({error}); choose another folder", path.display())]
    NotWritable {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
}

/// Checks that the file `path` can be written; one that is there is replaced only where that is asked for.
///
/// Nothing is left behind. A terminal or a pipe can always be written.
///
/// # Errors
/// When the file exists and is not to be replaced, or its folder does not exist or cannot be written.
pub fn check(path: &Path, replace: bool) -> Result<(), OutputError> {
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => return Err(OutputError::IsFolder(path.to_owned())),
        Ok(there) if !there.is_file() => return Ok(()),
        Ok(_) if !replace => return Err(OutputError::Exists(path.to_owned())),
        _ => {}
    }
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(OutputError::NoFolder(folder.to_owned()));
    }
    check_writable(folder)
}

/// Checks that the folder `path`, which need not exist, can be made and written. Nothing is left behind.
///
/// # Errors
/// When a file is in its place, or what there is of its path cannot be written.
pub fn check_folder(path: &Path) -> Result<(), OutputError> {
    let there =
        path.ancestors().map(|place| if place.as_os_str().is_empty() { Path::new(".") } else { place });
    match there.into_iter().find(|place| place.exists()) {
        Some(place) => check_writable(place),
        None => Err(OutputError::NoFolder(path.to_owned())),
    }
}

fn check_writable(folder: &Path) -> Result<(), OutputError> {
    let ending = OsString::from(format!(".{PART}"));
    Builder::new()
        .suffix(&ending)
        .tempfile_in(folder)
        .map(drop)
        .map_err(|error| OutputError::NotWritable { path: folder.to_owned(), error })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_cannot_be_written_is_told_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        check(&at("new.csv"), false).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
        fs::write(at("old.csv"), "kept").unwrap();
        let said = |path: &Path, replace| check(path, replace).unwrap_err().to_string();
        assert!(said(&at("old.csv"), false).contains("--force"));
        check(&at("old.csv"), true).unwrap();
        check_folder(&at("new/below")).unwrap();
        assert!(!at("new").exists());
        assert!(check_folder(&at("old.csv/below")).is_err(), "a file is no folder");
        assert_eq!(fs::read(at("old.csv")).unwrap(), b"kept");
        assert!(said(&at("none/new.csv"), true).contains("does not exist"));
        assert!(said(folder.path(), true).contains("is a folder"));
        #[cfg(unix)]
        check(Path::new("/dev/null"), false).unwrap();
    }
}
