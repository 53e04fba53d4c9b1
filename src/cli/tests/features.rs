//! Checkpoints of every kind become models, and `gestalt features` writes what the library computes.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use gestalt_models::folder::ModelFolder;
use gestalt_models::{Compute, LoadedModel};
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::sparsity::TopK;
use gestalt_tables::Rows;
use safetensors::SafeTensors;

const VIT: &str = r#""kind": "vit", "image_px": 32, "patch_px": 8, "width": 16, "depth": 2, "heads": 2, "mlp_ratio": 4, "ln_eps": 1e-6"#;
const CLIP: &str = r#""kind": "vit", "image_px": 32, "patch_px": 8, "width": 16, "depth": 2, "heads": 2, "mlp_ratio": 4, "ln_eps": 1e-5, "norm_pre": true, "quick_gelu": true, "projection": 24"#;
const CONVNEXT: &str = r#""kind": "conv_next", "image_px": 64, "depths": [1, 1, 2, 1], "widths": [4, 8, 12, 16], "head_norm": true"#;
const RESNET: &str =
    r#""kind": "res_net", "image_px": 64, "depths": [1, 1, 1, 1], "width": 2, "bottleneck": true"#;
const VGG: &str = r#""kind": "vgg", "image_px": 64, "depths": [2, 2, 4, 4, 4], "widths": [3, 4, 5, 6, 8]"#;
const BAGNET: &str =
    r#""kind": "bag_net", "image_px": 48, "receptive_px": 17, "depths": [1, 2, 1, 1], "width": 1"#;
const VAE: &str = r#""kind": "vae", "image_px": 64, "width": 2, "latent": 5, "variational": true"#;

fn gestalt(words: &str) -> Output {
    let command = &mut Command::new(env!("CARGO_BIN_EXE_gestalt"));
    command.args(words.split(' ')).env_remove("RUST_BACKTRACE").output().unwrap()
}

/// Runs, expects success, gives what was printed.
fn ok(words: &str) -> String {
    let output = gestalt(words);
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Imports a fixture of the networks' parity tests as a model of its name; gives the model's folder and what
/// was printed.
fn imported(folder: &Path, fixture: &str, numbers: &str, layout: &str, bits: &str) -> (String, String) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/fixtures/parity");
    let bytes = fs::read(fixtures.join(format!("{fixture}.safetensors"))).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let weights = file.iter().filter_map(|(key, view)| Some((key.strip_prefix("weights.")?, view)));
    let path = |ending: &str| folder.join(format!("{fixture}{ending}")).display().to_string();
    let (checkpoint, architecture, model) = (path(".safetensors"), path(".json"), path(""));
    fs::write(&checkpoint, safetensors::serialize(weights.collect::<Vec<_>>(), None).unwrap()).unwrap();
    fs::write(&architecture, format!(r#"{{"architecture": {{{numbers}}}}}"#)).unwrap();
    let said = ok(&format!(
        "models import --weights {checkpoint} --architecture {architecture} --layout {layout} --name {fixture} \
         --quantize {bits} --compare-on 2 --force --out {model}"
    ));
    (model, said)
}

/// A rendered scene of this size.
fn scene(folder: &Path, px: u32) -> String {
    let out = folder.join(format!("scenes-{px}"));
    ok(&format!("scenes --count 1 --size {px} --out {}", out.display()));
    let categories = fs::read_dir(out).unwrap().map(|category| category.unwrap().path());
    let mut pictures = categories.flat_map(|category| fs::read_dir(category).unwrap());
    pictures.next().unwrap().unwrap().path().display().to_string()
}

/// What `gestalt features` writes of one picture: numbers and metadata.
fn features(folder: &Path, model: &str, options: &str, picture: &str) -> (Vec<f32>, HashMap<String, String>) {
    let out = folder.join("features.safetensors");
    ok(&format!("features --force --model {model} --as-is {options} --out {} {picture}", out.display()));
    let bytes = fs::read(out).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let values = file.tensor("features").unwrap().data().chunks_exact(4);
    let values = values.map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    (values, metadata.metadata().clone().unwrap())
}

/// What the library computes of one picture.
fn library(model: &str, layer: &str, top_k: Option<TopK>, picture: &str) -> Vec<f32> {
    let folder = ModelFolder::read(Path::new(model)).unwrap();
    let picture = image::open(picture).unwrap().to_rgb8();
    let view = Rgb8::new(picture.as_raw(), picture.width() as usize, picture.height() as usize).unwrap();
    pollster::block_on(async {
        let model = LoadedModel::from_bytes(folder.files(), Compute::cpu().unwrap()).await.unwrap();
        model.features_as_is(&[view], layer.parse().unwrap(), top_k).await.unwrap().remove(0)
    })
}

#[test]
fn checkpoints_of_every_kind_become_models_whose_features_are_the_librarys() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    for (fixture, numbers, layout, px, key, inner) in [
        ("timm_deit", VIT, "timm", 32, "blocks.1.mlp.fc2.bias", "blocks.0.patches"),
        ("openclip_clip", CLIP, "open-clip", 32, "visual.transformer.resblocks.1.ln_2.bias", "projection"),
        ("timm_convnextv2", CONVNEXT, "timm", 64, "stages.2.blocks.1.mlp.grn.bias", "stages.2.patches"),
        ("torchvision_resnet50", RESNET, "torchvision", 64, "layer4.0.downsample.1.bias", "stages.1.mean"),
        ("torchvision_vgg19", VGG, "torchvision", 64, "features.34.bias", "stages.4.patches"),
    ] {
        for bits in ["none", "q8"] {
            let (model, said) = imported(folder, fixture, numbers, layout, bits);
            assert!(said.contains(&format!("used {key}\n")) && said.contains(" 0 missing"), "{said}");
            assert!(ok(&format!("models check {model}")).contains("passed"));
            let picture = scene(folder, px);
            let card = fs::read_to_string(Path::new(&model).join("card.json")).unwrap();
            let card: serde_json::Value = serde_json::from_str(&card).unwrap();
            for layer in [card["default_layer"].as_str().unwrap(), inner] {
                let (found, about) = features(folder, &model, &format!("--layer {layer}"), &picture);
                assert_eq!(found, library(&model, layer, None, &picture), "{fixture} {layer}");
                assert_eq!(about["layer"], layer);
                assert_eq!(about.contains_key("patches"), layer.ends_with("patches"), "{fixture} {layer}");
            }
            if bits == "q8" {
                let least = card["measured"]["cosine_to_unquantised_least"].as_f64().unwrap();
                assert!(least > 0.999, "{fixture}: {least}");
            }
        }
    }
}

#[test]
fn every_patch_of_a_bag_model_has_an_embedding_and_their_mean_is_the_pictures() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    let (model, _) = imported(folder, "torchvision_bagnet17", BAGNET, "torchvision", "none");
    let picture = scene(folder, 48);
    let (all, about) = features(folder, &model, "--layer patches", &picture);
    let (mean, _) = features(folder, &model, "--layer mean", &picture);
    let count: usize = about["patches"].parse().unwrap();
    assert_eq!((all.len(), count), (count * mean.len(), 16));
    for (channel, mean) in mean.iter().enumerate() {
        let of_channel: f32 = all.iter().skip(channel).step_by(32).sum();
        assert!((of_channel / count as f32 - mean).abs() < 1e-5, "channel {channel}");
    }
}

#[test]
fn top_k_is_the_librarys_and_every_row_says_so() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    let (model, _) = imported(folder, "torchvision_vgg19", VGG, "torchvision", "none");
    let picture = scene(folder, 64);
    let (dense, _) = features(folder, &model, "--layer mean", &picture);
    let (sparse, _) = features(folder, &model, "--layer mean --top-k 0.3", &picture);
    assert_ne!(dense, sparse);
    assert_eq!(sparse, library(&model, "mean", TopK::new(0.3), &picture));

    let (set, log) = (folder.join("set"), folder.join("rows.ndjson"));
    let (set, log) = (set.display(), log.display());
    ok(&format!("trials make --scenes 2 --size 96 --scale 24 --practice 0 --catch 0 --out {set}"));
    ok(&format!("observe --model {model} --trials {set} --top-k 0.3 --out {log}"));
    let rows = Rows::read(&fs::read(folder.join("rows.ndjson")).unwrap()).unwrap().rows;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.readout.top_k_fraction == Some(0.3)));

    let (vae, _) = imported(folder, "timm_vae", VAE, "timm", "none");
    for (model, fraction, said) in [
        (&model, "0", "more than 0 and at most 1"),
        (&model, "1.5", "more than 0 and at most 1"),
        (&vae, "0.3", "no site for Top-K sparsity"),
    ] {
        let words =
            format!("features --force --model {model} --as-is --top-k {fraction} --out {log} {picture}");
        let output = gestalt(&words);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(said), "{words}: {error}");
    }
}
