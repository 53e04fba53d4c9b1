//! The forward pass in plain Rust against its burn twin, on shapes that do not fill whole panels.
#![allow(clippy::unwrap_used)]

mod random;

use burn::tensor::{Device, Tensor, TensorData};
use gestalt_models::weights;
use gestalt_networks::architectures::Architecture;
use gestalt_networks::architectures::convnext::ConvNextConfig;
use gestalt_networks::architectures::mobilenet::MobileNetV2Config;
use gestalt_networks::architectures::vit::VitConfig;
use gestalt_networks::cpu::CpuNetwork;
use gestalt_networks::sparsity::TopK;
use proptest::prelude::*;

use random::{noise, random_weights};

/// Largest difference between the two ways over two pictures and every layer of the architecture.
fn apart(architecture: &Architecture, top_k: Option<TopK>) -> f32 {
    let device = Device::flex();
    let weights = random_weights(architecture);
    let px = architecture.image_px();
    let pictures = noise(2 * 3 * px * px, 99);
    let (burn, report) = weights::build(architecture, &weights, &device).unwrap();
    assert!(report.is_complete());
    let plain = CpuNetwork::from_weights(architecture, &weights).unwrap();
    let mut largest = 0.0_f32;
    for layer in architecture.layers() {
        let input = Tensor::from_data(TensorData::new(pictures.clone(), [2, 3, px, px]), &device);
        let wanted: Vec<f32> = burn.read(input, layer, top_k).into_data().iter::<f32>().collect();
        let found = plain.read(&pictures, layer, top_k).concat();
        assert_eq!(found.len(), wanted.len(), "{layer}");
        largest = found.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(largest, f32::max);
    }
    largest
}

fn vit() -> VitConfig {
    VitConfig { image_px: 64, patch_px: 8, depth: 2, ..VitConfig::default() }
}

fn convnext() -> ConvNextConfig {
    ConvNextConfig { image_px: 64, depths: [1, 1, 2, 1], widths: [12, 20, 24, 40], head_norm: true }
}

#[test]
fn every_layer_of_every_kind_of_transformer_is_the_same() {
    for config in [
        vit(),
        VitConfig { norm_pre: true, quick_gelu: true, projection: 50, ..vit() },
        VitConfig { layer_scale: true, registers: 4, ..vit() },
    ] {
        for top_k in [None, TopK::new(0.3)] {
            let apart = apart(&Architecture::Vit(config), top_k);
            assert!(apart < 3e-5, "{config:?}, {top_k:?}: {apart}");
        }
    }
}

#[test]
fn every_layer_of_a_convnext_is_the_same() {
    for config in [convnext(), ConvNextConfig { image_px: 96, head_norm: false, ..convnext() }] {
        for top_k in [None, TopK::new(0.3)] {
            let apart = apart(&Architecture::ConvNext(config), top_k);
            assert!(apart < 3e-5, "{config:?}, {top_k:?}: {apart}");
        }
    }
}

#[test]
fn every_layer_of_a_mobilenet_is_the_same() {
    // Widths that fill no whole panels and lanes; a picture whose maps have odd sides.
    let config = MobileNetV2Config {
        image_px: 96,
        stem_width: 10,
        depths: [1, 2, 1, 2, 1, 1, 1],
        widths: [7, 12, 12, 18, 18, 20, 33],
        head_width: 50,
    };
    for top_k in [None, TopK::new(0.3)] {
        let apart = apart(&Architecture::MobileNetV2(config), top_k);
        assert!(apart < 3e-5, "{top_k:?}: {apart}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_shape_of_a_transformer_gives_the_same(
        grid in 1usize..5, patch_px in 1usize..6, heads in 1usize..4, quarter in 1usize..6, depth in 1usize..3, mlp_ratio in 1usize..4,
    ) {
        let config = VitConfig {
            image_px: grid * patch_px, patch_px, width: 4 * quarter * heads, depth, heads, mlp_ratio, ..VitConfig::default()
        };
        let apart = apart(&Architecture::Vit(config), None);
        prop_assert!(apart < 5e-5, "{config:?}: {apart}");
    }
}
