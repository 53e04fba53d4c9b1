//! Why a set cannot be made or imported, each with what helps.

use std::path::PathBuf;

use gestalt_protocol::{IdentityError, Name, TrialSetError};
use image::ImageError;

use super::folder::Problem;
use crate::jpeg_copy::JpegCopyError;
use crate::photographs::Skipped;
use crate::size::Size;

/// Why a set cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// Something is there already.
    #[error("{} is not empty; give a new folder, or remove what is in it", .0.display())]
    NotEmpty(PathBuf),
    /// A file or folder cannot be read or written.
    #[error("{}: {error}; check that the folder exists and may be written", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// No room left.
    #[error(
        "{}: {error}; {done} of {total} trials are made and kept, the others need about {needed_mb} MB: make room, \
         then give the same command again", path.display()
    )]
    Full {
        /// What could not be written.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
        /// Trials whose images are all there.
        done: usize,
        /// Trials of the set.
        total: usize,
        /// Room for the images of the others, in megabytes.
        needed_mb: u64,
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
    /// Another process is at it.
    #[error("{} is being made by another run of gestalt; wait for its end, or end it", .0.display())]
    Busy(PathBuf),
    /// An image that was just written cannot be read again.
    #[error(transparent)]
    Image(#[from] Problem),
    /// Pictures too small for the synthesis, or too large.
    #[error(
        "pictures of {size} px do not go with {what}: sides from {smallest_px} to {largest_px} px are needed"
    )]
    Size {
        /// The size asked for.
        size: Size,
        /// What is to be done with them.
        what: String,
        /// The shortest side that goes with it, in pixels.
        smallest_px: u32,
        /// The longest, in pixels: for a synthesis, what memory allows.
        largest_px: u32,
    },
    /// Two syntheses that no trial could tell apart.
    #[error("two syntheses of the set would make the condition `{0}`; give each scale or window once")]
    SameCondition(Name),
    /// Not enough photographs.
    #[error("{found} usable photographs in {}, but {needed} are needed for the practice, catch and control trials and one test trial; add photographs, or ask for fewer of those trials", folder.display())]
    TooFew {
        /// Where they were sought.
        folder: PathBuf,
        /// How many can be read.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// Not laid out as was said.
    #[error("{}: {reason}; {expected} are needed", folder.display())]
    Layout {
        /// What was to be imported.
        folder: PathBuf,
        /// What this layout consists of.
        expected: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Not enough triplets.
    #[error("{found} usable triplets in {}, but {needed} are needed for the practice and catch trials and one test trial{}", folder.display(), left_out(skipped))]
    TooFewTriplets {
        /// Where they were sought.
        folder: PathBuf,
        /// How many can be used.
        found: usize,
        /// How many are needed.
        needed: usize,
        /// What was left out.
        skipped: Vec<Skipped>,
    },
    /// A picture cannot pass through JPEG.
    #[error("a picture: {0}")]
    Jpeg(#[from] JpegCopyError),
    /// An image cannot be encoded.
    #[error("a picture cannot be encoded: {0}")]
    Encode(#[from] ImageError),
    /// A name that cannot be used.
    #[error(transparent)]
    Name(#[from] IdentityError),
    /// The trials do not form a set.
    #[error(transparent)]
    TrialSet(#[from] TrialSetError),
}

/// What was left out, a line each; nothing where that is nothing.
fn left_out(skipped: &[Skipped]) -> String {
    skipped.iter().map(|skipped| format!("\nleft out: {skipped}")).collect()
}
