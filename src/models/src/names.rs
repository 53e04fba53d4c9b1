//! timm's names of architectures, so that a user says which network a file holds in the words of the field.

use crate::published::preprocess;
use gestalt_networks::architecture::Architecture;
use gestalt_networks::bagnet::BagNetConfig;
use gestalt_networks::convnext::ConvNextConfig;
use gestalt_networks::preprocess::Normalise;
use gestalt_networks::readout::{Layer, Pool};
use gestalt_networks::resize::Filter;
use gestalt_networks::resnet::ResNetConfig;
use gestalt_networks::stellar::StellarConfig;
use gestalt_networks::vae::VaeConfig;
use gestalt_networks::vgg_observer::VggObserverConfig;
use gestalt_networks::vit::VitConfig;

pub use crate::published::{BadNumbers, NoTransformer, Published};

/// A name that is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no architecture that is known here; give one of timm's names, such as vit_base_patch16_224.mae, deit_base_patch16_224, vit_base_patch16_clip_quickgelu_224, vit_small_patch14_dinov2, convnextv2_tiny.fcmae, resnet50 or vgg19, or bagnet33, stellar_b16, lns_vae, or a JSON file that gives the numbers"
)]
pub struct UnknownArchitecture(pub String);

/// The architecture of a name of timm's: `ARCHITECTURE` or `ARCHITECTURE.TAG`. The tag says how the weights were trained:
/// `mae`, `dino`, `openai`, `fcmae`, `tv_in1k`, …; it changes only what it must.
pub fn published(name: &str) -> Result<Published, UnknownArchitecture> {
    let (base, tag) = name.split_once('.').unwrap_or((name, ""));
    let words: Vec<&str> = base.split('_').collect();
    let found = match words[0] {
        "vit" | "deit" | "deit3" => vit(&words, tag),
        "convnextv2" if words.len() == 2 => convnext(words[1], tag),
        "stellar" if words.len() == 2 => stellar(words[1]),
        "lns" if words.len() == 2 => vae(words[1]),
        _ if words.len() == 1 => resnet(base, tag).or_else(|| bagnet(base)).or_else(|| vgg(base)),
        _ => None,
    };
    found.ok_or_else(|| UnknownArchitecture(name.to_owned()))
}

/// Width and heads, or width, depth and heads, of a size's name.
fn vit_size(name: &str) -> Option<VitConfig> {
    let (width, depth, heads) = match name {
        "tiny" => (192, 12, 3),
        "small" => (384, 12, 6),
        "base" => (768, 12, 12),
        "large" => (1024, 24, 16),
        "huge" => (1280, 32, 16),
        _ => return None,
    };
    Some(VitConfig { width, depth, heads, ..VitConfig::default() })
}

/// `vit_SIZE_patchP[_clip[_quickgelu]]_PX`, `vit_SIZE_patchP[_reg4]_dinov2`, `deit_SIZE_patchP_PX`, `deit3_SIZE_patchP_PX`.
fn vit(words: &[&str], tag: &str) -> Option<Published> {
    let [family, size, patch, kind @ ..] = words else { return None };
    let patch_px = patch.strip_prefix("patch")?.parse().ok()?;
    let plain = VitConfig { patch_px, ..vit_size(size)? };
    let clip = |px: &str, quick_gelu| {
        let projection = if plain.width < 1024 { 512 } else { 768 };
        let numbers = VitConfig { ln_eps: 1e-5, norm_pre: true, quick_gelu, projection, ..plain };
        Some((VitConfig { image_px: px.parse().ok()?, ..numbers }, Normalise::CLIP))
    };
    let dino =
        |registers| (VitConfig { image_px: 518, layer_scale: true, registers, ..plain }, Normalise::IMAGENET);
    let (config, normalise) = match (*family, kind) {
        // OpenAI's own weights were trained with the approximate GELU, whatever the architecture is called.
        ("vit", ["clip", px]) => clip(px, tag.starts_with("openai"))?,
        ("vit", ["clip", "quickgelu", px]) => clip(px, true)?,
        ("vit", ["dinov2"]) => dino(0),
        ("vit", ["reg4", "dinov2"]) => dino(4),
        (_, [px]) => {
            let layer_scale = *family == "deit3";
            // timm's supervised vision transformers see colours from -1 to 1, the others ImageNet's statistics.
            let half = *family == "vit" && !matches!(tag, "mae" | "dino");
            let config = VitConfig { image_px: px.parse().ok()?, layer_scale, ..plain };
            (config, if half { Normalise::HALF } else { Normalise::IMAGENET })
        }
        _ => return None,
    };
    config.check().ok()?;
    let share = if config.image_px > 224 { 1.0 } else { 0.9 };
    Some(Published {
        architecture: Architecture::Vit(config),
        preprocess: preprocess(config.image_px, share, normalise, Filter::Bicubic),
        default_layer: Layer::CLS,
    })
}

fn convnext(size: &str, tag: &str) -> Option<Published> {
    let (depths, first) = match size {
        "atto" => ([2, 2, 6, 2], 40),
        "femto" => ([2, 2, 6, 2], 48),
        "pico" => ([2, 2, 6, 2], 64),
        "nano" => ([2, 2, 8, 2], 80),
        "tiny" => ([3, 3, 9, 3], 96),
        "small" => ([3, 3, 27, 3], 96),
        "base" => ([3, 3, 27, 3], 128),
        "large" => ([3, 3, 27, 3], 192),
        "huge" => ([3, 3, 27, 3], 352),
        _ => return None,
    };
    let widths = [first, 2 * first, 4 * first, 8 * first];
    let config = ConvNextConfig { image_px: 224, depths, widths, head_norm: tag != "fcmae" };
    Some(Published {
        architecture: Architecture::ConvNext(config),
        preprocess: preprocess(224, 0.875, Normalise::IMAGENET, Filter::Bicubic),
        default_layer: Layer::MEAN,
    })
}

fn resnet(name: &str, tag: &str) -> Option<Published> {
    let (depths, bottleneck) = match name {
        "resnet18" => ([2, 2, 2, 2], false),
        "resnet34" => ([3, 4, 6, 3], false),
        "resnet50" => ([3, 4, 6, 3], true),
        "resnet101" => ([3, 4, 23, 3], true),
        "resnet152" => ([3, 8, 36, 3], true),
        _ => return None,
    };
    let config = ResNetConfig { image_px: 224, depths, width: 64, bottleneck };
    // timm's own recipes resample bicubically from 235 px, torchvision's bilinearly from 256.
    let (share, filter) =
        if tag.starts_with("tv") { (0.875, Filter::Bilinear) } else { (0.95, Filter::Bicubic) };
    Some(Published {
        architecture: Architecture::ResNet(config),
        preprocess: preprocess(224, share, Normalise::IMAGENET, filter),
        default_layer: Layer::MEAN,
    })
}

fn vgg(name: &str) -> Option<Published> {
    let depths = match name {
        "vgg11" => [1, 1, 2, 2, 2],
        "vgg13" => [2, 2, 2, 2, 2],
        "vgg16" => [2, 2, 3, 3, 3],
        "vgg19" => [2, 2, 4, 4, 4],
        _ => return None,
    };
    let config = VggObserverConfig { image_px: 224, depths, widths: [64, 128, 256, 512, 512] };
    Some(Published {
        architecture: Architecture::Vgg(config),
        preprocess: preprocess(224, 0.875, Normalise::IMAGENET, Filter::Bilinear),
        default_layer: Layer::MEAN,
    })
}

fn bagnet(name: &str) -> Option<Published> {
    let receptive_px = name.strip_prefix("bagnet")?.parse().ok()?;
    let config = BagNetConfig { image_px: 224, receptive_px, depths: [3, 4, 6, 3], width: 64 };
    config.check().ok()?;
    Some(Published {
        architecture: Architecture::BagNet(config),
        preprocess: preprocess(224, 0.875, Normalise::IMAGENET, Filter::Bilinear),
        default_layer: Layer::MEAN,
    })
}

fn stellar(size: &str) -> Option<Published> {
    let (size, patch_px) = match size {
        "b16" => ("base", 16),
        "l16" => ("large", 16),
        "h14" => ("huge", 14),
        _ => return None,
    };
    let encoder = VitConfig { patch_px, ln_eps: 1e-12, ..vit_size(size)? };
    Some(Published {
        architecture: Architecture::Stellar(StellarConfig { encoder, concepts: 16 }),
        preprocess: preprocess(224, 0.875, Normalise::IMAGENET, Filter::Bicubic),
        default_layer: Layer::last(Pool::Sparse),
    })
}

fn vae(kind: &str) -> Option<Published> {
    let variational = match kind {
        "vae" => true,
        "ae" => false,
        _ => return None,
    };
    Some(Published {
        architecture: Architecture::Vae(VaeConfig { variational, ..VaeConfig::PAPER }),
        preprocess: preprocess(64, 1.0, Normalise::NONE, Filter::Bilinear),
        default_layer: Layer::last(Pool::Latent),
    })
}
