//! Where a recipe's pictures come from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The table `[data]` of a recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
pub enum Data {
    /// Rendered scenes, cycling through the categories.
    Scenes {
        /// Number of scenes.
        count: usize,
        /// Seed of the first; the others count up from it.
        seed: u64,
        /// Side in pixels.
        size_px: u32,
    },
    /// Every picture in a folder and the folders below it.
    Folder {
        /// The folder.
        path: PathBuf,
        /// Side in pixels to which pictures are cut before augmentation.
        size_px: u32,
    },
}

impl Data {
    /// Whether pictures can come from here. The error names the field.
    pub(crate) fn check(&self, trained: bool) -> Result<(), String> {
        let (Self::Scenes { size_px, .. } | Self::Folder { size_px, .. }) = self;
        if !(8..=4096).contains(size_px) {
            return Err("data.size_px: must lie in 8..=4096".into());
        }
        match self {
            Self::Scenes { count: 0, .. } if trained => Err("data.count: must be at least 1".into()),
            _ => Ok(()),
        }
    }
}
