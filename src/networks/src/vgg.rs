//! VGG19's features, so that the textures of two pictures can be compared as Gatys et al. (2015) do.
//!
//! Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2015),
//! configuration E without its classifier. Layers are named as in that literature: `relu3_2` is what follows the
//! second convolution of the third block, `pool3` what ends that block. As an observer of trials the network stands in
//! [`crate::vgg_observer`].

use std::fmt;
use std::str::FromStr;

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::module::{avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, assert_shape};

use crate::layers::{Activation, convolution};

/// Convolutions in each of the five blocks.
const CONVOLUTIONS: [usize; 5] = [2, 2, 4, 4, 4];

/// How a block ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// As VGG19 was trained.
    Max,
    /// As Gatys et al. (2015) replace it, for smoother gradients.
    Average,
}

/// The numbers that fix a VGG19's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VggConfig {
    /// Channels of each block.
    pub widths: [usize; 5],
    /// How a block ends.
    pub pooling: Pooling,
}

impl VggConfig {
    /// VGG19 at its published widths.
    pub fn vgg19(pooling: Pooling) -> Self {
        Self { widths: [64, 128, 256, 512, 512], pooling }
    }

    /// A network of this shape on `device`, its weights drawn lazily: load weights over it before the first pass.
    pub fn init(&self, device: &Device) -> Vgg {
        let convs = convolutions(CONVOLUTIONS, self.widths, device);
        Vgg { convs, average: self.pooling == Pooling::Average }
    }
}

/// The convolutions of all blocks, first to last, 3 × 3 with a margin of 1: so many a block, of so many channels.
pub(crate) fn convolutions(counts: [usize; 5], widths: [usize; 5], device: &Device) -> Vec<Conv2d> {
    let mut from = 3;
    let widths = counts.into_iter().zip(widths).flat_map(|(count, width)| std::iter::repeat_n(width, count));
    let convs = widths.map(|to| {
        let config =
            Conv2dConfig::new([from, to], [3, 3]).with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1));
        from = to;
        config.init(device)
    });
    convs.collect()
}

/// What ends a block: half the height and width, rounded down.
///
/// # Panics
/// When the map is too small to be pooled.
pub(crate) fn pooled(x: Tensor<4>, pooling: Pooling) -> Tensor<4> {
    let [_, _, h, w] = x.dims();
    assert!(h.min(w) >= 2, "a map of {w} × {h} px cannot be pooled");
    match pooling {
        Pooling::Average => avg_pool2d(x, AvgPoolOptions::new([2, 2])),
        Pooling::Max => max_pool2d(x, MaxPoolOptions::new([2, 2])),
    }
}

/// A place where the network can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
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

impl Layer {
    /// Every layer, from the picture upwards.
    pub fn all() -> impl Iterator<Item = Self> {
        CONVOLUTIONS.into_iter().zip(1..).flat_map(|(count, block)| {
            (1..=count).map(move |conv| Self::Relu { block, conv }).chain([Self::Pool(block)])
        })
    }

    /// Side of the square of the picture that one number of this layer sees, in pixels.
    ///
    /// A 3 × 3 convolution adds two steps of its block, a 2 × 2 pooling one; a block's step is 2^(block − 1) px.
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

impl fmt::Display for Layer {
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

impl FromStr for Layer {
    type Err = NoSuchLayer;

    fn from_str(name: &str) -> Result<Self, NoSuchLayer> {
        Self::all().find(|layer| layer.to_string() == name).ok_or_else(|| NoSuchLayer(name.to_owned()))
    }
}

/// VGG19 without its classifier.
#[derive(Module, Debug)]
pub struct Vgg {
    /// The 16 convolutions, 3 × 3 with a margin of 1, first to last.
    pub convs: Vec<Conv2d>,
    average: bool,
}

impl Vgg {
    /// What `layers` hold, in the order asked for; nothing above the highest of them is computed.
    ///
    /// # Shapes
    /// - `pictures`: `[b, 3, h, w]`, normalised by ImageNet's mean and standard deviation
    /// - output: `[b, widths[block], h / s, w / s]` each, `s` being 2^(block − 1), for a pooling 2^block, rounded down
    ///
    /// # Panics
    /// When a picture has not three channels, or is too small to be pooled so often.
    pub fn read(&self, pictures: Tensor<4>, layers: &[Layer]) -> Vec<Tensor<4>> {
        assert_shape!(pictures, [_, 3, _, _]);
        let mut found = vec![None; layers.len()];
        let mut convs = self.convs.iter();
        let pooling = if self.average { Pooling::Average } else { Pooling::Max };
        let mut x = pictures;
        for layer in Layer::all() {
            if found.iter().all(Option::is_some) {
                break;
            }
            // A pooling stands for no convolution; every other layer takes the next one.
            let conv = if matches!(layer, Layer::Pool(_)) { None } else { convs.next() };
            x = match conv {
                Some(conv) => convolution(conv, x, Activation::Relu),
                None => pooled(x, pooling),
            };
            for (place, wanted) in found.iter_mut().zip(layers) {
                if *wanted == layer {
                    *place = Some(x.clone());
                }
            }
        }
        found.into_iter().flatten().collect()
    }
}
