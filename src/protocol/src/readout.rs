//! How a model's answer was read: the device, the layer, the rule, the distances. All null in rows of
//! people.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a model computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// A GPU through WebGPU.
    Webgpu,
    /// The CPU.
    Cpu,
    /// A GPU through CUDA.
    Cuda,
}

/// How a model's three distances become a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The image with the largest mean distance to the other two (DiST).
    MeanDistance,
    /// The image outside the most similar pair (Brain-Score's odd-one-out).
    OddPair,
}

/// How a model's answer was read. A row of a model has at least the device, the layer, the rule, and a
/// reference output that was reproduced.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Readout {
    /// Where it computed.
    pub device: Option<Device>,
    /// The class of the adapter, for example `swiftshader` or `x86_64 simd`.
    pub adapter: Option<String>,
    /// For example `q8 block 32`.
    pub quantisation: Option<String>,
    /// How a picture was brought to the network's input, for example `resize 256, crop 224`.
    pub preprocessing: Option<String>,
    /// The layer that was read.
    pub layer: Option<String>,
    /// The decision rule.
    pub rule: Option<Rule>,
    /// Fraction of activations kept, where Top-K sparsity was applied.
    pub top_k_fraction: Option<f64>,
    /// Distances of the slots 1–2, 1–3 and 2–3; null where not finite.
    pub distances: [Option<f64>; 3],
    /// How much odder the chosen slot is than the next, in units of distance; null without a choice.
    pub margin: Option<f64>,
    /// The device reproduced the model's reference output before this run.
    pub reference_output_reproduced: Option<bool>,
    /// The device that was asked for first, where that one failed to reproduce the reference output.
    pub fell_back_from: Option<Device>,
    /// Time to compute the answer.
    pub compute_ms: Option<f64>,
}
