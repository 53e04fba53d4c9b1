//! Hostile checkpoints: truncated, swapped and edited files are errors that name the file, never panics.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gestalt_models::import::{Layout, import, read};
use gestalt_models::read_numbers;
use gestalt_networks::architectures::Architecture;
use gestalt_networks::architectures::published;
use gestalt_networks::architectures::vit::VitConfig;
use peak_alloc::PeakAlloc;
use proptest::prelude::*;
use safetensors::tensor::{Dtype, TensorView};

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;
/// No file of these tests needs more than a few megabytes, whatever its header claims.
const MOST_BYTES: usize = 200_000_000;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/parity").join(name)
}

fn small() -> Architecture {
    let config =
        VitConfig { image_px: 32, patch_px: 8, width: 16, depth: 2, heads: 2, ..VitConfig::default() };
    Architecture::Vit(config)
}

/// Reads `bytes` as a file of this name and imports what is there.
fn try_import(bytes: &[u8], name: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let tensors = read(&path).map_err(|e| e.to_string())?;
    import(tensors, &small(), Layout::Timm).map(drop).map_err(|e| e.to_string())
}

#[test]
fn truncated_and_swapped_files_are_refused_by_name() {
    for name in ["timm_mae.pth", "timm_mae.safetensors"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        for length in [0, 1, 7, 8, 9, 100, bytes.len() / 2, bytes.len() - 1] {
            let error = try_import(&bytes[..length], name).unwrap_err();
            assert!(error.contains(name), "{length}: {error}");
        }
    }
    let pth = std::fs::read(fixture("timm_mae.pth")).unwrap();
    assert!(try_import(&pth, "swapped.safetensors").unwrap_err().contains("no whole safetensors file"));
    let safe = std::fs::read(fixture("timm_mae.safetensors")).unwrap();
    assert!(try_import(&safe, "swapped.pth").unwrap_err().contains("no whole PyTorch file"));
}

#[test]
fn values_that_are_not_finite_are_refused_by_key() {
    let bytes: Vec<u8> = [1.0_f32, f32::NAN].iter().flat_map(|value| value.to_le_bytes()).collect();
    let view = TensorView::new(Dtype::F32, vec![2], &bytes).unwrap();
    let file = safetensors::serialize(BTreeMap::from([("norm.bias", view)]), None).unwrap();
    assert!(try_import(&file, "broken.safetensors").unwrap_err().contains("`norm.bias`"));
}

#[test]
fn timms_names_give_timms_numbers() {
    let numbers = |name: &str| published(name).unwrap();
    let Architecture::Vit(clip) = numbers("vit_base_patch16_clip_224.openai").architecture else { panic!() };
    assert!(clip.norm_pre && clip.quick_gelu && clip.ln_eps == 1e-5 && clip.projection == 512);
    let Architecture::Vit(dino) = numbers("vit_small_patch14_reg4_dinov2.lvd142m").architecture else {
        panic!()
    };
    let vgg = numbers("vgg19");
    let Architecture::Vgg(numbers_of_vgg) = &vgg.architecture else { panic!() };
    assert_eq!(numbers_of_vgg.depths.iter().sum::<usize>(), 16);
    assert_eq!((vgg.preprocess.resize_px, vgg.default_layer.to_string()), (256, "mean".to_owned()));
    assert_eq!((dino.width, dino.heads, dino.patch_px, dino.image_px, dino.registers), (384, 6, 14, 518, 4));
    // Of every name, pictures are cut to what the network takes, and the network can be built.
    for name in [
        "vit_tiny_patch16_224",
        "vit_large_patch32_384",
        "vit_huge_patch14_224.mae",
        "deit_small_patch16_224",
        "deit3_base_patch16_224",
        "vit_base_patch32_clip_quickgelu_224",
        "vit_base_patch14_dinov2",
        "convnextv2_atto",
        "convnextv2_huge.fcmae",
        "resnet18",
        "resnet50.tv_in1k",
        "vgg16",
        "vgg19.tv_in1k",
        "bagnet9",
        "bagnet17",
        "bagnet33",
        "stellar_b16",
        "stellar_h14",
        "lns_vae",
        "lns_ae",
    ] {
        let found = numbers(name);
        found.architecture.check().unwrap();
        assert_eq!(found.preprocess.crop_px, found.architecture.image_px(), "{name}");
        assert!(found.architecture.has(found.default_layer), "{name}");
    }
    for name in [
        "",
        "vit",
        "vit_tiny_patch15_224",
        "deit_base_distilled_patch16_224",
        "resnet51",
        "vgg18",
        "bagnet8",
        "convnextv2",
        "vit_base_patch16_224_gap",
    ] {
        let error = published(name).unwrap_err().to_string();
        assert!(error.contains(&format!("`{name}`")), "{error}");
    }
}

#[test]
fn a_file_may_give_the_numbers() {
    let text = r#"{"architecture": {"kind": "res_net", "image_px": 64, "depths": [1, 1, 1, 1], "width": 8, "bottleneck": false}}"#;
    let numbers = read_numbers(text.as_bytes()).unwrap();
    assert_eq!((numbers.preprocess.crop_px, numbers.default_layer.to_string()), (64, "mean".to_owned()));
    let error = read_numbers(text.replace("64", "65").as_bytes()).unwrap_err().to_string();
    assert!(error.contains("image_px = 65"), "{error}");
    assert!(read_numbers(b"{\"architecture\": {\"kind\": \"vit\"}}").is_err());
}

// A million cases: `PROPTEST_CASES=1000000 cargo test --release -p gestalt-networks --features import
// --test import edited`.
proptest! {
    #[test]
    fn edited_files_are_errors_never_panics(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
        reach in prop::sample::select(vec![8_usize, 512, 4096, usize::MAX]),
        from_the_end in any::<bool>(),
        pth in any::<bool>(),
    ) {
        let name = if pth { "timm_mae.pth" } else { "timm_mae.safetensors" };
        let mut bytes = std::fs::read(fixture(name)).unwrap();
        let reach = reach.min(bytes.len());
        for (place, value) in edits {
            let place = place.index(reach);
            // A zip's table lies at its end, a safetensors' at its beginning.
            let place = if from_the_end { bytes.len() - 1 - place } else { place };
            bytes[place] = value;
        }
        let _ = try_import(&bytes, name);
        prop_assert!(PEAK.peak_usage() < MOST_BYTES, "{} bytes were allocated", PEAK.peak_usage());
    }
}
