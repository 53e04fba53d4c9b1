//! What is wrong with a trial set's folder: below both the reader of a folder and the errors of making one.

use std::path::PathBuf;

use gestalt_protocol::TrialSetError;
use gestalt_types::Sha256;

/// What is wrong with a trial set's folder, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// A file cannot be read.
    #[error("{} cannot be read ({error}); check that this is the folder of a trial set", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// `trials.json` is malformed, edited or too new.
    #[error("{}: {error}", folder.display())]
    Trials {
        /// The set's folder.
        folder: PathBuf,
        /// What is wrong with the file.
        error: TrialSetError,
    },
    /// An image of the set is not there.
    #[error("{} is missing; copy it again from where the set came from, or make the set again", .0.display())]
    Missing(PathBuf),
    /// An image has another content than when the set was made.
    #[error("{} was altered: its content has the hash {actual}; copy it again, or make the set again", path.display())]
    Altered {
        /// Which one.
        path: PathBuf,
        /// The hash of what is there.
        actual: Sha256,
    },
    /// An image has another size than `trials.json` states.
    #[error("{} is {} × {} px, but trials.json states {} × {} px; make the set \
             again", path.display(), actual_px.0, actual_px.1, stated_px.0, stated_px.1)]
    Size {
        /// Which one.
        path: PathBuf,
        /// Width and height in pixels as decoded.
        actual_px: (u32, u32),
        /// Width and height in pixels as stated.
        stated_px: (u32, u32),
    },
    /// An image is not in the set's encoding or cannot be decoded.
    #[error("{} cannot be decoded ({reason}); make the set again", path.display())]
    Undecodable {
        /// Which one.
        path: PathBuf,
        /// What the decoder said.
        reason: String,
    },
    /// A file that the set does not name.
    #[error("{} does not belong to the set; move it elsewhere", .0.display())]
    Extra(PathBuf),
    /// A hash that the set does not name.
    #[error("no image {0} in the set")]
    Unknown(Sha256),
}
