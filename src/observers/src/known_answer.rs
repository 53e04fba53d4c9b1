//! The known answer: what a model must compute on a new device before its answers count there.
//!
//! A shader that fails validation in a browser is only logged, and stale numbers come back. So every model carries the
//! features of one picture, computed natively in `f32`, and every device has to reproduce them first.

use gestalt_types::json;
use std::collections::BTreeMap;

use gestalt_models::card::Quantisation;
use serde::{Deserialize, Serialize};

use crate::decision::z_score;

/// The version of the file that this software writes, and the newest that it reads.
pub const KNOWN_ANSWER_VERSION: u32 = 1;
/// Side of the picture.
pub const PICTURE_PX: usize = 64;

/// The fixed picture, `64 · 64 · 3` bytes: rings, a diagonal wave and a box, all in integers, so that it is the same
/// everywhere without a file.
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

/// The content of `known-answer.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownAnswer {
    /// Version of this format.
    pub known_answer_version: u32,
    /// Features of [`picture`] by layer, computed natively in `f32` from the weights as they are stored, dequantised.
    pub features: BTreeMap<String, Vec<f32>>,
    /// By layer: the cosine between those and the features of the weights before quantisation.
    #[serde(default)]
    pub cosine_to_unquantised: BTreeMap<String, f64>,
}

/// Why a known answer cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("known-answer.json: {0}; fetch the model's folder again, or make it again")]
pub struct BadKnownAnswer(pub String);

impl KnownAnswer {
    /// Reads and checks the file.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadKnownAnswer> {
        let answer: Self = json::read(bytes).map_err(|error| BadKnownAnswer(error.to_string()))?;
        if answer.known_answer_version == 0 || answer.known_answer_version > KNOWN_ANSWER_VERSION {
            return Err(BadKnownAnswer(format!(
                "version {} is not known, this software reads up to {KNOWN_ANSWER_VERSION}",
                answer.known_answer_version
            )));
        }
        if answer.features.is_empty() {
            return Err(BadKnownAnswer("features: there are none".into()));
        }
        for (layer, features) in &answer.features {
            if z_score(features).is_none() {
                return Err(BadKnownAnswer(format!(
                    "features.{layer}: not a finite vector with some variance"
                )));
            }
        }
        Ok(answer)
    }

    /// The text of `known-answer.json`.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// How a device did on a known answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The smallest cosine over all layers, features z-scored as the decision rule does; `None` where it is no number.
    pub cosine: Option<f64>,
    /// What is asked for.
    pub least_cosine: f64,
    /// Pictures in the batch that gave this cosine.
    pub pictures: usize,
}

impl Verdict {
    /// Holds what a device computed, by layer, against what it should have.
    pub fn on(
        known: &KnownAnswer,
        computed: &BTreeMap<String, Vec<f32>>,
        quantisation: Quantisation,
    ) -> Self {
        let least_cosine = quantisation.least_cosine();
        let each = known.features.iter().map(|(layer, wanted)| cosine(wanted, computed.get(layer)?));
        let cosine = each.reduce(|least, next| Some(least?.min(next?))).flatten();
        Self { cosine, least_cosine, pictures: 1 }
    }

    /// Holds the outer two of three feature vectors, which are the same picture's, against what that picture gives alone.
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

    /// Whether answers computed there count.
    pub fn passed(&self) -> bool {
        self.cosine.is_some_and(|cosine| cosine >= self.least_cosine)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.cosine {
            Some(cosine) => write!(f, "cosine {cosine:.6} to the known answer")?,
            None => write!(f, "no finite features for the known answer")?,
        }
        if self.pictures > 1 {
            write!(f, " in a batch of {}", self.pictures)?;
        }
        write!(f, ", {:.3} is needed", self.least_cosine)
    }
}

/// The cosine of two vectors after z-scoring; `None` where one of them has no finite z-score or they differ in length.
pub fn cosine(a: &[f32], b: &[f32]) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let (a, b) = (z_score(a)?, z_score(b)?);
    Some(a.iter().zip(&b).map(|(a, b)| a * b).sum::<f64>() / a.len() as f64)
}
