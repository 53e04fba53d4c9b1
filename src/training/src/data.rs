//! Where a recipe's pictures come from.

use std::path::PathBuf;

use gestalt_figures::gestalt_sets::{GestaltSet, SIDE_PX, UnknownName};
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
    /// A Good Gestalt set (Lonnqvist et al. 2024), of 64 px.
    Figures {
        /// `kanizsa`, `closure`, …
        set: FigureSet,
        /// Number of pictures.
        count: u32,
        /// The same seed draws the same pictures.
        seed: u64,
    },
    /// Every picture in a folder and the folders below it.
    Folder {
        /// The folder.
        path: PathBuf,
        /// Side in pixels to which pictures are cut before augmentation.
        size_px: u32,
    },
}

/// A Good Gestalt set by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FigureSet(pub GestaltSet);

impl TryFrom<String> for FigureSet {
    type Error = UnknownName;

    fn try_from(name: String) -> Result<Self, UnknownName> {
        name.parse().map(Self)
    }
}

impl From<FigureSet> for String {
    fn from(set: FigureSet) -> Self {
        set.0.to_string()
    }
}

impl Data {
    /// Side of the pictures before augmentation.
    pub fn size_px(&self) -> u32 {
        match self {
            Self::Scenes { size_px, .. } | Self::Folder { size_px, .. } => *size_px,
            Self::Figures { .. } => SIDE_PX as u32,
        }
    }

    /// Whether pictures can come from here. The error names the field.
    pub(crate) fn check(&self, trained: bool) -> Result<(), String> {
        if !(8..=4096).contains(&self.size_px()) {
            return Err("data.size_px: must lie in 8..=4096".into());
        }
        match self {
            Self::Scenes { count: 0, .. } | Self::Figures { count: 0, .. } if trained => {
                Err("data.count: must be at least 1".into())
            }
            _ => Ok(()),
        }
    }
}
