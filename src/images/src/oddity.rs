//! What is unusual about a file that can be read all the same: noted once a run, not once a file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Something unusual; the picture is the one that browsers show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// A JPEG or PNG whose end marker is missing; all of the picture is there.
    NoEndMarker,
    /// A JPEG with bytes between its segments that belong to none.
    Padding,
    /// Something follows the end of a JPEG.
    Trailing,
    /// Another picture follows the end of a JPEG: a preview, a second view or the parts of a panorama.
    SecondPicture,
    /// A WebP whose EXIF data say that it is to be turned.
    UnheededTurn,
    /// The file's ending names another format, or there is none.
    WrongEnding,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoEndMarker => {
                "without the end marker of their format; all of the picture is there, of which \
                                  a browser may leave out the last lines"
            }
            Self::Padding => "with padding between the segments of a JPEG, which is skipped",
            Self::Trailing => "with bytes after the end of a JPEG, which are not read",
            Self::SecondPicture => {
                "with a second picture after the end of a JPEG; the first is read, as browsers do"
            }
            Self::UnheededTurn => {
                "in WebP with a turn in the EXIF data, which no browser heeds; they stay as they are"
            }
            Self::WrongEnding => "whose ending does not name the format inside; the content counts",
        })
    }
}

/// The oddities of a run: how often each was met, and the first file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Oddities(BTreeMap<Oddity, (usize, PathBuf)>);

impl Oddities {
    /// Takes note of the oddities of a file.
    pub fn note(&mut self, path: &Path, found: &[Oddity]) {
        for oddity in found {
            self.0.entry(*oddity).or_insert_with(|| (0, path.to_owned())).0 += 1;
        }
    }

    /// A line for each kind.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(|(oddity, (count, first))| match count {
            1 => format!("1 file {oddity} ({})", first.display()),
            _ => format!("{count} files {oddity} (the first: {})", first.display()),
        })
    }
}
