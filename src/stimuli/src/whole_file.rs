//! Writes files so that one of its right name is always whole, whatever ends the writing.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Ending of files that are being written.
pub const PART: &str = "part";

/// Writes `bytes` under another name first, `….part`, and renames it when it is whole and synced to disk.
///
/// # Errors
/// When the disk is full or the folder cannot be written; what was written by then is removed.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fill(path, |file| file.write_all(bytes))
}

/// The same for what is written piece by piece, by `content`.
///
/// # Errors
/// As of [`write`], and those of `content`.
pub fn fill(path: &Path, content: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    // A terminal or a pipe stays under its name, and cannot be replaced by a file.
    if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return content(&mut File::options().write(true).open(path)?);
    }
    static PARTS: AtomicU64 = AtomicU64::new(0);
    // Two threads may write the same file at the same time.
    let part = path.with_extension(format!("{}.{PART}", PARTS.fetch_add(1, Ordering::Relaxed)));
    let written = File::create(&part).and_then(|mut file| {
        content(&mut file)?;
        file.sync_all()?;
        fs::rename(&part, path)
    });
    written.inspect_err(|_| {
        // On a full disk it is in the way. That it cannot be removed changes nothing.
        let _ = fs::remove_file(&part);
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_ends_the_writing_leaves_the_earlier_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        write(&path, b"earlier").unwrap();
        let cut_off = fill(&path, |file| {
            file.write_all(b"half")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        });
        assert_eq!(cut_off.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), b"earlier");
        write(&path, b"later").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"later");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
