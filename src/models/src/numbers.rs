//! A JSON file that gives an architecture's numbers, for networks without a public name.

use gestalt_networks::architectures::{Architecture, Published};
use gestalt_networks::preprocess::{Normalise, Preprocess};
use gestalt_networks::readout::UnknownLayer;
use gestalt_networks::resize::Filter;
use gestalt_types::{FieldError, json};
use serde::Deserialize;

/// `architecture` as a card has it, and, if wanted, `preprocess` and `default_layer`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    architecture: Architecture,
    preprocess: Option<Preprocess>,
    default_layer: Option<String>,
}

/// A file that gives no architecture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}; give {{\"architecture\": {{\"kind\": \"vit\", …}}}} as in a card.json")]
pub struct BadNumbers {
    field: String,
    why: String,
}

/// Reads a file that gives the numbers.
///
/// # Errors
/// When it is no JSON, or a field is missing or cannot be used; the error names it.
pub fn read_numbers(bytes: &[u8]) -> Result<Published, BadNumbers> {
    let numbers: Numbers =
        json::read(bytes).map_err(|FieldError { field, reason }| BadNumbers { field, why: reason })?;
    let wrong = |field: &str, why: String| BadNumbers { field: field.to_owned(), why };
    let architecture = numbers.architecture;
    architecture.check().map_err(|e| wrong("architecture", e.to_string()))?;
    let default_layer = match numbers.default_layer {
        Some(layer) => layer.parse().map_err(|e: UnknownLayer| wrong("default_layer", e.to_string()))?,
        None => architecture.default_layer(),
    };
    let px = architecture.image_px();
    let usual = Preprocess::cropped(px, 0.875, Normalise::IMAGENET, Filter::Bicubic);
    let preprocess = numbers.preprocess.unwrap_or(usual);
    Ok(Published { architecture, preprocess, default_layer })
}
