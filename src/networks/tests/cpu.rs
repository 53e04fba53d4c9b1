//! The forward pass in plain Rust against its burn twin, on shapes that do not fill whole panels.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Tensor, TensorData};
use gestalt_networks::cpu::CpuVit;
use gestalt_networks::pack::Weights;
use gestalt_networks::sparsity::TopK;
use gestalt_networks::vit::{Site, VitConfig};
use gestalt_networks::{keys, weights};
use proptest::prelude::*;

/// Numbers between −1 and 1 that need no generator.
fn noise(count: usize, seed: usize) -> Vec<f32> {
    (0..count)
        .map(|i| {
            let mixed = (i + 7919 * seed).wrapping_mul(2_654_435_761) % 1_000_003;
            mixed as f32 / 500_001.5 - 1.0
        })
        .collect()
}

fn random_weights(config: VitConfig) -> Weights {
    let mut weights = keys::collect(&config.init(&Device::flex()).unwrap());
    for (seed, (key, weight)) in weights.iter_mut().enumerate() {
        let fan_in = if weight.shape.len() == 2 { weight.shape[0] as f32 } else { 4.0 };
        let centre = if key.contains("norm") && key.ends_with("weight") { 1.0 } else { 0.0 };
        weight.values =
            noise(weight.values.len(), seed).iter().map(|v| centre + 2.0 * v / fan_in.sqrt()).collect();
    }
    weights
}

/// Largest difference between the two ways, over two pictures.
fn apart(config: VitConfig, site: Site, top_k: Option<TopK>) -> f32 {
    let weights = random_weights(config);
    let device = Device::flex();
    let pictures = noise(2 * 3 * config.image_px * config.image_px, 99);
    let input = Tensor::from_data(
        TensorData::new(pictures.clone(), [2, 3, config.image_px, config.image_px]),
        &device,
    );
    let (burn, report) = weights::build(config, &weights, &device).unwrap();
    assert!(report.is_complete());
    let wanted: Vec<f32> = burn.forward_to(input, site, top_k).into_data().iter::<f32>().collect();
    let found = CpuVit::from_weights(config, &weights).unwrap().forward_to(&pictures, site, top_k);
    assert_eq!(found.len(), wanted.len());
    found.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn a_network_of_the_usual_shape_gives_the_same_tokens() {
    let config =
        VitConfig { image_px: 64, patch_px: 8, width: 192, depth: 3, heads: 3, mlp_ratio: 4, ln_eps: 1e-6 };
    for site in [Site::Block(0), Site::Block(2), Site::Norm] {
        let apart = apart(config, site, None);
        assert!(apart < 2e-5, "{site:?}: {apart}");
    }
    let top_k = TopK::new(0.3);
    assert!(apart(config, Site::Block(0), top_k) < 2e-5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_shape_gives_the_same_tokens(
        grid in 1usize..5, patch_px in 1usize..6, heads in 1usize..4, quarter in 1usize..6, depth in 1usize..3, mlp_ratio in 1usize..4,
    ) {
        let config = VitConfig {
            image_px: grid * patch_px, patch_px, width: 4 * quarter * heads, depth, heads, mlp_ratio, ln_eps: 1e-5,
        };
        let apart = apart(config, Site::Norm, None);
        prop_assert!(apart < 5e-5, "{config:?}: {apart}");
    }
}
