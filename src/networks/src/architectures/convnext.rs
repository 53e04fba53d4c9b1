//! ConvNeXt V2, a convolutional network that can be trained by masking, as the transformers are.
//!
//! Woo et al., "ConvNeXt V2: Co-designing and Scaling ConvNets with Masked Autoencoders" (2023), as in
//! timm, whose keys the fields follow. Shapes: `b` pictures, `c` channels of a stage, `h × w` its
//! positions; the block works channels last.

use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor, assert_shape};
use serde::{Deserialize, Serialize};

use super::config::{ArchitectureConfig, PublicName, ReadableNetwork};
use crate::activation::Activation;
use crate::bad_config::BadConfig;
use crate::layers::{LayerNorm, convolution, linear, zeros};
use crate::layout::{FileKeys, Layout, replaced, without_model};
use crate::preprocess::{Normalise, Preprocess};
use crate::readout::{Layer, Pool, Site};
use crate::resize::Filter;
use crate::sparsity::{TopK, through_stages};

/// The numbers that fix a ConvNeXt V2's shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConvNextConfig {
    /// Side of the square input picture, in pixels; a multiple of 32.
    pub image_px: usize,
    /// Blocks of each stage.
    pub depths: [usize; 4],
    /// Channels of each stage.
    pub widths: [usize; 4],
    /// Whether the mean over the last stage is normalised; files trained by masking alone (FCMAE) lack
    /// that norm.
    pub head_norm: bool,
}

/// Epsilon of every layer norm.
pub(crate) const LN_EPS: f64 = 1e-6;

impl ArchitectureConfig for ConvNextConfig {
    type Network = ConvNext;

    fn check(&self) -> Result<(), BadConfig> {
        let fits = self.image_px.is_multiple_of(32) && (32..=1024).contains(&self.image_px);
        BadConfig::unless(fits, "image_px", self.image_px, "it must be a multiple of 32, at most 1024")?;
        for (depth, width) in self.depths.into_iter().zip(self.widths) {
            BadConfig::unless((1..=64).contains(&depth), "depths", depth, "each must lie in 1..=64")?;
            BadConfig::unless((1..=4096).contains(&width), "widths", width, "each must lie in 1..=4096")?;
        }
        Ok(())
    }

    fn init(&self, device: &Device) -> Result<ConvNext, BadConfig> {
        self.check()?;
        let norm = |width| LayerNorm::new(width, LN_EPS, device);
        let conv =
            |from, to, px: usize| Conv2dConfig::new([from, to], [px, px]).with_stride([px, px]).init(device);
        let stages = (0..4).map(|s| {
            let width = self.widths[s];
            Stage {
                downsample: (s > 0).then(|| (norm(self.widths[s - 1]), conv(self.widths[s - 1], width, 2))),
                blocks: (0..self.depths[s]).map(|_| Block::init(width, device)).collect(),
            }
        });
        Ok(ConvNext {
            stem: (conv(3, self.widths[0], 4), norm(self.widths[0])),
            stages: stages.collect(),
            head: Head { norm: self.head_norm.then(|| norm(self.widths[3])) },
            image_px: self.image_px,
        })
    }

    /// `convnextv2_SIZE`
    fn published(name: &PublicName<'_>) -> Option<(Self, Preprocess)> {
        let ["convnextv2", size] = name.words[..] else { return None };
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
        let config = Self { image_px: 224, depths, widths, head_norm: name.tag != "fcmae" };
        Some((config, Preprocess::cropped(224, 0.875, Normalise::IMAGENET, Filter::Bicubic)))
    }

    fn examples() -> &'static [&'static str] {
        &["convnextv2_tiny.fcmae"]
    }

    fn image_px(&self) -> usize {
        self.image_px
    }

    fn set_image_px(&mut self, px: usize) {
        self.image_px = px;
    }

    fn layers(&self) -> Vec<Layer> {
        Layer::of_stages(4)
    }

    fn side_at(&self, site: Site) -> Option<usize> {
        Some(self.image_px >> (site.stage(4)? + 2))
    }

    fn key(&self, key: &str, file: &FileKeys) -> Option<String> {
        match file.layout {
            Layout::Timm => Some(of_authors(key)),
            Layout::HuggingFace => of_hugging_face(key),
            Layout::Torchvision | Layout::OpenClip => Some(key.to_owned()),
        }
    }
}

/// A ConvNeXt V2 without its classifier.
#[derive(Module, Debug)]
pub struct ConvNext {
    /// Patches of 4 px → channels, and their norm.
    pub stem: (Conv2d, LayerNorm),
    /// The four stages.
    pub stages: Vec<Stage>,
    /// What comes after the mean over positions.
    pub head: Head,
    image_px: usize,
}

impl ConvNext {
    /// The map after stage `last`, with Top-K sparsity between stages when asked for.
    ///
    /// # Shapes
    /// `[b, 3, px, px]` → `[b, c, px / 2^(last + 2), px / 2^(last + 2)]`
    pub fn forward_to(&self, pictures: Tensor<4>, last: usize, top_k: Option<TopK>) -> Tensor<4> {
        assert_shape!(pictures, [_, 3, self.image_px, self.image_px]);
        let map = over_channels(&self.stem.1, convolution(&self.stem.0, pictures, Activation::None));
        through_stages(map, &self.stages, last, top_k, Stage::forward)
    }
}

impl ReadableNetwork for ConvNext {
    /// The mean over a stage's positions, or all of them.
    fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
        let pooled = layer.of_map(self.forward_to(pictures, layer.stage(4), top_k));
        match (&self.head.norm, layer) {
            (Some(norm), Layer { site: Site::Norm, pool: Pool::Mean }) => norm.forward(pooled),
            _ => pooled,
        }
    }
}

/// A layer norm over the channels of a map.
fn over_channels(norm: &LayerNorm, map: Tensor<4>) -> Tensor<4> {
    norm.forward(map.permute([0, 2, 3, 1])).permute([0, 3, 1, 2])
}

/// Blocks of one resolution.
#[derive(Module, Debug)]
pub struct Stage {
    /// Halves the map: norm, then a convolution of 2 × 2; not in the first stage.
    pub downsample: Option<(LayerNorm, Conv2d)>,
    /// The blocks.
    pub blocks: Vec<Block>,
}

impl Stage {
    /// # Shapes
    /// `[b, c', 2h, 2w]` → `[b, c, h, w]`; in the first stage `[b, c, h, w]` → `[b, c, h, w]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = match &self.downsample {
            Some((norm, conv)) => convolution(conv, over_channels(norm, x), Activation::None),
            None => x,
        };
        self.blocks.iter().fold(x, |x, block| block.forward(x))
    }
}

/// Depthwise 7 × 7, norm, widen by 4, GELU, response normalisation, narrow, and the input added.
#[derive(Module, Debug)]
pub struct Block {
    /// `[c, 1, 7, 7]`
    pub conv_dw: Conv2d,
    /// Over channels.
    pub norm: LayerNorm,
    /// The two-layer perceptron with response normalisation inside.
    pub mlp: Mlp,
}

impl Block {
    fn init(width: usize, device: &Device) -> Self {
        let conv_dw = Conv2dConfig::new([width, width], [7, 7])
            .with_groups(width)
            .with_padding(PaddingConfig2d::Explicit(3, 3, 3, 3));
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        Self {
            conv_dw: conv_dw.init(device),
            norm: LayerNorm::new(width, LN_EPS, device),
            mlp: Mlp {
                fc1: linear(width, 4 * width),
                grn: ResponseNorm { weight: zeros([4 * width], device), bias: zeros([4 * width], device) },
                fc2: linear(4 * width, width),
            },
        }
    }

    /// # Shapes
    /// `[b, c, h, w]` → `[b, c, h, w]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        // [b, h, w, c]
        let inner = convolution(&self.conv_dw, x.clone(), Activation::None);
        let inner = self.norm.forward(inner.permute([0, 2, 3, 1]));
        let inner = self.mlp.grn.forward(linear(&self.mlp.fc1, inner, Activation::Gelu));
        x + linear(&self.mlp.fc2, inner, Activation::None).permute([0, 3, 1, 2])
    }
}

/// The parts of a block that work on channels.
#[derive(Module, Debug)]
pub struct Mlp {
    /// `[c, 4c]`
    pub fc1: Linear,
    /// Between the two.
    pub grn: ResponseNorm,
    /// `[4c, c]`
    pub fc2: Linear,
}

/// Global response normalisation: every channel is weighed by how strongly it responds against the others.
#[derive(Module, Debug)]
pub struct ResponseNorm {
    /// `[4c]`
    pub weight: Param<Tensor<1>>,
    /// `[4c]`
    pub bias: Param<Tensor<1>>,
}

impl ResponseNorm {
    /// Woo et al. (2023), equations 1 to 3, with the input added.
    ///
    /// # Shapes
    /// `[b, h, w, c]` → `[b, h, w, c]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let response = x.clone().square().sum_dim(1).sum_dim(2).sqrt();
        let relative = response.clone() / (response.mean_dim(3) + LN_EPS);
        let over_channels = |parameter: &Param<Tensor<1>>| parameter.val().reshape([1, 1, 1, -1]);
        x.clone() + x * relative * over_channels(&self.weight) + over_channels(&self.bias)
    }
}

/// After the last stage.
#[derive(Module, Debug)]
pub struct Head {
    /// Of the mean over positions.
    pub norm: Option<LayerNorm>,
}

/// The names of the authors and of timm.
fn of_authors(key: &str) -> String {
    let mut parts: Vec<&str> = key.split('.').collect();
    // stages.0.1.… → stages.0.blocks.1.…
    let bare = parts.len() > 3 && parts[0] == "stages" && parts[2].parse::<usize>().is_ok();
    if bare {
        parts.insert(2, "blocks");
    }
    if parts[0] == "downsample_layers" && parts.len() > 2 {
        let (stage, place) = (parts[1], parts[2]);
        let rest = parts[3..].join(".");
        return match stage {
            "0" => format!("stem.{place}.{rest}"),
            _ => format!("stages.{stage}.downsample.{place}.{rest}"),
        };
    }
    let key = replaced(
        &parts.join("."),
        &[
            (".dwconv.", ".conv_dw."),
            (".pwconv", ".mlp.fc"),
            (".grn.gamma", ".mlp.grn.weight"),
            (".grn.beta", ".mlp.grn.bias"),
        ],
    );
    match key.as_str() {
        "norm.weight" | "norm.bias" => format!("head.{key}"),
        _ => key,
    }
}

fn of_hugging_face(key: &str) -> Option<String> {
    let key = without_model(key);
    if key.starts_with("classifier.") {
        return None;
    }
    Some(replaced(
        key,
        &[
            ("embeddings.patch_embeddings.", "stem.0."),
            ("embeddings.layernorm.", "stem.1."),
            ("encoder.stages.", "stages."),
            (".downsampling_layer.", ".downsample."),
            (".layers.", ".blocks."),
            (".dwconv.", ".conv_dw."),
            (".layernorm.", ".norm."),
            (".pwconv", ".mlp.fc"),
            (".grn.", ".mlp.grn."),
        ],
    ))
    .map(|key| if key.starts_with("layernorm.") { key.replace("layernorm.", "head.norm.") } else { key })
}
