//! The vision transformer against timm's, and the sizes that users rely on.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Tensor, TensorData};
use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::architectures::vit::{Vit, VitConfig};
use gestalt_networks::keys;
use gestalt_networks::readout::Site;
use gestalt_networks::sparsity::TopK;
use gestalt_networks::weight::{Weight, Weights};
use safetensors::SafeTensors;

fn small() -> VitConfig {
    VitConfig { image_px: 32, patch_px: 8, width: 32, depth: 3, heads: 2, ..VitConfig::default() }
}

fn floats(file: &SafeTensors<'_>, name: &str) -> Weight {
    let view = file.tensor(name).unwrap();
    let values = view.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    Weight { shape: view.shape().to_vec(), values }
}

/// timm's `[out, in, …]` as this crate's `[in, out]`.
fn transposed(weight: Weight) -> Weight {
    let outs = weight.shape[0];
    let ins = weight.values.len() / outs;
    let values = (0..ins * outs).map(|i| weight.values[i % outs * ins + i / outs]).collect();
    Weight { shape: vec![ins, outs], values }
}

fn timm() -> (Vit, Weight, Weight, Weight) {
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/vit.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut weights = Weights::new();
    for name in file.names() {
        if let Some(key) = name.strip_prefix("weights.") {
            let weight = floats(&file, name);
            let matrix = key.ends_with(".weight") && weight.shape.len() > 1;
            weights.insert(key.to_owned(), if matrix { transposed(weight) } else { weight });
        }
    }
    let (network, report) = keys::apply(small().init(&Device::flex()).unwrap(), &weights, &Device::flex());
    assert!(report.is_complete(), "{report}");
    (network, floats(&file, "input"), floats(&file, "block_0"), floats(&file, "norm"))
}

fn input(weight: &Weight) -> Tensor<4> {
    Tensor::from_data(weight.data(), &Device::flex())
}

fn largest_difference(found: Tensor<3>, wanted: &Weight) -> f32 {
    assert_eq!(found.dims().to_vec(), wanted.shape);
    let found: Vec<f32> = found.into_data().iter::<f32>().collect();
    found.iter().zip(&wanted.values).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn features_are_those_of_timm() {
    let (network, picture, block_0, norm) = timm();
    let difference = largest_difference(network.forward(input(&picture)), &norm);
    assert!(difference <= 1e-4, "final norm: {difference}");
    let difference = largest_difference(network.forward_to(input(&picture), Site::Block(0), None), &block_0);
    assert!(difference <= 1e-4, "first block: {difference}");
}

#[test]
fn a_picture_does_not_depend_on_its_batch() {
    let (network, picture, ..) = timm();
    let both = network.forward(input(&picture));
    let second = network.forward(input(&picture).narrow(0, 1, 1));
    let [_, t, w] = second.dims();
    let apart: Vec<f32> = (both.slice([1..2, 0..t, 0..w]) - second).abs().into_data().iter::<f32>().collect();
    assert!(apart.iter().all(|d| *d < 1e-5));
}

#[test]
fn visible_patches_keep_their_positions() {
    // Embedding patches 3 and 0 must give the tokens that embedding all gives at 3 and 0.
    let (network, picture, ..) = timm();
    let patches = gestalt_networks::architectures::vit::patchify(input(&picture), 8);
    let all = network.embed(patches.clone(), None);
    let order =
        Tensor::<1, burn::tensor::Int>::from_data(TensorData::from([3_i32, 0, 3, 0]), &Device::flex());
    let some = Tensor::cat(vec![patches.clone().slice([0..2, 3..4]), patches.slice([0..2, 0..1])], 1);
    let embedded = network.embed(some, Some(order));
    let wanted = Tensor::cat(
        vec![all.clone().slice([0..2, 0..1]), all.clone().slice([0..2, 4..5]), all.slice([0..2, 1..2])],
        1,
    );
    let apart: Vec<f32> = (embedded - wanted).abs().into_data().iter::<f32>().collect();
    assert!(apart.iter().all(|d| *d < 1e-6));
}

#[test]
fn top_k_keeps_the_strongest_positions_of_each_channel_and_the_class_token() {
    let values: Vec<f32> = vec![9.0, 9.0, 1.0, -4.0, -3.0, 2.0, 2.0, 2.0, -1.0, 0.5];
    let tokens = Tensor::<3>::from_data(TensorData::new(values, [1, 5, 2]), &Device::flex());
    let kept: Vec<f32> = TopK::new(0.5).unwrap().apply(tokens).into_data().iter::<f32>().collect();
    // Channel 0 over the patches: 1, -3, 2, -1 → -3 and 2 stay. Channel 1: -4, 2, 2, 0.5 → -4 and the
    // earlier 2.
    assert_eq!(kept, [9.0, 9.0, 0.0, -4.0, -3.0, 2.0, 2.0, 0.0, 0.0, 0.0]);
    // A map of a convolutional network, as PyTorch's topk over its positions keeps it: zeros stay zeros.
    let map = Tensor::<4>::from_data(
        TensorData::new(vec![0.0_f32, 0.0, 0.0, 0.0, 1e-6, -3.0, 2.0, 0.5, 0.5], [1, 1, 3, 3]),
        &Device::flex(),
    );
    let kept: Vec<f32> = TopK::new(0.5).unwrap().apply_map(map.clone()).into_data().iter::<f32>().collect();
    assert_eq!(kept, [0.0, 0.0, 0.0, 0.0, 0.0, -3.0, 2.0, 0.5, 0.5]);
    let kept: Vec<f32> = TopK::new(0.01).unwrap().apply_map(map).into_data().iter::<f32>().collect();
    assert_eq!(kept, [0.0, 0.0, 0.0, 0.0, 0.0, -3.0, 0.0, 0.0, 0.0]);
    assert!(TopK::new(0.0).is_none() && TopK::new(1.5).is_none() && TopK::new(f64::NAN).is_none());
}

#[test]
fn shapes_that_cannot_be_are_refused_by_name() {
    for (config, field) in [
        (VitConfig { image_px: 0, ..small() }, "image_px"),
        (VitConfig { patch_px: 5, ..small() }, "patch_px"),
        (VitConfig { heads: 3, ..small() }, "width"),
        (VitConfig { depth: 1_000_000, ..small() }, "depth"),
        (VitConfig { width: usize::MAX / 2, ..small() }, "width"),
        (VitConfig { ln_eps: f64::NAN, ..small() }, "ln_eps"),
    ] {
        assert!(config.check().unwrap_err().to_string().contains(field), "{field}");
    }
}

#[test]
fn keys_are_timms() {
    let (network, ..) = timm();
    let keys: Vec<String> = keys::collect(&network).into_keys().collect();
    for key in [
        "patch_embed.proj.weight",
        "cls_token",
        "pos_embed",
        "blocks.2.attn.qkv.bias",
        "blocks.0.norm1.weight",
        "norm.bias",
    ] {
        assert!(keys.contains(&key.to_owned()), "{key} is not in {keys:?}");
    }
}
