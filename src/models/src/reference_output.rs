//! The reference output: what a device must compute before its features count.
//!
//! A shader that fails validation in a browser is only logged, and stale numbers come back. So every
//! model carries the features of one picture, computed natively in `f32`, and every device has to
//! reproduce them first.

use std::collections::BTreeMap;

use gestalt_observers::{cosine, is_usable};
use gestalt_types::json;
use serde::{Deserialize, Serialize};

use crate::card::Quantisation;

/// The version of the file that this software writes, and the newest that it reads.
pub const REFERENCE_OUTPUT_VERSION: u32 = 1;
/// The usual name of the file.
pub const REFERENCE_OUTPUT_FILE: &str = "reference-output.json";
/// The name that files had before 2026-11-25; still read.
pub const OLDER_FILE: &str = "known-answer.json";
/// Side of the picture, in pixels.
pub const PICTURE_PX: usize = 64;

/// The fixed picture, `64 · 64 · 3` bytes: rings, a diagonal wave and a box, all in integers, so that
/// it is the same everywhere without a file.
pub fn picture() -> Vec<u8> {
    let mut pixels = Vec::with_capacity(PICTURE_PX * PICTURE_PX * 3);
    for y in 0..PICTURE_PX as i32 {
        for x in 0..PICTURE_PX as i32 {
            let (dx, dy) = (x - 24, y - 36);
            let rings = (dx * dx + dy * dy) / 7 % 256;
            let wave = (x * 9 + y * 5) % 256;
            let in_box = (38..58).contains(&x) && (8..26).contains(&y);
            let blue = if in_box { 230 } else { (x * y) / 16 % 256 };
            pixels.extend([rings as u8, wave as u8, blue as u8]);
        }
    }
    pixels
}

/// The content of `reference-output.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceOutput {
    /// Version of this format.
    #[serde(alias = "known_answer_version")]
    pub reference_output_version: u32,
    /// Features of [`picture`] by layer, computed natively in `f32` from the weights as they are
    /// stored, dequantised.
    pub features: BTreeMap<String, Vec<f32>>,
    /// By layer: the cosine between those and the features of the weights before quantisation.
    #[serde(default)]
    pub cosine_to_unquantised: BTreeMap<String, f64>,
}

/// Why a reference output cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("reference-output.json: {0}; fetch the model folder again, or make it again")]
pub struct BadReferenceOutput(pub String);

impl ReferenceOutput {
    /// Reads and checks the file.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadReferenceOutput> {
        let output: Self = json::read(bytes).map_err(|error| BadReferenceOutput(error.to_string()))?;
        if output.reference_output_version == 0 || output.reference_output_version > REFERENCE_OUTPUT_VERSION
        {
            return Err(BadReferenceOutput(format!(
                "version {} is unknown; this software reads up to {REFERENCE_OUTPUT_VERSION}",
                output.reference_output_version
            )));
        }
        if output.features.is_empty() {
            return Err(BadReferenceOutput("features: there are none".into()));
        }
        for (layer, features) in &output.features {
            if !is_usable(features) {
                return Err(BadReferenceOutput(format!(
                    "features.{layer}: not a finite vector with some variance"
                )));
            }
        }
        Ok(output)
    }

    /// The text of `reference-output.json`.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// How near a device came to a reference output.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The smallest cosine over all layers, features z-scored as the decision rule does; `None` where
    /// it is no number.
    pub cosine: Option<f64>,
    /// What is required.
    pub least_cosine: f64,
    /// Pictures in the batch that gave this cosine.
    pub pictures: usize,
}

impl Verdict {
    /// Compares what a device computed, by layer, with the reference.
    pub fn on(
        reference: &ReferenceOutput,
        computed: &BTreeMap<String, Vec<f32>>,
        quantisation: Quantisation,
    ) -> Self {
        let least_cosine = quantisation.least_cosine();
        let each = reference.features.iter().map(|(layer, wanted)| cosine(wanted, computed.get(layer)?));
        let cosine = each.reduce(|least, next| Some(least?.min(next?))).flatten();
        Self { cosine, least_cosine, pictures: 1 }
    }

    /// Compares the outer two of three feature vectors, which are of the same picture, with the
    /// features of that picture alone.
    pub fn on_triplet(alone: &[f32], together: &[Vec<f32>], quantisation: Quantisation) -> Self {
        let cosine = match together {
            [first, _, third] => {
                cosine(alone, first).zip(cosine(alone, third)).map(|(first, third)| first.min(third))
            }
            _ => None,
        };
        Self { cosine, least_cosine: quantisation.least_cosine(), pictures: 3 }
    }

    /// The worse of two; no number is worse than any.
    pub fn worse(self, other: Self) -> Self {
        if other.cosine < self.cosine { other } else { self }
    }

    /// Whether features computed there count.
    pub fn passed(&self) -> bool {
        self.cosine.is_some_and(|cosine| cosine >= self.least_cosine)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.cosine {
            Some(cosine) => write!(f, "cosine {cosine:.6} to the reference output")?,
            None => write!(f, "no finite features for the reference output")?,
        }
        if self.pictures > 1 {
            write!(f, " in a batch of {}", self.pictures)?;
        }
        write!(f, ", {:.3} is required", self.least_cosine)
    }
}
