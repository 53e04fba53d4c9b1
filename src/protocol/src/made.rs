//! How a trial set was made: enough to make it again, and to say of each condition what was done to its
//! pictures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::encoding::Encoding;
use gestalt_types::Name;

/// How a set was made: enough to make it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Made {
    /// Where the intact pictures came from: `scenes`, or the folder's name.
    pub source: String,
    /// The synthesis of the distortions: `patch`, …
    pub synthesis: String,
    /// Size of the local structure that the distortions keep, in pixels of the image; nothing where a set
    /// has several.
    pub scale_px: Option<u32>,
    /// Seed of scenes, distortions and order.
    pub seed: u64,
    /// Name and version of the software.
    pub software: String,
    /// The encoding of every image.
    pub encoding: Encoding,
    /// The syntheses by the conditions that they made; none in imported sets, and in sets that were made
    /// before this was stated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub syntheses: Vec<MadeCondition>,
}

/// What was done to the pictures of one condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MadeCondition {
    /// The condition of its trials.
    pub condition: Name,
    /// Size of the local structure that is kept, in pixels of the image; with windows, that of a window.
    pub scale_px: u32,
    /// All else that decides its pictures, such as iterations, weights and device; empty where there is
    /// nothing else.
    pub settings: String,
}

impl Made {
    /// The scale of the distortions of a condition in pixels of the image; nothing where it is not known.
    pub fn scale_px_of(&self, condition: &Name) -> Option<u32> {
        let stated = self.syntheses.iter().find(|made| made.condition == *condition);
        stated.map(|made| made.scale_px).or(self.scale_px).or_else(|| self.named_scale_px(condition))
    }

    /// Sets of several scales name them in their conditions, `patch-16`, and older ones nowhere else.
    fn named_scale_px(&self, condition: &Name) -> Option<u32> {
        let after = |name| condition.as_str().strip_prefix(name)?.strip_prefix('-')?.parse().ok();
        self.synthesis.split('+').find_map(after)
    }
}
