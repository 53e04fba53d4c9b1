//! MobileNetV2: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (2018), as in
//! torchvision.
//!
//! Seven stages of inverted residuals between a stem and a head of 1 × 1. Batch norms are folded into
//! the convolutions before them. Stages are the rows of the paper's table 2; Top-K sparsity acts
//! between them, and not before the head.

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor, assert_shape};
use serde::{Deserialize, Serialize};

use super::config::{ArchitectureConfig, PublicName, ReadableNetwork};
use crate::activation::Activation;
use crate::bad_config::BadConfig;
use crate::layers::convolution;
use crate::layout::FileKeys;
use crate::preprocess::{Normalise, Preprocess};
use crate::readout::{Layer, Site};
use crate::resize::Filter;
use crate::sparsity::{TopK, through_stages};

/// Stages between stem and head.
pub(crate) const STAGES: usize = 7;
/// How much a block of each stage widens its input inside.
pub(crate) const EXPANSIONS: [usize; STAGES] = [1, 6, 6, 6, 6, 6, 6];
/// The stride of the first block of each stage.
pub(crate) const STRIDES: [usize; STAGES] = [1, 2, 2, 2, 1, 2, 1];

/// The numbers that fix a MobileNetV2's shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MobileNetV2Config {
    /// Side of the square input picture, in pixels; a multiple of 32.
    pub image_px: usize,
    /// Channels of the stem.
    pub stem_width: usize,
    /// Blocks of each stage.
    pub depths: [usize; STAGES],
    /// Channels of each stage.
    pub widths: [usize; STAGES],
    /// Channels of the head, which the classifier would see.
    pub head_width: usize,
}

impl MobileNetV2Config {
    /// At its published widths and 224 px.
    pub const PAPER: Self = Self {
        image_px: 224,
        stem_width: 32,
        depths: [1, 2, 3, 4, 3, 3, 1],
        widths: [16, 24, 32, 64, 96, 160, 320],
        head_width: 1280,
    };
}

impl ArchitectureConfig for MobileNetV2Config {
    type Network = MobileNetV2;

    fn check(&self) -> Result<(), BadConfig> {
        let bad = BadConfig::unless;
        let fits = self.image_px.is_multiple_of(32) && (32..=1024).contains(&self.image_px);
        bad(fits, "image_px", self.image_px, "it must be a multiple of 32, at most 1024")?;
        bad((1..=512).contains(&self.stem_width), "stem_width", self.stem_width, "it must lie in 1..=512")?;
        for (depth, width) in self.depths.into_iter().zip(self.widths) {
            bad((1..=64).contains(&depth), "depths", depth, "each must lie in 1..=64")?;
            bad((1..=1024).contains(&width), "widths", width, "each must lie in 1..=1024")?;
        }
        bad((1..=8192).contains(&self.head_width), "head_width", self.head_width, "it must lie in 1..=8192")
    }

    fn init(&self, device: &Device) -> Result<MobileNetV2, BadConfig> {
        self.check()?;
        let (mut from, mut blocks) = (self.stem_width, Vec::new());
        for stage in 0..STAGES {
            let to = self.widths[stage];
            for i in 0..self.depths[stage] {
                let stride = if i == 0 { STRIDES[stage] } else { 1 };
                blocks.push(Block::init(from, to, EXPANSIONS[stage], stride, device));
                from = to;
            }
        }
        Ok(MobileNetV2 {
            stem: conv([3, self.stem_width], 3, 2, 1, device),
            blocks,
            head: conv([from, self.head_width], 1, 1, 1, device),
            depths: self.depths.to_vec(),
            image_px: self.image_px,
        })
    }

    /// torchvision's name.
    fn published(name: &PublicName<'_>) -> Option<(Self, Preprocess)> {
        let preprocess = Preprocess::cropped(224, 0.875, Normalise::IMAGENET, Filter::Bilinear);
        (name.base == "mobilenet_v2").then_some((Self::PAPER, preprocess))
    }

    fn examples() -> &'static [&'static str] {
        &["mobilenet_v2"]
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
        let strides = &STRIDES[..=site.stage(STAGES)?];
        Some(self.image_px / 2 / strides.iter().product::<usize>())
    }

    /// Every 3 × 3 convolution adds two of its input's positions: the stem, and one in each block.
    fn receptive_px(&self, site: Site) -> Option<usize> {
        let (mut seen_px, mut step_px) = (3, 2);
        for (stride, depth) in STRIDES.into_iter().zip(self.depths).take(site.stage(STAGES)? + 1) {
            for block in 0..depth {
                seen_px += 2 * step_px;
                step_px *= if block == 0 { stride } else { 1 };
            }
        }
        Some(seen_px)
    }

    /// torchvision's names, and those of an older, flat layout: `features.N.conv.K` with 0 and 1 the
    /// expansion and its norm, 3 and 4 the depthwise convolution and its norm, 6 and 7 the projection
    /// and its norm.
    fn key(&self, key: &str, file: &FileKeys) -> Option<String> {
        let Some(rest) = key.strip_prefix("features.") else {
            return Some(key.replace("classifier.", "fc."));
        };
        let (number, inside) = rest.split_once('.')?;
        let number: usize = number.parse().ok()?;
        let blocks: usize = self.depths.iter().sum();
        let (part, parameter) = inside.rsplit_once('.')?;
        let name = match (number, part) {
            (0, "0") => "stem".to_owned(),
            (0, "1") => "stem_norm".to_owned(),
            (_, "0") if number == blocks + 1 => "head".to_owned(),
            (_, "1") if number == blocks + 1 => "head_norm".to_owned(),
            _ => {
                let expands = number > self.depths[0];
                let is_flat = file.has(&format!("features.{number}.conv.0.weight"));
                let part = part.strip_prefix("conv.")?;
                format!("blocks.{}.{}", number.checked_sub(1)?, block_part(part, expands, is_flat)?)
            }
        };
        Some(format!("{name}.{parameter}"))
    }

    fn convolution_of(&self, norm: &str) -> Option<String> {
        norm.strip_suffix("_norm").map(str::to_owned)
    }
}

/// Our name of a part of a block; blocks of the first stage have no expansion.
fn block_part(part: &str, expands: bool, is_flat: bool) -> Option<&'static str> {
    Some(match (is_flat, expands, part) {
        (false, true, "0.0") | (true, true, "0") => "expand",
        (false, true, "0.1") | (true, true, "1") => "expand_norm",
        (false, true, "1.0") | (false, false, "0.0") | (true, true, "3") | (true, false, "0") => "depthwise",
        (false, true, "1.1") | (false, false, "0.1") | (true, true, "4") | (true, false, "1") => {
            "depthwise_norm"
        }
        (false, true, "2") | (false, false, "1") | (true, true, "6") | (true, false, "3") => "project",
        (false, true, "3") | (false, false, "2") | (true, true, "7") | (true, false, "4") => "project_norm",
        _ => return None,
    })
}

/// A square convolution that keeps the size, but for its stride.
fn conv([from, to]: [usize; 2], px: usize, stride: usize, groups: usize, device: &Device) -> Conv2d {
    let pad = px / 2;
    Conv2dConfig::new([from, to], [px, px])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(pad, pad, pad, pad))
        .with_groups(groups)
        .init(device)
}

/// A MobileNetV2 without its classifier.
#[derive(Module, Debug)]
pub struct MobileNetV2 {
    /// `[stem_width, 3, 3, 3]`, stride 2.
    pub stem: Conv2d,
    /// The inverted residuals, first to last, over all stages.
    pub blocks: Vec<Block>,
    /// `[head_width, widths[6], 1, 1]`
    pub head: Conv2d,
    depths: Vec<usize>,
    image_px: usize,
}

impl MobileNetV2 {
    /// The map after stage `last`, with Top-K sparsity between stages when asked for.
    ///
    /// # Shapes
    /// `[b, 3, px, px]` → `[b, c, h, h]`
    pub fn forward_to(&self, pictures: Tensor<4>, last: usize, top_k: Option<TopK>) -> Tensor<4> {
        assert_shape!(pictures, [_, 3, self.image_px, self.image_px]);
        let map = convolution(&self.stem, pictures, Activation::Relu6);
        let mut rest = &self.blocks[..];
        let stages = self.depths.iter().map(|&depth| {
            let (stage, after) = rest.split_at(depth);
            rest = after;
            stage
        });
        through_stages(map, stages, last, top_k, |stage, map| {
            stage.iter().fold(map, |map, block| block.forward(map))
        })
    }
}

impl ReadableNetwork for MobileNetV2 {
    /// The mean over the positions of a stage or of the head, or all of them.
    fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
        let map = self.forward_to(pictures, layer.stage(STAGES), top_k);
        layer.of_map(match layer.site {
            Site::Norm => convolution(&self.head, map, Activation::Relu6),
            _ => map,
        })
    }
}

/// An inverted residual: widened, convolved channel by channel, narrowed without a rectifier, and the
/// input added where the shape stays.
#[derive(Module, Debug)]
pub struct Block {
    /// `[inner, from, 1, 1]`; not in the first stage.
    pub expand: Option<Conv2d>,
    /// `[inner, 1, 3, 3]`, with the stride.
    pub depthwise: Conv2d,
    /// `[to, inner, 1, 1]`
    pub project: Conv2d,
    adds_input: bool,
}

impl Block {
    fn init(from: usize, to: usize, expansion: usize, stride: usize, device: &Device) -> Self {
        let inner = expansion * from;
        Self {
            expand: (expansion > 1).then(|| conv([from, inner], 1, 1, 1, device)),
            depthwise: conv([inner, inner], 3, stride, inner, device),
            project: conv([inner, to], 1, 1, 1, device),
            adds_input: stride == 1 && from == to,
        }
    }

    /// # Shapes
    /// `[b, from, h, w]` → `[b, to, h / stride, w / stride]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let inner = match &self.expand {
            Some(expand) => convolution(expand, x.clone(), Activation::Relu6),
            None => x.clone(),
        };
        let inner = convolution(&self.depthwise, inner, Activation::Relu6);
        let out = convolution(&self.project, inner, Activation::None);
        if self.adds_input { x + out } else { out }
    }
}
