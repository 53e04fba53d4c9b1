//! timm's names of vision transformers.

use super::super::config::{ArchitectureConfig, PublicName};
use super::VitConfig;
use crate::preprocess::{Normalise, Preprocess};
use crate::resize::Filter;

/// Width, depth and heads by the name of a size.
pub(in super::super) fn size(name: &str) -> Option<VitConfig> {
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

/// `vit_SIZE_patchP[_clip[_quickgelu]]_PX`, `vit_SIZE_patchP[_reg4]_dinov2`, `deit_SIZE_patchP_PX`,
/// `deit3_SIZE_patchP_PX`.
pub(super) fn published(name: &PublicName<'_>) -> Option<(VitConfig, Preprocess)> {
    let [family @ ("vit" | "deit" | "deit3"), size, patch, kind @ ..] = &name.words[..] else { return None };
    let tag = name.tag;
    let patch_px = patch.strip_prefix("patch")?.parse().ok()?;
    let plain = VitConfig { patch_px, ..self::size(size)? };
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
            // timm's supervised vision transformers see colours from -1 to 1, the others ImageNet's
            // statistics.
            let half = *family == "vit" && !matches!(tag, "mae" | "dino");
            let config = VitConfig { image_px: px.parse().ok()?, layer_scale, ..plain };
            (config, if half { Normalise::HALF } else { Normalise::IMAGENET })
        }
        _ => return None,
    };
    config.check().ok()?;
    let share = if config.image_px > 224 { 1.0 } else { 0.9 };
    Some((config, Preprocess::cropped(config.image_px, share, normalise, Filter::Bicubic)))
}
