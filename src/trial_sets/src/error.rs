//! Why a set cannot be made or imported, each with what helps.

use gestalt_files::unfinished::BeginError;
use std::path::PathBuf;

use gestalt_protocol::TrialSetError;
use gestalt_types::{IdentityError, Name};
use image::ImageError;

use super::problem::Problem;
use gestalt_images::jpeg_copy::JpegCopyError;
use gestalt_images::photographs::Skipped;
use gestalt_images::size::Size;

/// Why a set cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The folder cannot be begun or resumed in.
    #[error(transparent)]
    Folder(#[from] BeginError),
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
    #[error("{found} usable photographs in {}, but {needed} are needed for the practice, catch and control \
             trials and one test trial; add photographs, or ask for fewer of those trials", folder.display())]
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
    #[error("{found} usable triplets in {}, but {needed} are needed for the practice and catch trials and one \
             test trial{}", folder.display(), left_out(skipped))]
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
