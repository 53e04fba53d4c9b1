//! Cards and pictures that cannot be used are refused with the field's name.
#![allow(clippy::unwrap_used)]

use gestalt_models::card::ModelCard;
use gestalt_networks::preprocess::{Normalise, Preprocess, Rgb8};
use gestalt_networks::resize::Filter;
use serde_json::json;

fn card() -> serde_json::Value {
    json!({
        "card_version": 1, "name": "a-model",
        "architecture": {"kind": "vit", "image_px": 64, "patch_px": 8, "width": 192, "depth": 6, "heads": 3, "mlp_ratio": 4, "ln_eps": 1e-6},
        "objective": "", "training_data": "", "source": "", "licence": "MIT",
        "preprocess": {"resize_px": 64, "crop_px": 64, "normalise": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}},
        "layers": ["mean", "cls"], "default_layer": "mean", "quantisation": "q8_block32", "in_8_bits": [],
        "weights": {"file": "weights.bpk", "sha256": "0".repeat(64), "bytes": 12}
    })
}

#[test]
fn a_card_comes_back_as_it_was_written() {
    let read = ModelCard::parse(card().to_string().as_bytes()).unwrap();
    assert_eq!(ModelCard::parse(read.to_json().as_bytes()).unwrap(), read);
}

#[test]
fn what_is_wrong_is_named() {
    for (pointer, value, named) in [
        ("/card_version", json!(2), "card_version"),
        ("/name", json!("../etc"), "name"),
        ("/architecture/depth", json!(0), "depth"),
        ("/architecture/width", json!("wide"), "architecture"),
        ("/preprocess/crop_px", json!(32), "preprocess.crop_px"),
        ("/preprocess/normalise/std", json!([0, 1, 1]), "preprocess.normalise.std"),
        ("/default_layer", json!("logits"), "default_layer"),
        ("/weights/sha256", json!("abc"), "weights.sha256"),
        ("/in_8_bits", json!(["head.weight"]), "in_8_bits"),
        ("/weights/file", json!("../weights.bpk"), "weights.file"),
    ] {
        let mut card = card();
        *card.pointer_mut(pointer).unwrap() = value;
        let error = ModelCard::parse(card.to_string().as_bytes()).unwrap_err().to_string();
        assert!(error.contains(named), "{named} is not named: {error}");
    }
}

#[test]
fn a_picture_of_the_input_size_is_only_normalised() {
    let preprocess = Preprocess {
        resize_px: 2,
        crop_px: 2,
        normalise: Normalise { mean: [0.5; 3], std: [0.5; 3] },
        filter: Filter::Bilinear,
    };
    let pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
    let values = preprocess.apply(Rgb8::new(&pixels, 2, 2).unwrap());
    assert_eq!(values, [1., -1., -1., 1., -1., 1., -1., 1., -1., -1., 1., 1.]);
}

#[test]
fn bytes_that_do_not_fill_the_picture_are_refused() {
    assert!(Rgb8::new(&[0; 11], 2, 2).is_err());
    assert!(Rgb8::new(&[], 0, 0).is_err());
    assert!(Rgb8::new(&[0; 12], usize::MAX, 2).is_err());
}
