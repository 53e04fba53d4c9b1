//! BagNet: a ResNet that sees only small patches, the local control on every test of arrangement.
//!
//! Brendel and Bethge, "Approximating CNNs with Bag-of-local-Features models works surprisingly well on
//! ImageNet" (2019). Nearly all 3 × 3 convolutions of a ResNet-50 are 1 × 1 here and none is padded, so
//! that a position of the last map sees 9, 17 or 33 px and the picture's vector is a plain mean over
//! positions, which lie 8 px apart.

use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::config::{ArchitectureConfig, PublicName};
use super::residual::{self, Block, ResidualNetwork, STAGES};
use crate::bad_config::BadConfig;
use crate::layout::FileKeys;
use crate::preprocess::{Normalise, Preprocess};
use crate::readout::{Layer, Site};
use crate::resize::Filter;

/// The numbers that fix a BagNet's shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BagNetConfig {
    /// Side of the square input picture, in pixels.
    pub image_px: usize,
    /// What one position of the last map sees, in pixels: 9, 17 or 33.
    pub receptive_px: usize,
    /// Blocks of each stage.
    pub depths: [usize; STAGES],
    /// Channels of the stem; stage `s` works with `width · 2^s` and gives four times as many.
    pub width: usize,
}

/// The first block's stride, stage by stage.
const STRIDES: [usize; STAGES] = [2, 2, 2, 1];

impl BagNetConfig {
    /// Stages whose first block looks beyond its position: each adds to what a position sees.
    fn wide_stages(&self) -> usize {
        match self.receptive_px {
            9 => 2,
            17 => 3,
            _ => 4,
        }
    }

    /// Positions along one side of the map after stage `last`.
    fn side_after(&self, last: usize) -> usize {
        (0..=last).fold(self.image_px - 2, |side, s| (side - self.first_px(s)) / STRIDES[s] + 1)
    }

    /// Side of the middle convolution of a stage's first block; all others are 1 × 1.
    fn first_px(&self, stage: usize) -> usize {
        if stage < self.wide_stages() { 3 } else { 1 }
    }
}

impl ArchitectureConfig for BagNetConfig {
    type Network = ResidualNetwork;

    fn check(&self) -> Result<(), BadConfig> {
        let bad = BadConfig::unless;
        bad((41..=1024).contains(&self.image_px), "image_px", self.image_px, "it must lie in 41..=1024")?;
        let known = [9, 17, 33].contains(&self.receptive_px);
        bad(known, "receptive_px", self.receptive_px, "it must be 9, 17 or 33")?;
        for depth in self.depths {
            bad((1..=64).contains(&depth), "depths", depth, "each must lie in 1..=64")?;
        }
        bad((1..=256).contains(&self.width), "width", self.width, "it must lie in 1..=256")
    }

    fn init(&self, device: &Device) -> Result<ResidualNetwork, BadConfig> {
        self.check()?;
        let mut from = self.width;
        let mut stage = |s: usize| {
            let inner = self.width << s;
            (0..self.depths[s])
                .map(|i| {
                    let stride = if i == 0 { STRIDES[s] } else { 1 };
                    let px = if i == 0 { self.first_px(s) } else { 1 };
                    let block = block(from, inner, px, stride, device);
                    from = 4 * inner;
                    block
                })
                .collect()
        };
        Ok(ResidualNetwork {
            layer1: stage(0),
            layer2: stage(1),
            layer3: stage(2),
            layer4: stage(3),
            conv1: Conv2dConfig::new([3, self.width], [1, 1]).with_bias(false).init(device),
            conv2: Some(conv(self.width, self.width, 3, 1, device)),
            max_pool: None,
            image_px: self.image_px,
        })
    }

    fn published(name: &PublicName<'_>) -> Option<(Self, Preprocess)> {
        let receptive_px = name.base.strip_prefix("bagnet")?.parse().ok()?;
        let config = Self { image_px: 224, receptive_px, depths: [3, 4, 6, 3], width: 64 };
        config.check().ok()?;
        Some((config, Preprocess::cropped(224, 0.875, Normalise::IMAGENET, Filter::Bilinear)))
    }

    fn examples() -> &'static [&'static str] {
        &["bagnet33"]
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
        Some(self.side_after(site.stage(STAGES)?))
    }

    fn key(&self, key: &str, _file: &FileKeys) -> Option<String> {
        Some(residual::key(key))
    }

    /// The first batch norm is behind the second convolution.
    fn convolution_of(&self, norm: &str) -> Option<String> {
        if norm == "bn1" { Some("conv2".into()) } else { residual::convolution_of(norm) }
    }
}

/// A square convolution without padding.
fn conv(from: usize, to: usize, px: usize, stride: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new([from, to], [px, px]).with_stride([stride, stride]).init(device)
}

/// A bottleneck whose middle convolution is 3 × 3 or 1 × 1 and never padded.
fn block(from: usize, inner: usize, px: usize, stride: usize, device: &Device) -> Block {
    Block {
        conv1: conv(from, inner, 1, 1, device),
        conv2: conv(inner, inner, px, stride, device),
        conv3: Some(conv(inner, 4 * inner, 1, 1, device)),
        downsample: (stride > 1 || from != 4 * inner).then(|| conv(from, 4 * inner, 1, stride, device)),
    }
}
