//! Weights files: what comes back, and what is refused.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use burn::tensor::{Bytes, DType, Device, Tensor, f16};
use gestalt_models::card::{CARD_VERSION, ModelCard, Quantisation};
use gestalt_models::pack;
use gestalt_models::pack::BLOCK;
use gestalt_models::weights;
use gestalt_models::weights::WeightsError;
use gestalt_networks::architectures::Architecture;
use gestalt_networks::architectures::Network;
use gestalt_networks::architectures::vit::{Vit, VitConfig};
use gestalt_networks::architectures::{ArchitectureConfig, ReadableNetwork};
use gestalt_networks::keys;
use gestalt_networks::preprocess::{Normalise, Preprocess};
use gestalt_networks::readout::Layer;
use gestalt_networks::resize::Filter;
use gestalt_networks::weight::{Weight, Weights};
use peak_alloc::PeakAlloc;
use proptest::prelude::*;

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;
/// No file of these tests needs more than a few megabytes, whatever its header claims.
const MOST_BYTES: usize = 200_000_000;

fn small() -> VitConfig {
    VitConfig {
        image_px: 16,
        patch_px: 8,
        width: 32,
        depth: 1,
        heads: 2,
        mlp_ratio: 2,
        ..VitConfig::default()
    }
}

fn model(quantisation: Quantisation) -> (Vit, ModelCard, Vec<u8>) {
    let network = small().init(&Device::flex()).unwrap();
    let (bytes, weights) = weights::save(&network, quantisation).unwrap();
    let card = ModelCard {
        card_version: CARD_VERSION,
        name: "small".into(),
        architecture: Architecture::Vit(small()),
        objective: "none".into(),
        training_data: "none".into(),
        source: "a test".into(),
        licence: "MIT".into(),
        preprocess: Preprocess {
            resize_px: 16,
            crop_px: 16,
            normalise: Normalise::IMAGENET,
            filter: Filter::Bilinear,
        },
        layers: vec!["mean".into()],
        default_layer: "mean".into(),
        quantisation,
        in_8_bits: vec![],
        weights,
        measured: Default::default(),
        notes: vec![],
    };
    (network, card, bytes)
}

/// A card whose hash and length are those of `bytes`: what an attacker would write.
fn vouched(card: &ModelCard, bytes: &[u8]) -> ModelCard {
    use sha2::Digest;
    let mut card = card.clone();
    card.weights.sha256 = sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    card.weights.bytes = bytes.len() as u64;
    card
}

#[test]
fn unquantised_weights_come_back_exactly() {
    let (network, card, bytes) = model(Quantisation::None);
    let loaded = weights::load(&card, &bytes, &Device::flex()).unwrap();
    assert_eq!(keys::collect(&network), loaded.collect());
}

#[test]
fn matrices_alone_are_quantised_and_within_half_a_scale() {
    let (network, card, bytes) = model(Quantisation::Q8Block32);
    let before = keys::collect(&network);
    let after = weights::load(&card, &bytes, &Device::flex()).unwrap().collect();
    for (key, weight) in &before {
        let same = weight == &after[key];
        let matrix = weight.shape.len() == 2;
        assert!(matrix || same, "{key} must not be quantised");
        for (was, is) in weight.values.chunks(BLOCK).zip(after[key].values.chunks(BLOCK)) {
            let scale = was.iter().fold(0.0_f32, |m, v| m.max(v.abs())) / 127.0;
            assert!(
                was.iter().zip(is).all(|(a, b)| (a - b).abs() <= 0.5 * scale * 1.001 + f32::EPSILON),
                "{key}"
            );
        }
    }
}

#[test]
fn another_file_is_refused_by_name_with_a_remedy() {
    let (_, card, mut bytes) = model(Quantisation::Q8Block32);
    let short = weights::load(&card, &bytes[..bytes.len() - 1], &Device::flex()).unwrap_err();
    assert!(
        matches!(short, WeightsError::Hash { .. }) && short.to_string().contains("weights.bpk"),
        "{short}"
    );
    *bytes.last_mut().unwrap() ^= 1;
    let edited = weights::load(&card, &bytes, &Device::flex()).unwrap_err().to_string();
    assert!(edited.contains("SHA-256") && edited.contains("fetch the model's folder again"), "{edited}");
}

#[test]
fn missing_unexpected_and_misshapen_keys_are_named() {
    let (network, card, _) = model(Quantisation::None);
    let mut weights = keys::collect(&network);
    let norm = weights.remove("norm.weight").unwrap();
    weights.insert("head.weight".into(), norm);
    weights.insert("cls_token".into(), Weight { shape: vec![1, 1, 8], values: vec![0.0; 8] });
    let bytes = pack::pack(&weights, Quantisation::None).unwrap();
    let error = weights::load(&vouched(&card, &bytes), &bytes, &Device::flex()).unwrap_err().to_string();
    for part in
        ["missing: norm.weight", "unexpected: head.weight", "`cls_token` is [1, 1, 8], wanted [1, 1, 32]"]
    {
        assert!(error.contains(part), "{part} is not in: {error}");
    }
}

#[test]
fn eight_bit_values_without_fitting_scales_are_refused() {
    let mut weights = Weights::new();
    weights.insert("a".into(), Weight { shape: vec![2, BLOCK], values: vec![1.0; 2 * BLOCK] });
    weights.insert("b".into(), Weight { shape: vec![1], values: vec![f32::NAN] });
    let bytes = pack::pack(&weights, Quantisation::Q8Block32).unwrap();
    assert!(pack::unpack(&bytes).unwrap_err().to_string().contains("`b`"));
}

#[test]
fn a_quantised_network_computes_almost_the_same() {
    let (network, card, bytes) = model(Quantisation::Q8Block32);
    let loaded: Network = weights::load(&card, &bytes, &Device::flex()).unwrap();
    let picture = Tensor::<4>::ones([1, 3, 16, 16], &Device::flex());
    let (a, b) = (network.read(picture.clone(), Layer::MEAN, None), loaded.read(picture, Layer::MEAN, None));
    let (a, b): (Vec<f32>, Vec<f32>) =
        (a.into_data().iter::<f32>().collect(), b.into_data().iter::<f32>().collect());
    let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
    let cosine = dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt();
    assert!(cosine > 0.999, "{cosine}");
}

/// Matrices, kernels of odd lengths, biases; values of every size.
fn some_weights() -> Weights {
    let values = |n: usize| {
        (0..n).map(|i| ((i * 7919 % 1009) as f32 / 504.0 - 1.0) * 10_f32.powi((i / 64 % 5) as i32 - 3))
    };
    let shapes = [
        ("fc.weight", vec![24, 40]),
        ("conv.weight", vec![5, 3, 3, 3]),
        ("fc.bias", vec![40]),
        ("norm.weight", vec![7]),
    ];
    let weight = |shape: Vec<usize>| Weight { values: values(shape.iter().product()).collect(), shape };
    shapes.into_iter().map(|(key, shape)| (key.to_owned(), weight(shape))).collect()
}

#[test]
fn eight_and_four_bits_keep_shapes_and_err_by_little() {
    let weights = some_weights();
    let plain = pack::pack(&weights, Quantisation::None).unwrap();
    for (quantisation, block, steps) in
        [(Quantisation::Q8Block64, 64, 127.0), (Quantisation::Q4Block32, 32, 7.0)]
    {
        let bytes = pack::pack(&weights, quantisation).unwrap();
        assert!(bytes.len() < plain.len());
        let back = pack::unpack(&bytes).unwrap();
        for (key, weight) in &weights {
            assert_eq!(back[key].shape, weight.shape);
            if weight.shape.len() < 2 {
                assert_eq!(&back[key], weight);
            }
            // 8 bits: blocks begin anew with each row, `[o, …]`; 4 bits: they are counted over all values.
            let row = weight.values.len() / weight.shape[0];
            let run = if block == 64 { row } else { weight.values.len() };
            let blocks = |values: &[f32]| -> Vec<Vec<f32>> {
                values.chunks(run).flat_map(|run| run.chunks(block).map(<[f32]>::to_vec)).collect()
            };
            for (was, is) in blocks(&weight.values).iter().zip(&blocks(&back[key].values)) {
                let largest = was.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
                // Half a step, or, where the largest value is clipped, a fifth of it.
                let most = if steps < 10.0 { 0.21 * largest } else { 0.51 * largest / steps };
                assert!(
                    was.iter().zip(is).all(|(a, b)| (a - b).abs() <= most + 1e-6),
                    "{key} {quantisation:?}"
                );
            }
        }
    }
}

/// A batch norm that was folded into a depthwise convolution makes channels of very different sizes.
#[test]
fn a_small_channel_beside_a_large_one_keeps_its_precision() {
    let channel = |i: usize| if (i / 25).is_multiple_of(2) { 1.0 } else { 1e-3 };
    let values: Vec<f32> = (0..6 * 25).map(|i| (i % 25 + 1) as f32 * channel(i)).collect();
    let kernels = Weight { shape: vec![6, 1, 5, 5], values };
    let weights = Weights::from([("depthwise.weight".to_owned(), kernels.clone())]);
    let back = pack::unpack(&pack::pack(&weights, Quantisation::Q8Block64).unwrap()).unwrap();
    assert!(back["depthwise.weight"] != kernels, "kernels of 5 × 5 are in 8 bits");
    for (was, is) in kernels.values.iter().zip(&back["depthwise.weight"].values) {
        assert!((was - is).abs() < 0.11 * was.abs(), "{was} became {is}");
    }
}

/// Files of version 0.1 count blocks of 64 over the whole tensor: this one lies across three rows.
#[test]
fn scales_without_rows_are_read_as_they_were_written() {
    let plain = |key: &str, dtype, shape, bytes: &[u8]| {
        burn_pack::Tensor::new(key.to_owned(), dtype, shape, None, Bytes::from_bytes_vec(bytes.to_vec()))
    };
    let integers: Vec<i8> = (0..72).map(|i| i as i8).collect();
    let scales: Vec<u8> = [0.5, 2.0].iter().flat_map(|&scale| f16::from_f32(scale).to_le_bytes()).collect();
    let tensors = vec![
        plain("a.weight", DType::I8, vec![3, 24], bytemuck::cast_slice(&integers)),
        plain("a.weight.scales", DType::F16, vec![2], &scales),
    ];
    let bytes = burn_pack::Writer::new(tensors).into_bytes().unwrap();
    let values = &pack::unpack(&bytes).unwrap()["a.weight"].values;
    let wanted = (0..72).map(|i| i as f32 * if i < 64 { 0.5 } else { 2.0 });
    assert!(values.iter().copied().eq(wanted), "{values:?}");
}

#[test]
fn four_bits_give_way_to_eight_where_they_err_too_much() {
    let even: Vec<f32> = (0..64).map(|i| if i % 2 == 0 { 0.7 } else { -0.7 }).collect();
    // One large value a block leaves no steps for the others, and they matter as much.
    let skew: Vec<f32> = (0..64).map(|i| if i % 32 == 0 { 5.0 } else { 0.35 }).collect();
    let size = |values: Vec<f32>| {
        let weights = Weights::from([("a.weight".to_owned(), Weight { shape: vec![2, 32], values })]);
        let bytes = pack::pack(&weights, Quantisation::Q4Block32).unwrap();
        (bytes.len(), pack::unpack(&bytes).unwrap()["a.weight"].values.clone())
    };
    let (four, _) = size(even);
    let (eight, back) = size(skew.clone());
    assert!(back.iter().zip(&skew).all(|(a, b)| (a - b).abs() < 0.025), "{back:?}");
    assert_ne!(four, eight);
}

/// A card and its file, made once.
static SMALL: LazyLock<(ModelCard, Vec<u8>)> = LazyLock::new(|| {
    let (_, card, bytes) = model(Quantisation::Q8Block32);
    (card, bytes)
});

// A million cases each: `PROPTEST_CASES=1000000 cargo test --release -p gestalt-networks --test weights
// hostile`.
proptest! {

    #[test]
    fn quantisation_errs_by_half_a_scale_at_most(values in prop::collection::vec(-1e3_f32..1e3, BLOCK)) {
        let (integers, scales) = pack::quantise(&values);
        for (value, integer) in values.iter().zip(&integers) {
            let back = f32::from(*integer) * scales[0];
            prop_assert!((value - back).abs() <= 0.5 * scales[0] * 1.001);
        }
    }

    #[test]
    fn hostile_quantised_files_are_errors_never_panics(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        head in any::<bool>(),
        wide in any::<bool>(),
    ) {
        let quantisation = if wide { Quantisation::Q8Block64 } else { Quantisation::Q4Block32 };
        let mut bytes = pack::pack(&some_weights(), quantisation).unwrap();
        let reach = if head { bytes.len().min(1024) } else { bytes.len() };
        for (place, value) in edits {
            bytes[place.index(reach)] = value;
        }
        let _ = pack::unpack(&bytes);
        prop_assert!(PEAK.peak_usage() < MOST_BYTES, "{} bytes were allocated", PEAK.peak_usage());
    }

    #[test]
    fn hostile_files_are_errors_never_panics(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        head in any::<bool>(),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let (card, mut bytes) = SMALL.clone();
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        // Half of the cases edit the header and the table of tensors, where lengths and offsets lie.
        let reach = if head { bytes.len().min(4096) } else { bytes.len() };
        for (place, value) in edits {
            if reach > 0 {
                bytes[place.index(reach)] = value;
            }
        }
        // The card vouches for the broken bytes: nothing but the reader itself stands in their way.
        let _ = weights::load(&vouched(&card, &bytes), &bytes, &Device::flex());
        prop_assert!(PEAK.peak_usage() < MOST_BYTES, "{} bytes were allocated", PEAK.peak_usage());
    }
}
