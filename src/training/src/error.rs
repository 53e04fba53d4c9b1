//! Why a training run stopped.

use std::path::Path;

use gestalt_networks::bad_config::BadConfig;

/// Why a training run stopped.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A file or folder could not be used.
    #[error("cannot {doing} {path}: {source}")]
    File {
        /// What was tried.
        doing: &'static str,
        /// Which file or folder.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The recipe says something impossible.
    #[error("{file}: {why}")]
    Recipe {
        /// The recipe.
        file: String,
        /// Field and reason.
        why: String,
    },
    /// The architecture cannot be built.
    #[error(transparent)]
    Architecture(#[from] BadConfig),
    /// A folder without a single usable picture.
    #[error("{folder}: no picture could be read; give a folder with JPEG, PNG or WebP files")]
    NoPictures {
        /// The folder.
        folder: String,
    },
    /// The output folder holds another run's checkpoint.
    #[error("{folder} belongs to a run with another recipe; give another --out, or delete it to start anew")]
    OtherRun {
        /// The checkpoint.
        folder: String,
    },
    /// The weights that training should start from do not fit.
    #[error("start: {folder}: {why}")]
    Start {
        /// The model folder.
        folder: String,
        /// What is wrong.
        why: String,
    },
    /// A checkpoint could not be written or read.
    #[error("checkpoint {file}: {why}; delete it to start anew")]
    Checkpoint {
        /// The checkpoint.
        file: String,
        /// What went wrong.
        why: String,
    },
    /// The loss is no longer a number.
    #[error("the loss is not finite at step {step}; lower schedule.learning_rate")]
    Diverged {
        /// The step.
        step: u64,
    },
    /// The model is not good enough to be published.
    #[error(
        "quality: {name}: {why}; it is not published. Train longer (schedule.pictures), or change the recipe"
    )]
    Quality {
        /// The model.
        name: String,
        /// What was reached.
        why: String,
    },
    /// The model folder could not be written.
    #[error("cannot write the folder of {name}: {why}")]
    Publish {
        /// The model.
        name: String,
        /// What went wrong.
        why: String,
    },
    /// A tensor could not be read back from the device.
    #[error("cannot read a tensor from the device: {why}")]
    Tensor {
        /// What went wrong.
        why: String,
    },
}

impl TrainError {
    pub(crate) fn file(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::File { doing, path: path.display().to_string(), source }
    }
}
