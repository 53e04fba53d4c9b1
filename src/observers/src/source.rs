//! What an observer of features provides, so that any network, or a table of features, can take trials.

use std::future::Future;

use gestalt_protocol::{Device, Outcome, Readout, Rule};
use gestalt_types::{Name, Sha256, Slot};

use crate::decision::decide;

/// A decoded picture: RGB, 8 bits, sRGB, rows from the top left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// `width_px · height_px · 3` bytes.
    pub pixels: Vec<u8>,
    /// Width in pixels.
    pub width_px: usize,
    /// Height in pixels.
    pub height_px: usize,
}

/// Something that turns pictures into feature vectors.
pub trait FeatureSource {
    /// Why it gives no features.
    type Error: std::error::Error;

    /// The observer's name, as rows carry it.
    fn name(&self) -> &Name;

    /// SHA-256 of the weights, where there are any.
    fn weights_hash(&self) -> Option<&Sha256>;

    /// The feature vectors of a triplet's pictures, slots left to right, computed in one batch.
    fn features(&self, triplet: &[Picture; 3]) -> impl Future<Output = Result<[Vec<f32>; 3], Self::Error>>;

    /// What a row states about how features are computed.
    fn conditions(&self) -> Conditions;
}

/// What a row states about how features are computed; the same for every trial of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// Where they are computed.
    pub device: Device,
    /// The class of the adapter, for example `swiftshader` or `x86_64 simd`.
    pub adapter: Option<String>,
    /// For example `q8 block 32`.
    pub quantisation: Option<String>,
    /// How a picture is brought to the network's input, for example `resize 256, crop 224`.
    pub preprocessing: Option<String>,
    /// The layer that is read.
    pub layer: String,
    /// Fraction of activations kept, where Top-K sparsity is applied.
    pub top_k_fraction: Option<f64>,
    /// Whether the device reproduced the model's reference output.
    pub reference_output_passed: bool,
    /// The device that was asked for first, where that one failed.
    pub fell_back_from: Option<Device>,
}

/// One answer, as a row takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// `answered`, `tie` or `non_finite`.
    pub outcome: Outcome,
    /// The slot chosen; only when answered.
    pub chosen_slot: Option<Slot>,
    /// How the features were read.
    pub readout: Readout,
}

/// Answers one triplet, slots left to right. `now_ms` is any clock that does not go back.
///
/// # Errors
/// When the source gives no features.
pub async fn answer<S: FeatureSource>(
    source: &S,
    triplet: &[Picture; 3],
    rule: Rule,
    now_ms: &dyn Fn() -> f64,
) -> Result<Answer, S::Error> {
    let started_ms = now_ms();
    let features = source.features(triplet).await?;
    let decision = decide(&features, rule);
    let conditions = source.conditions();
    Ok(Answer {
        outcome: decision.outcome,
        chosen_slot: decision.chosen_slot,
        readout: Readout {
            device: Some(conditions.device),
            adapter: conditions.adapter,
            quantisation: conditions.quantisation,
            preprocessing: conditions.preprocessing,
            layer: Some(conditions.layer),
            rule: Some(rule),
            top_k_fraction: conditions.top_k_fraction,
            distances: decision.distances,
            margin: decision.margin,
            reference_output_reproduced: Some(conditions.reference_output_passed),
            fell_back_from: conditions.fell_back_from,
            compute_ms: Some((now_ms() - started_ms).max(0.0)),
        },
    })
}
