//! The model card: what a weights file is, checked before anything is built from it.

use gestalt_types::{FieldError, json};
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use gestalt_networks::preprocess::Preprocess;
use gestalt_networks::readout::Layer;

pub use gestalt_networks::architectures::Architecture;

/// The version of the card that this software writes, and the newest that it reads.
pub const CARD_VERSION: u32 = 1;

/// Everything a reader of a model's results must know, and everything a program needs to run it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// Version of this format.
    pub card_version: u32,
    /// The model's name, as rows carry it: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The network and its numbers.
    pub architecture: Architecture,
    /// What was learned, in a sentence.
    pub objective: String,
    /// From what, in a sentence.
    pub training_data: String,
    /// Where the weights come from.
    pub source: String,
    /// Licence of the weights, as an SPDX expression.
    pub licence: String,
    /// How a picture is brought to the network's input.
    pub preprocess: Preprocess,
    /// Layers that can be read.
    pub layers: Vec<String>,
    /// The layer that is read when none is asked for.
    pub default_layer: String,
    /// How the weights are stored.
    pub quantisation: Quantisation,
    /// Tensors that stay in 8 bits where the others take 4, because 4 would change what they compute
    /// too much.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_8_bits: Vec<String>,
    /// The weights file.
    pub weights: WeightsFile,
    /// Numbers measured on this model, by name; units are in the names.
    #[serde(default)]
    pub measured: BTreeMap<String, f64>,
    /// What else a reader should know.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// How weights are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantisation {
    /// 32-bit floats.
    None,
    /// Matrices in 8-bit integers with a scale for every 32, the rest in 32-bit floats.
    Q8Block32,
    /// Matrices and convolutions in 8-bit integers with a 16-bit scale for every 64 of a row, the rest in
    /// 32-bit floats.
    Q8Block64,
    /// Matrices and convolutions in 4-bit integers with a 16-bit scale for every 32; in 8 bits where 4
    /// err too much.
    Q4Block32,
}

impl Quantisation {
    /// As a row states it.
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "f32",
            Self::Q8Block32 => "q8 block 32",
            Self::Q8Block64 => "q8 block 64",
            Self::Q4Block32 => "q4 block 32",
        }
    }

    /// The smallest cosine to the reference output that a device must reach.
    pub fn least_cosine(self) -> f64 {
        if self == Self::None { 0.999 } else { 0.99 }
    }
}

/// The file that holds the weights, in the same folder as the card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsFile {
    /// File name without a folder.
    pub file: String,
    /// SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// Why a card cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("card.json: {field}: {why}")]
pub struct CardError {
    /// The field.
    pub field: String,
    /// What is wrong with it and what to do.
    pub why: String,
}

fn wrong(field: &str, why: impl Into<String>) -> CardError {
    CardError { field: field.into(), why: why.into() }
}

impl ModelCard {
    /// Reads and checks a card. The error names the field and the reason.
    pub fn parse(bytes: &[u8]) -> Result<Self, CardError> {
        // The version is looked at first: a newer card may have fields that this software does not know.
        let value: serde_json::Value =
            serde_json::from_slice(bytes).map_err(|e| wrong(".", e.to_string()))?;
        match value.get("card_version").and_then(serde_json::Value::as_u64) {
            Some(version) if version >= 1 && version <= u64::from(CARD_VERSION) => {}
            found => {
                let found = found.map_or("none".to_owned(), |version| version.to_string());
                return Err(wrong(
                    "card_version",
                    format!("{found} is unknown; this software reads 1 to {CARD_VERSION}"),
                ));
            }
        }
        let card: Self = json::from_value(&value)
            .map_err(|FieldError { field, reason }| CardError { field, why: reason })?;
        card.check()?;
        Ok(card)
    }

    /// Checks what the types cannot.
    pub fn check(&self) -> Result<(), CardError> {
        let name_fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(name_fits) {
            return Err(wrong("name", "1 to 64 letters, digits, `-`, `_` or `.` are needed"));
        }
        self.architecture.check().map_err(|e| wrong("architecture", e.to_string()))?;
        let p = &self.preprocess;
        let image_px = self.architecture.image_px();
        if p.crop_px != image_px {
            return Err(wrong("preprocess.crop_px", format!("the network takes {image_px} px")));
        }
        if p.resize_px < p.crop_px || p.resize_px > 4096 {
            return Err(wrong("preprocess.resize_px", "it must be at least crop_px and at most 4096"));
        }
        if p.normalise.std.iter().any(|std| *std <= 0.0) {
            return Err(wrong("preprocess.normalise.std", "it must be above 0"));
        }
        let known = self.architecture.layers();
        for layer in &self.layers {
            if !layer.parse::<Layer>().is_ok_and(|layer| known.contains(&layer)) {
                return Err(wrong("layers", format!("this architecture has no layer `{layer}`")));
            }
        }
        if !self.layers.contains(&self.default_layer) {
            return Err(wrong("default_layer", format!("`{}` is not among `layers`", self.default_layer)));
        }
        if !self.in_8_bits.is_empty() && self.quantisation != Quantisation::Q4Block32 {
            return Err(wrong("in_8_bits", "only weights in 4 bits have exceptions; leave it out"));
        }
        let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if self.weights.sha256.len() != 64 || !self.weights.sha256.chars().all(hex) {
            return Err(wrong("weights.sha256", "64 lower-case hexadecimal digits are needed"));
        }
        if self.weights.file.is_empty()
            || self.weights.file.contains(['/', '\\'])
            || self.weights.file.starts_with('.')
        {
            return Err(wrong(
                "weights.file",
                "a file name in the card's folder is needed, without a folder",
            ));
        }
        Ok(())
    }

    /// The text of `card.json`.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}
