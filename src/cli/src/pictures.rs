//! Pictures that a command is given, as files or in folders, and pictures that it writes.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gestalt_files::whole_file;
use gestalt_images::oddity::Oddities;
use gestalt_images::photographs;
use gestalt_types::Sha256;
use image::{DynamicImage, ImageFormat, RgbImage};

/// The files in the order given; those of a folder by their paths. What a folder holds besides pictures is
/// named.
pub fn listed(given: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::with_capacity(given.len());
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let listing =
            photographs::list(path, None).with_context(|| format!("{} cannot be read", path.display()))?;
        files.extend(listing.photographs.into_iter().map(|photograph| photograph.path));
        for skipped in listing.skipped {
            eprintln!("left out: {skipped}");
        }
    }
    Ok(files)
}

/// Stands for these files by their names.
pub fn hash(files: &[PathBuf]) -> Sha256 {
    let listed: String = files.iter().map(|file| file.display().to_string() + "\n").collect();
    Sha256::of(listed.as_bytes())
}

/// Pictures that are read one after the other; what is unusual about them is told once.
#[derive(Default)]
pub struct Reader {
    oddities: Oddities,
}

impl Reader {
    /// A picture as large as it is. One that cannot be read is named, and the reason given.
    pub fn read(&mut self, file: &Path) -> Result<RgbImage, String> {
        let read = photographs::with_whole(file, |picture, oddities| {
            self.oddities.note(file, oddities);
            picture
        });
        read.map_err(|error| {
            eprintln!("left out: {}: {error}", file.display());
            error.to_string()
        })
    }

    /// Says what was unusual, a line a kind.
    pub fn finish(self) {
        for line in self.oddities.lines() {
            eprintln!("note: {line}");
        }
    }
}

/// Writes a PNG; a file of this name is whole or as it was before.
pub fn save_png(path: &Path, picture: impl Into<DynamicImage>) -> Result<()> {
    let mut bytes = Cursor::new(Vec::new());
    let failed = || format!("{} cannot be written", path.display());
    picture.into().write_to(&mut bytes, ImageFormat::Png).with_context(failed)?;
    whole_file::write(path, bytes.get_ref()).with_context(failed)
}
