//! The fixtures of `make_parity.py`: which network and whose names each file holds.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::PathBuf;

use gestalt_models::import::{Layout, Tensors, read};
use gestalt_networks::architectures::Architecture;
use gestalt_networks::architectures::bagnet::BagNetConfig;
use gestalt_networks::architectures::convnext::ConvNextConfig;
use gestalt_networks::architectures::mobilenet::MobileNetV2Config;
use gestalt_networks::architectures::resnet::ResNetConfig;
use gestalt_networks::architectures::stellar::StellarConfig;
use gestalt_networks::architectures::vae::VaeConfig;
use gestalt_networks::architectures::vgg::{Pooling, VggConfig};
use gestalt_networks::architectures::vit::VitConfig;

pub const VIT: VitConfig = VitConfig {
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
pub const CLIP: VitConfig =
    VitConfig { norm_pre: true, quick_gelu: true, projection: 24, ln_eps: 1e-5, ..VIT };
pub const DINO: VitConfig = VitConfig { image_px: 28, patch_px: 7, layer_scale: true, ..VIT };
pub const DINO_WITH_REGISTERS: VitConfig = VitConfig { registers: 4, ..DINO };
pub const CONVNEXT: ConvNextConfig =
    ConvNextConfig { image_px: 64, depths: [1, 1, 2, 1], widths: [4, 8, 12, 16], head_norm: true };
pub const RESNET: ResNetConfig =
    ResNetConfig { image_px: 64, depths: [1, 1, 1, 1], width: 2, bottleneck: true };
pub const VGG19: VggConfig =
    VggConfig { image_px: 64, depths: [2, 2, 4, 4, 4], widths: [3, 4, 5, 6, 8], pooling: Pooling::Max };
pub const VAE: VaeConfig = VaeConfig { width: 2, latent: 5, ..VaeConfig::PAPER };

/// A network, whose names its file has, and the file, without `.safetensors`.
pub type Fixture = (&'static str, Architecture, Layout);

pub fn vits() -> Vec<Fixture> {
    let hugging_face_dino = VitConfig { layer_scale: true, registers: 4, ..VIT };
    let all = [
        ("timm_deit", VIT, Layout::Timm),
        ("timm_mae", VIT, Layout::Timm),
        ("timm_clip", CLIP, Layout::Timm),
        ("timm_dinov2", DINO, Layout::Timm),
        ("timm_dinov2_reg", DINO_WITH_REGISTERS, Layout::Timm),
        ("torchvision_vit", VIT, Layout::Torchvision),
        ("huggingface_vit", VIT, Layout::HuggingFace),
        ("huggingface_mae", VIT, Layout::HuggingFace),
        ("huggingface_dinov2_reg", hugging_face_dino, Layout::HuggingFace),
        ("huggingface_clip", CLIP, Layout::HuggingFace),
        ("openclip_clip", CLIP, Layout::OpenClip),
    ];
    all.map(|(name, config, layout)| (name, Architecture::Vit(config), layout)).into()
}

pub fn stellars() -> Vec<Fixture> {
    let encoder = VitConfig { ln_eps: 1e-12, ..VIT };
    let config = StellarConfig { encoder, concepts: 4 };
    vec![("huggingface_stellar", Architecture::Stellar(config), Layout::HuggingFace)]
}

pub fn convnexts() -> Vec<Fixture> {
    let masked = ConvNextConfig { head_norm: false, ..CONVNEXT };
    let all = [
        ("timm_convnextv2", CONVNEXT, Layout::Timm),
        ("timm_convnextv2_fcmae", masked, Layout::Timm),
        ("huggingface_convnextv2", CONVNEXT, Layout::HuggingFace),
    ];
    all.map(|(name, config, layout)| (name, Architecture::ConvNext(config), layout)).into()
}

pub fn resnets() -> Vec<Fixture> {
    let basic = ResNetConfig { bottleneck: false, ..RESNET };
    let all = [
        ("torchvision_resnet18", basic, Layout::Torchvision),
        ("torchvision_resnet50", RESNET, Layout::Torchvision),
        ("torchvision_resnet50", RESNET, Layout::Timm),
        ("huggingface_resnet50", RESNET, Layout::HuggingFace),
    ];
    all.map(|(name, config, layout)| (name, Architecture::ResNet(config), layout)).into()
}

pub fn bagnets() -> Vec<Fixture> {
    let all = [("torchvision_bagnet9", 9), ("torchvision_bagnet17", 17), ("torchvision_bagnet33", 33)];
    let config = |receptive_px| BagNetConfig { image_px: 48, receptive_px, depths: [1, 2, 1, 1], width: 1 };
    all.map(|(name, px)| (name, Architecture::BagNet(config(px)), Layout::Torchvision)).into()
}

pub fn vggs() -> Vec<Fixture> {
    let vgg16 = VggConfig { depths: [2, 2, 3, 3, 3], ..VGG19 };
    let all = [
        ("torchvision_vgg19", VGG19, Layout::Torchvision),
        ("torchvision_vgg19", VGG19, Layout::Timm),
        ("timm_vgg16", vgg16, Layout::Timm),
    ];
    all.map(|(name, config, layout)| (name, Architecture::Vgg(config), layout)).into()
}

pub const MOBILENET: MobileNetV2Config = MobileNetV2Config {
    image_px: 64,
    stem_width: 8,
    depths: [1, 2, 1, 2, 1, 1, 1],
    widths: [8, 8, 8, 16, 16, 16, 24],
    head_width: 40,
};

pub fn mobilenets() -> Vec<Fixture> {
    vec![("torchvision_mobilenet", Architecture::MobileNetV2(MOBILENET), Layout::Torchvision)]
}

pub fn every() -> Vec<Fixture> {
    let autoencoder = ("timm_vae", Architecture::Vae(VAE), Layout::Timm);
    let kinds =
        [vits(), stellars(), convnexts(), resnets(), bagnets(), vggs(), mobilenets(), vec![autoencoder]];
    kinds.concat()
}

pub fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/parity")).join(name)
}

/// All tensors of a fixture: weights, input, and what comes out.
pub fn all_of(name: &str) -> Tensors {
    read(&file(&format!("{name}.safetensors"))).unwrap()
}

/// Those that start with `prefix`, without it.
pub fn of(tensors: &Tensors, prefix: &str) -> Tensors {
    let ours = tensors.iter().filter_map(|(key, weight)| Some((key.strip_prefix(prefix)?, weight)));
    ours.map(|(key, weight)| (key.to_owned(), weight.clone())).collect()
}

/// The checkpoint in a fixture.
pub fn weights_of(name: &str) -> Tensors {
    of(&all_of(name), "weights.")
}
