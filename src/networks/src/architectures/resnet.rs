//! The ResNet, the field's common yardstick: He et al., "Deep Residual Learning for Image Recognition"
//! (2016), stride in the 3 × 3 convolution as in torchvision.

use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::MaxPool2dConfig;
use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::config::{ArchitectureConfig, PublicName};
use super::residual::{self, Block, ResidualNetwork, STAGES};
use crate::bad_config::BadConfig;
use crate::layout::{FileKeys, Layout, replaced, without_model};
use crate::preprocess::{Normalise, Preprocess};
use crate::readout::{Layer, Site};
use crate::resize::Filter;

/// The numbers that fix a ResNet's shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResNetConfig {
    /// Side of the square input picture, in pixels; a multiple of 32.
    pub image_px: usize,
    /// Blocks of each stage.
    pub depths: [usize; STAGES],
    /// Channels of the stem; stage `s` works with `width · 2^s`.
    pub width: usize,
    /// Three convolutions a block, the last of them four times as wide (ResNet-50), in place of two
    /// (ResNet-18).
    pub bottleneck: bool,
}

impl ArchitectureConfig for ResNetConfig {
    type Network = ResidualNetwork;

    fn check(&self) -> Result<(), BadConfig> {
        let fits = self.image_px.is_multiple_of(32) && (32..=1024).contains(&self.image_px);
        BadConfig::unless(fits, "image_px", self.image_px, "it must be a multiple of 32, at most 1024")?;
        for depth in self.depths {
            BadConfig::unless((1..=64).contains(&depth), "depths", depth, "each must lie in 1..=64")?;
        }
        BadConfig::unless((1..=256).contains(&self.width), "width", self.width, "it must lie in 1..=256")
    }

    fn init(&self, device: &Device) -> Result<ResidualNetwork, BadConfig> {
        self.check()?;
        let mut from = self.width;
        let mut stage = |s: usize| {
            let inner = self.width << s;
            let to = if self.bottleneck { 4 * inner } else { inner };
            (0..self.depths[s])
                .map(|i| {
                    let stride = if s > 0 && i == 0 { 2 } else { 1 };
                    let block = block(from, inner, to, stride, self.bottleneck, device);
                    from = to;
                    block
                })
                .collect()
        };
        Ok(ResidualNetwork {
            layer1: stage(0),
            layer2: stage(1),
            layer3: stage(2),
            layer4: stage(3),
            conv1: conv(3, self.width, 7, 2, device),
            conv2: None,
            max_pool: Some(
                MaxPool2dConfig::new([3, 3])
                    .with_strides([2, 2])
                    .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                    .init(),
            ),
            image_px: self.image_px,
        })
    }

    fn published(name: &PublicName<'_>) -> Option<(Self, Preprocess)> {
        let (depths, bottleneck) = match name.base {
            "resnet18" => ([2, 2, 2, 2], false),
            "resnet34" => ([3, 4, 6, 3], false),
            "resnet50" => ([3, 4, 6, 3], true),
            "resnet101" => ([3, 4, 23, 3], true),
            "resnet152" => ([3, 8, 36, 3], true),
            _ => return None,
        };
        let config = Self { image_px: 224, depths, width: 64, bottleneck };
        // timm's recipes resample bicubically from 235 px, torchvision's bilinearly from 256.
        let is_torchvisions = name.tag.starts_with("tv");
        let (share, filter) =
            if is_torchvisions { (0.875, Filter::Bilinear) } else { (0.95, Filter::Bicubic) };
        Some((config, Preprocess::cropped(224, share, Normalise::IMAGENET, filter)))
    }

    fn examples() -> &'static [&'static str] {
        &["resnet50"]
    }

    fn image_px(&self) -> usize {
        self.image_px
    }

    fn set_image_px(&mut self, px: usize) {
        self.image_px = px;
    }

    fn layers(&self) -> Vec<Layer> {
        Layer::of_stages(STAGES)
    }

    fn side_at(&self, site: Site) -> Option<usize> {
        Some(self.image_px >> (site.stage(STAGES)? + 2))
    }

    fn key(&self, key: &str, file: &FileKeys) -> Option<String> {
        match file.layout {
            Layout::HuggingFace => of_hugging_face(key).map(|key| residual::key(&key)),
            _ => Some(residual::key(key)),
        }
    }

    fn convolution_of(&self, norm: &str) -> Option<String> {
        residual::convolution_of(norm)
    }

    fn adapt_to(&mut self, layout: Layout, _is_tagged: bool, preprocess: &mut Preprocess) {
        if layout == Layout::Torchvision {
            *preprocess = Preprocess::cropped(self.image_px, 0.875, Normalise::IMAGENET, Filter::Bilinear);
        }
    }
}

/// A square convolution that keeps the size, but for its stride.
fn conv(from: usize, to: usize, px: usize, stride: usize, device: &Device) -> Conv2d {
    let pad = px / 2;
    Conv2dConfig::new([from, to], [px, px])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(pad, pad, pad, pad))
        .init(device)
}

/// Two convolutions of 3 × 3, the first with the stride; in a bottleneck 1 × 1, 3 × 3 with the stride,
/// 1 × 1.
fn block(from: usize, inner: usize, to: usize, stride: usize, bottleneck: bool, device: &Device) -> Block {
    let (conv1, conv2) = if bottleneck {
        (conv(from, inner, 1, 1, device), conv(inner, inner, 3, stride, device))
    } else {
        (conv(from, inner, 3, stride, device), conv(inner, inner, 3, 1, device))
    };
    Block {
        conv1,
        conv2,
        conv3: bottleneck.then(|| conv(inner, to, 1, 1, device)),
        downsample: (stride > 1 || from != to).then(|| conv(from, to, 1, stride, device)),
    }
}

/// `encoder.stages.0.layers.1.layer.2.convolution.weight` → `layer1.1.conv3.weight`
fn of_hugging_face(key: &str) -> Option<String> {
    let key = without_model(key);
    if let Some(stem) = key.strip_prefix("embedder.embedder.") {
        return Some(replaced(stem, &[("convolution.", "conv1."), ("normalization.", "bn1.")]));
    }
    let rest = key.strip_prefix("encoder.stages.")?;
    let parts: Vec<&str> = rest.split('.').collect();
    let [stage, "layers", block, inner @ ..] = &parts[..] else { return None };
    let stage = stage.parse::<usize>().ok()?.checked_add(1)?;
    let inner = match inner {
        ["shortcut", "convolution", part] => format!("downsample.0.{part}"),
        ["shortcut", "normalization", part] => format!("downsample.1.{part}"),
        ["layer", number, kind, part] => {
            let number = number.parse::<usize>().ok()?.checked_add(1)?;
            let kind = if *kind == "convolution" { "conv" } else { "bn" };
            format!("{kind}{number}.{part}")
        }
        _ => return None,
    };
    Some(format!("layer{stage}.{block}.{inner}"))
}
