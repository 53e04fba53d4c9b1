//! Every architecture in every layout against the public libraries' own computation (fixtures/make_parity.py).
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use burn::tensor::{Device, Tensor};
use gestalt_networks::bagnet::BagNetConfig;
use gestalt_networks::card::Architecture;
use gestalt_networks::convnext::ConvNextConfig;
use gestalt_networks::import::{ImportError, Imported, Layout, import, read};
use gestalt_networks::network::Network;
use gestalt_networks::pack::Weight;
use gestalt_networks::position;
use gestalt_networks::resnet::ResNetConfig;
use gestalt_networks::stellar::StellarConfig;
use gestalt_networks::vae::VaeConfig;
use gestalt_networks::vit::VitConfig;
use gestalt_networks::weights;

const VIT: VitConfig = VitConfig {
    image_px: 32,
    patch_px: 8,
    width: 16,
    depth: 2,
    heads: 2,
    mlp_ratio: 4,
    ln_eps: 1e-6,
    norm_pre: false,
    quick_gelu: false,
    projection: 0,
    layer_scale: false,
    registers: 0,
};
const CLIP: VitConfig = VitConfig { norm_pre: true, quick_gelu: true, projection: 24, ln_eps: 1e-5, ..VIT };
const DINO: VitConfig = VitConfig { image_px: 28, patch_px: 7, layer_scale: true, ..VIT };

fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/parity")).join(name)
}

/// A fixture's tensors that start with `prefix`, without it.
fn of(tensors: &gestalt_networks::import::Tensors, prefix: &str) -> gestalt_networks::import::Tensors {
    let ours = tensors.iter().filter_map(|(key, weight)| Some((key.strip_prefix(prefix)?, weight)));
    ours.map(|(key, weight)| (key.to_owned(), weight.clone())).collect()
}

fn largest_difference(found: &[f32], wanted: &[f32]) -> f32 {
    assert_eq!(found.len(), wanted.len());
    assert!(found.iter().all(|value| value.is_finite()));
    found.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

struct Made {
    network: Network,
    imported: Imported,
    picture: Tensor<4>,
    wanted: gestalt_networks::import::Tensors,
}

fn make(name: &str, architecture: Architecture, layout: Layout) -> Made {
    let tensors = read(&file(&format!("{name}.safetensors"))).unwrap();
    let imported =
        import(of(&tensors, "weights."), &architecture, layout).unwrap_or_else(|e| panic!("{name}: {e}"));
    let device = Device::flex();
    let (network, report) = weights::build(&imported.architecture, &imported.weights, &device).unwrap();
    assert!(report.is_complete(), "{name}: {report}");
    let picture = Tensor::from_data(tensors["input"].as_ref().unwrap().data(), &device);
    Made { network, imported, picture, wanted: of(&tensors, "out.") }
}

/// Reads every layer of the fixture and holds it to 1e-4.
fn holds(name: &str, architecture: Architecture, layout: Layout) {
    let made = make(name, architecture, layout);
    assert!(made.wanted.len() >= 3, "{name}");
    for (layer, wanted) in &made.wanted {
        let Ok(read) = layer.parse() else { continue };
        assert!(made.imported.architecture.has(read), "{name} {layer}");
        let found: Vec<f32> =
            made.network.read(made.picture.clone(), read, None).into_data().iter::<f32>().collect();
        let difference = largest_difference(&found, &wanted.as_ref().unwrap().values);
        println!("{name} {layer}: {difference:e}");
        assert!(difference <= 1e-4, "{name} {layer}: {difference}");
    }
}

#[test]
fn vision_transformers_of_timm() {
    for (name, config) in [
        ("deit", VIT),
        ("mae", VIT),
        ("clip", CLIP),
        ("dinov2", DINO),
        ("dinov2_reg", VitConfig { registers: 4, ..DINO }),
    ] {
        holds(&format!("timm_{name}"), Architecture::Vit(config), Layout::Timm);
    }
}

#[test]
fn vision_transformers_of_other_houses() {
    let vit = Architecture::Vit(VIT);
    holds("torchvision_vit", vit.clone(), Layout::Torchvision);
    holds("huggingface_vit", vit.clone(), Layout::HuggingFace);
    holds("huggingface_mae", vit, Layout::HuggingFace);
    let dino = VitConfig { layer_scale: true, registers: 4, ..VIT };
    holds("huggingface_dinov2_reg", Architecture::Vit(dino), Layout::HuggingFace);
    holds("huggingface_clip", Architecture::Vit(CLIP), Layout::HuggingFace);
    holds("openclip_clip", Architecture::Vit(CLIP), Layout::OpenClip);
}

const CONVNEXT: ConvNextConfig =
    ConvNextConfig { image_px: 64, depths: [1, 1, 2, 1], widths: [4, 8, 12, 16], head_norm: true };

#[test]
fn convnexts() {
    holds("timm_convnextv2", Architecture::ConvNext(CONVNEXT), Layout::Timm);
    let masked = ConvNextConfig { head_norm: false, ..CONVNEXT };
    holds("timm_convnextv2_fcmae", Architecture::ConvNext(masked), Layout::Timm);
    holds("huggingface_convnextv2", Architecture::ConvNext(CONVNEXT), Layout::HuggingFace);
}

const RESNET: ResNetConfig = ResNetConfig { image_px: 64, depths: [1, 1, 1, 1], width: 2, bottleneck: true };

#[test]
fn resnets() {
    let basic = ResNetConfig { bottleneck: false, ..RESNET };
    holds("torchvision_resnet18", Architecture::ResNet(basic), Layout::Torchvision);
    holds("torchvision_resnet50", Architecture::ResNet(RESNET), Layout::Torchvision);
    holds("torchvision_resnet50", Architecture::ResNet(RESNET), Layout::Timm);
    holds("huggingface_resnet50", Architecture::ResNet(RESNET), Layout::HuggingFace);
}

#[test]
fn bagnets_and_what_a_position_of_theirs_sees() {
    for receptive_px in [9, 17, 33] {
        let config = BagNetConfig { image_px: 48, receptive_px, depths: [1, 2, 1, 1], width: 1 };
        let name = format!("torchvision_bagnet{receptive_px}");
        holds(&name, Architecture::BagNet(config), Layout::Torchvision);
        // A change just outside the first patch's square changes nothing in it; one in its middle does.
        let made = make(&name, Architecture::BagNet(config), Layout::Torchvision);
        let first = |picture: Tensor<4>| -> Vec<f32> {
            let all = made.network.read(picture, "patches".parse().unwrap(), None);
            all.into_data().iter::<f32>().take(32).collect()
        };
        let changed = |from: usize| {
            let square = [0..1, 0..3, from..from + 1, 0..receptive_px];
            let bright = Tensor::full([1, 3, 1, receptive_px], 9.0, &made.picture.device());
            first(made.picture.clone().slice_assign(square, bright))
        };
        let before = first(made.picture.clone());
        assert_eq!(changed(receptive_px), before);
        assert_ne!(changed(receptive_px / 2), before);
    }
}

#[test]
fn stellar_factorises() {
    let encoder = VitConfig { ln_eps: 1e-12, ..VIT };
    let config = StellarConfig { encoder, concepts: 4 };
    holds("huggingface_stellar", Architecture::Stellar(config), Layout::HuggingFace);
}

#[test]
fn an_autoencoder_encodes_and_decodes() {
    let config = VaeConfig { width: 2, latent: 5, ..VaeConfig::PAPER };
    let made = make("timm_vae", Architecture::Vae(config), Layout::Timm);
    let Network::Vae(vae) = &made.network else { panic!("no autoencoder") };
    let (mean, log_variance) = vae.encode(made.picture.clone());
    let decoded = vae.decode(mean.clone()).flatten::<1>(0, 3);
    let numbers = [
        ("latent", mean.flatten(0, 1)),
        ("log_variance", log_variance.unwrap().flatten(0, 1)),
        ("decoded", decoded),
    ];
    for (what, found) in numbers {
        let found: Vec<f32> = found.into_data().iter::<f32>().collect();
        let difference = largest_difference(&found, &made.wanted[what].as_ref().unwrap().values);
        assert!(difference <= 1e-4, "{what}: {difference}");
    }
    // A plain autoencoder has a code in place of a distribution.
    let plain = VaeConfig { variational: false, ..config }.init(&Device::flex()).unwrap();
    let (code, none) = plain.encode(made.picture);
    assert_eq!((code.dims(), none.is_none()), ([1, 5], true));
}

#[test]
fn positions_are_resized_as_timm_does() {
    let tensors = read(&file("positions.safetensors")).unwrap();
    let table = tensors["table"].as_ref().unwrap();
    for grid in [2, 3, 5, 7, 12] {
        let wanted = tensors[&format!("to_{grid}")].as_ref().unwrap();
        let found = position::resample(table, grid).unwrap();
        assert_eq!(found.shape, wanted.shape);
        let difference = largest_difference(&found.values, &wanted.values);
        assert!(difference <= 1e-5, "{grid}: {difference}");
    }
    let ragged = Weight { shape: vec![1, 8, 2], values: vec![0.0; 16] };
    assert!(position::resample(&ragged, 3).is_none());
}

#[test]
fn a_pytorch_file_gives_the_same_weights() {
    let pth = import(read(&file("timm_mae.pth")).unwrap(), &Architecture::Vit(VIT), Layout::Timm).unwrap();
    let made = make("timm_mae", Architecture::Vit(VIT), Layout::Timm);
    assert_eq!(pth.weights, made.imported.weights);
    assert_eq!(pth.report.used.len(), made.imported.report.used.len());
    assert!(pth.report.ignored.iter().any(|(key, _)| key.contains("optimizer")), "{:?}", pth.report.ignored);
}

#[test]
fn every_key_is_accounted_for() {
    let read = |name: &str| of(&read(&file(&format!("{name}.safetensors"))).unwrap(), "weights.");
    let resnet =
        import(read("torchvision_resnet50"), &Architecture::ResNet(RESNET), Layout::Torchvision).unwrap();
    let total = read("torchvision_resnet50").len();
    assert_eq!(resnet.report.used.len() + resnet.report.ignored.len(), total);
    let ignored = |part: &str| resnet.report.ignored.iter().filter(|(key, _)| key.contains(part)).count();
    assert_eq!((ignored("num_batches_tracked"), ignored("fc.")), (17, 2));

    let refused = |tensors, config: VitConfig| -> String {
        import(tensors, &Architecture::Vit(config), Layout::Timm).unwrap_err().to_string()
    };
    // A missing, a misshapen and a telling key are named.
    let mut broken = read("timm_deit");
    broken.remove("blocks.1.mlp.fc2.bias");
    broken.insert("norm.weight".into(), Some(Weight { shape: vec![3], values: vec![0.0; 3] }));
    let error = refused(broken, VIT);
    assert!(error.contains("missing: blocks.1.mlp.fc2.bias"), "{error}");
    assert!(error.contains("`norm.weight` is [3], wanted [16]"), "{error}");
    // Layer scale, a norm before the first block: another network, however well the rest fits.
    let error = refused(read("timm_dinov2"), VitConfig { layer_scale: false, ..DINO });
    assert!(error.contains("of another network: blocks.0.ls1.gamma"), "{error}");
    let error = refused(read("timm_clip"), VitConfig { norm_pre: false, ..CLIP });
    assert!(error.contains("norm_pre.bias"), "{error}");
    let error = refused(read("timm_mae"), VitConfig { depth: 1, ..VIT });
    assert!(error.contains("blocks.1.attn.qkv.weight"), "{error}");
    // Two names of one weight.
    let mut twice = read("huggingface_vit");
    twice.insert("vit.layernorm.bias".into(), twice["layernorm.bias"].clone());
    let error = import(twice, &Architecture::Vit(VIT), Layout::HuggingFace).unwrap_err();
    assert!(matches!(error, ImportError::Twice(..)));
}

#[test]
fn positions_of_a_checkpoint_are_brought_to_another_picture_size() {
    let tensors = of(&read(&file("timm_deit.safetensors")).unwrap(), "weights.");
    let wider = VitConfig { image_px: 48, ..VIT };
    let imported = import(tensors.clone(), &Architecture::Vit(wider), Layout::Timm).unwrap();
    assert_eq!(imported.weights["pos_embed"].shape, [1, 37, 16]);
    let wanted = position::resample(tensors["pos_embed"].as_ref().unwrap(), 6).unwrap();
    assert_eq!(imported.weights["pos_embed"], wanted);
    assert!(imported.report.changed.iter().any(|change| change.contains("6 × 6")));
}
