//! What the tests of the two other ways to compute share: numbers that need no generator.

use burn::tensor::Device;
use gestalt_networks::architectures::Architecture;
use gestalt_networks::weight::Weights;

/// Numbers between −1 and 1 that need no generator.
pub fn noise(count: usize, seed: usize) -> Vec<f32> {
    let mixed = |i: usize| (i + 7919 * seed).wrapping_mul(2_654_435_761) % 1_000_003;
    (0..count).map(|i| mixed(i) as f32 / 500_001.5 - 1.0).collect()
}

/// Weights of a size at which no layer drowns another.
pub fn random_weights(architecture: &Architecture) -> Weights {
    let mut weights = architecture.init(&Device::flex()).unwrap().collect();
    for (seed, (key, weight)) in weights.iter_mut().enumerate() {
        let fan_in = match weight.shape.as_slice() {
            [rows, _] => *rows,
            [_, rest @ ..] => rest.iter().product::<usize>().max(4),
            [] => 4,
        };
        let centre = if key.contains("norm") && key.ends_with("weight") { 1.0 } else { 0.0 };
        let spread = 2.0 / (fan_in as f32).sqrt();
        weight.values = noise(weight.values.len(), seed).iter().map(|v| centre + spread * v).collect();
    }
    weights
}
