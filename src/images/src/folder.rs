//! Lists the photographs of a folder, whatever they are called and however the folder is laid out.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use gestalt_types::Name;
use image::ImageFormat;
use unicode_normalization::UnicodeNormalization;

use crate::categories;
use crate::content;
use crate::decoding::{ReadError, format_of, start_of};

/// The category of photographs that lie in no category's folder.
pub const UNCATEGORISED: &str = "uncategorised";

/// Folders and files that systems leave behind, in lower case. Names that begin with a dot are theirs too.
const OF_SYSTEMS: [&str; 11] = [
    "@eadir",
    "__macosx",
    "#recycle",
    "@recycle",
    "$recycle.bin",
    "system volume information",
    "lost+found",
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "icon\r",
];

/// A photograph that was found but not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photograph {
    /// Where it lies.
    pub path: PathBuf,
    /// What its folders say it shows, or [`UNCATEGORISED`]; in Unicode's normal form C.
    pub category: Name,
}

/// A file that was left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct Skipped {
    /// Which one.
    pub path: PathBuf,
    /// Why, and what would help.
    pub reason: String,
}

/// What a folder holds, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The files that hold a picture, or are called as one.
    pub photographs: Vec<Photograph>,
    /// The others, except files of systems.
    pub skipped: Vec<Skipped>,
    /// How the categories were chosen, where that is not plain to see.
    pub notes: Vec<String>,
}

impl Listing {
    /// Number of photographs of each category.
    pub fn counts(&self) -> BTreeMap<&Name, usize> {
        let mut counts = BTreeMap::new();
        for photograph in &self.photographs {
            *counts.entry(&photograph.category).or_insert(0) += 1;
        }
        counts
    }
}

/// Finds the photographs in `folder` and its subfolders.
///
/// A photograph's category is the folder at `category_level`, 1 being those directly in `folder`. Without a
/// level it is the innermost folder, except for folders that cannot be categories: see
/// [`categories::chosen`].
///
/// # Errors
/// When the folder itself cannot be read. A subfolder that cannot be read is among the skipped.
pub fn list(folder: &Path, category_level: Option<usize>) -> std::io::Result<Listing> {
    let mut walk = Walk { found: Vec::new(), skipped: Vec::new(), above: Vec::new() };
    walk.enter(folder, &mut Vec::new())?;
    let Walk { found, mut skipped, .. } = walk;
    let (names, notes) =
        categories::chosen(found.iter().map(|(_, folders)| folders.as_slice()), category_level);
    let mut photographs = Vec::with_capacity(found.len());
    for ((path, _), name) in found.into_iter().zip(names) {
        match Name::new(name.unwrap_or_else(|| UNCATEGORISED.to_owned())) {
            Ok(category) => photographs.push(Photograph { path, category }),
            Err(error) => skipped.push(Skipped { path, reason: format!("its folder's name: {error}") }),
        }
    }
    Ok(Listing { photographs, skipped, notes })
}

struct Walk {
    /// Each file with the names of the folders above it.
    found: Vec<(PathBuf, Vec<String>)>,
    skipped: Vec<Skipped>,
    /// Where the folders that are being listed really are: a link to one of them would never end.
    above: Vec<PathBuf>,
}

impl Walk {
    fn enter(&mut self, folder: &Path, names: &mut Vec<String>) -> std::io::Result<()> {
        let place = fs::canonicalize(folder)?;
        if self.above.contains(&place) {
            let reason = "is a link to a folder above it; leave it out".to_owned();
            self.skipped.push(Skipped { path: folder.to_owned(), reason });
            return Ok(());
        }
        self.above.push(place);
        let entries = sorted_entries(folder);
        for path in entries.iter().flatten() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with('.') || OF_SYSTEMS.contains(&name.to_ascii_lowercase().as_str()) {
                continue;
            }
            if path.is_dir() {
                names.push(name.nfc().collect());
                if let Err(error) = self.enter(path, names) {
                    self.skip(path, ReadError::Io(error));
                }
                names.pop();
            } else if has_picture_ending(path) {
                self.found.push((path.clone(), names.clone()));
            } else {
                match holds_a_picture(path) {
                    Ok(_) => self.found.push((path.clone(), names.clone())),
                    Err(error) => self.skip(path, error),
                }
            }
        }
        self.above.pop();
        entries.map(drop)
    }

    fn skip(&mut self, path: &Path, error: ReadError) {
        self.skipped.push(Skipped { path: path.to_owned(), reason: error.to_string() });
    }
}

fn sorted_entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

/// Files that are called pictures are taken for some until they are read: opening each takes long on slow
/// disks.
fn has_picture_ending(path: &Path) -> bool {
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].iter().any(|format| is_called(path, *format))
}

fn holds_a_picture(path: &Path) -> Result<ImageFormat, ReadError> {
    format_of(&start_of(&mut File::open(path)?)?)
}

/// Whether the file's ending is one of this format's.
pub(crate) fn is_called(path: &Path, format: ImageFormat) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| content::endings(format).contains(&ending.to_ascii_lowercase().as_str()))
}
