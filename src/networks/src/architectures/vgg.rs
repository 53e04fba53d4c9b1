//! The VGG: an observer of trials, and the network whose features texture synthesis matches.
//!
//! Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2015),
//! configurations A, B, D and E without their classifier. As an observer it is read after each pooling
//! and takes Top-K sparsity there (DiSRT, 2025). For synthesis (Gatys et al. 2015) every rectifier and
//! pooling of a picture of any size can be read, and poolings may average. Those layers are named as in
//! that literature: `relu3_2` follows the second convolution of the third block, `pool3` ends that
//! block.

use std::fmt;
use std::ops::ControlFlow::{self, Break, Continue};
use std::str::FromStr;

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::module::{avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, assert_shape};
use serde::{Deserialize, Serialize};

use super::config::{ArchitectureConfig, PublicName, ReadableNetwork};
use crate::activation::Activation;
use crate::bad_config::BadConfig;
use crate::layers::convolution;
use crate::layout::{FileKeys, replaced};
use crate::preprocess::{Normalise, Preprocess};
use crate::readout::{Layer, Site};
use crate::resize::Filter;
use crate::sparsity::TopK;

/// Stages of every VGG; each ends with a pooling.
const STAGES: usize = 5;
/// Convolutions of each stage of VGG19.
const VGG19_DEPTHS: [usize; STAGES] = [2, 2, 4, 4, 4];
/// Channels of each stage, as published.
const WIDTHS: [usize; STAGES] = [64, 128, 256, 512, 512];

/// How a stage ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// As every VGG was trained.
    #[default]
    Max,
    /// As Gatys et al. (2015) replace it, for smoother gradients.
    Average,
}

/// The numbers that fix a VGG's shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VggConfig {
    /// Side of the square input picture of an observer, in pixels; a multiple of 32.
    pub image_px: usize,
    /// Convolutions of each stage.
    pub depths: [usize; STAGES],
    /// Channels of each stage.
    pub widths: [usize; STAGES],
    /// How a stage ends.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub pooling: Pooling,
}

impl VggConfig {
    /// VGG19 at its published widths.
    pub const fn vgg19(pooling: Pooling) -> Self {
        Self { image_px: 224, depths: VGG19_DEPTHS, widths: WIDTHS, pooling }
    }
}

impl ArchitectureConfig for VggConfig {
    type Network = Vgg;

    fn check(&self) -> Result<(), BadConfig> {
        let bad = BadConfig::unless;
        let fits = self.image_px.is_multiple_of(32) && (32..=1024).contains(&self.image_px);
        bad(fits, "image_px", self.image_px, "it must be a multiple of 32, at most 1024")?;
        for (depth, width) in self.depths.into_iter().zip(self.widths) {
            bad((1..=16).contains(&depth), "depths", depth, "each must lie in 1..=16")?;
            bad((1..=2048).contains(&width), "widths", width, "each must lie in 1..=2048")?;
        }
        Ok(())
    }

    fn init(&self, device: &Device) -> Result<Vgg, BadConfig> {
        self.check()?;
        let (mut from, mut features) = (3, Vec::new());
        for (depth, to) in self.depths.into_iter().zip(self.widths) {
            for _ in 0..depth {
                let config =
                    Conv2dConfig::new([from, to], [3, 3]).with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1));
                features.extend([Some(config.init(device)), None]);
                from = to;
            }
            features.push(None);
        }
        let average = self.pooling == Pooling::Average;
        Ok(Vgg { features, depths: self.depths.to_vec(), average, image_px: self.image_px })
    }

    fn published(name: &PublicName<'_>) -> Option<(Self, Preprocess)> {
        let depths = match name.base {
            "vgg11" => [1, 1, 2, 2, 2],
            "vgg13" => [2, 2, 2, 2, 2],
            "vgg16" => [2, 2, 3, 3, 3],
            "vgg19" => VGG19_DEPTHS,
            _ => return None,
        };
        let config = Self { depths, ..Self::vgg19(Pooling::Max) };
        Some((config, Preprocess::cropped(224, 0.875, Normalise::IMAGENET, Filter::Bilinear)))
    }

    fn examples() -> &'static [&'static str] {
        &["vgg19"]
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
        Some(self.image_px >> (site.stage(STAGES)? + 1))
    }

    /// timm's fully connected layers, and torchvision's, are a head.
    fn key(&self, key: &str, _file: &FileKeys) -> Option<String> {
        Some(replaced(key, &[("pre_logits.", "head."), ("classifier.", "head.")]))
    }
}

/// A layer of a VGG, as texture synthesis names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VggLayer {
    /// After the rectifier that follows a convolution.
    Relu {
        /// Block, 1 to 5.
        block: usize,
        /// Convolution in the block, from 1.
        conv: usize,
    },
    /// After the pooling that ends a block, 1 to 5.
    Pool(usize),
}

impl VggLayer {
    /// Every layer of VGG19, from the picture upwards.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::of(&VGG19_DEPTHS)
    }

    /// Every layer of a VGG, by its number of convolutions in each block.
    fn of(depths: &[usize]) -> impl Iterator<Item = Self> {
        depths.iter().zip(1..).flat_map(|(&depth, block)| {
            (1..=depth).map(move |conv| Self::Relu { block, conv }).chain([Self::Pool(block)])
        })
    }

    /// Side of the square of the picture that one number of this layer of VGG19 sees, in pixels.
    ///
    /// A 3 × 3 convolution adds two steps of its block, a 2 × 2 pooling one; a block's step is 2^(block
    /// − 1) px.
    pub fn receptive_field_px(self) -> usize {
        let mut field_px = 1;
        for layer in Self::all() {
            field_px += match layer {
                Self::Relu { block, .. } => 2 << (block - 1),
                Self::Pool(block) => 1 << (block - 1),
            };
            if layer == self {
                break;
            }
        }
        field_px
    }
}

impl fmt::Display for VggLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relu { block, conv } => write!(f, "relu{block}_{conv}"),
            Self::Pool(block) => write!(f, "pool{block}"),
        }
    }
}

/// A name that no layer has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("VGG19 has no layer `{0}`; its layers are relu1_1, relu1_2, pool1, … relu5_4, pool5")]
pub struct NoSuchLayer(String);

impl FromStr for VggLayer {
    type Err = NoSuchLayer;

    fn from_str(name: &str) -> Result<Self, NoSuchLayer> {
        Self::all().find(|layer| layer.to_string() == name).ok_or_else(|| NoSuchLayer(name.to_owned()))
    }
}

/// A VGG without its classifier.
#[derive(Module, Debug)]
pub struct Vgg {
    /// The convolutions, 3 × 3 with a margin of 1, and `None` where a rectifier or a pooling stands, so
    /// that indices are those of the checkpoints' keys.
    pub features: Vec<Option<Conv2d>>,
    depths: Vec<usize>,
    average: bool,
    image_px: usize,
}

impl Vgg {
    /// The maps of `layers` in the order asked for; nothing above the highest of them is computed.
    ///
    /// # Shapes
    /// - `pictures`: `[b, 3, h, w]`, normalised by ImageNet's mean and standard deviation
    /// - output: `[b, widths[block], h / s, w / s]` each, `s` being 2^(block − 1), for a pooling
    ///   2^block, rounded down
    ///
    /// # Panics
    /// When a picture has not three channels, or is too small to be pooled as often as the layers need.
    pub fn maps(&self, pictures: Tensor<4>, layers: &[VggLayer]) -> Vec<Tensor<4>> {
        assert_shape!(pictures, [_, 3, _, _]);
        let mut found = vec![None; layers.len()];
        if !layers.is_empty() {
            self.walk(pictures, |layer, map| {
                for (slot, _) in found.iter_mut().zip(layers).filter(|(_, wanted)| **wanted == layer) {
                    *slot = Some(map.clone());
                }
                if found.iter().all(Option::is_some) { Break(map) } else { Continue(map) }
            });
        }
        found.into_iter().flatten().collect()
    }

    /// The map after the pooling of stage `last`. Top-K sparsity acts after every pooling, including
    /// this one.
    ///
    /// # Shapes
    /// `[b, 3, px, px]` → `[b, c, px / 2^(last + 1), px / 2^(last + 1)]`
    pub fn forward_to(&self, pictures: Tensor<4>, last: usize, top_k: Option<TopK>) -> Tensor<4> {
        assert_shape!(pictures, [_, 3, self.image_px, self.image_px]);
        self.walk(pictures, |layer, map| {
            let VggLayer::Pool(block) = layer else { return Continue(map) };
            let map = match top_k {
                Some(top_k) => top_k.apply_map(map),
                None => map,
            };
            if block > last { Break(map) } else { Continue(map) }
        })
    }

    /// Goes through the layers from the picture upwards. `visit` gets every layer's map and hands on
    /// the map to go on with, or to end with.
    fn walk(
        &self,
        pictures: Tensor<4>,
        mut visit: impl FnMut(VggLayer, Tensor<4>) -> ControlFlow<Tensor<4>, Tensor<4>>,
    ) -> Tensor<4> {
        let mut convs = self.features.iter().flatten();
        let mut map = pictures;
        for layer in VggLayer::of(&self.depths) {
            // Every layer but a pooling takes the next convolution.
            let conv = if matches!(layer, VggLayer::Pool(_)) { None } else { convs.next() };
            map = match conv {
                Some(conv) => convolution(conv, map, Activation::Relu),
                None => self.pooled(map),
            };
            map = match visit(layer, map) {
                Continue(map) => map,
                Break(map) => return map,
            };
        }
        map
    }

    /// Half the height and width, rounded down.
    fn pooled(&self, map: Tensor<4>) -> Tensor<4> {
        let [_, _, h, w] = map.dims();
        assert!(h.min(w) >= 2, "a map of {w} × {h} px cannot be pooled");
        if self.average {
            avg_pool2d(map, AvgPoolOptions::new([2, 2]))
        } else {
            max_pool2d(map, MaxPoolOptions::new([2, 2]))
        }
    }
}

impl ReadableNetwork for Vgg {
    /// The mean over the positions after a stage's pooling, or all of them.
    fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
        layer.of_map(self.forward_to(pictures, layer.stage(STAGES), top_k))
    }
}
