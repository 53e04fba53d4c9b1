//! The ResNet, the field's common yardstick, with its batch norms folded into the convolutions before them.
//!
//! He et al., "Deep Residual Learning for Image Recognition" (2016), stride in the 3 × 3 convolution as in torchvision,
//! whose keys the fields follow. A convolution's `weight` and `bias` here are those after folding
//! ([`gestalt_models::import`] does it): at inference a batch norm is a factor and a shift per channel.

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, assert_shape};
use serde::{Deserialize, Serialize};

use crate::bad_config::BadConfig;
use crate::layers::{Activation, convolution};
use crate::readout::Layer;
use crate::sparsity::{TopK, through_stages};

/// The numbers that fix a ResNet's shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResNetConfig {
    /// Side of the square input picture, in pixels; a multiple of 32.
    pub image_px: usize,
    /// Blocks of each stage.
    pub depths: [usize; 4],
    /// Channels of the stem; stage `s` works with `width · 2^s`.
    pub width: usize,
    /// Three convolutions a block, the last of them four times as wide (ResNet-50), in place of two (ResNet-18).
    pub bottleneck: bool,
}

impl ResNetConfig {
    /// Checks every number against limits.
    pub fn check(&self) -> Result<(), BadConfig> {
        let fits = self.image_px.is_multiple_of(32) && (32..=1024).contains(&self.image_px);
        BadConfig::unless(fits, "image_px", self.image_px, "it must be a multiple of 32, at most 1024")?;
        for depth in self.depths {
            BadConfig::unless((1..=64).contains(&depth), "depths", depth, "each must lie in 1..=64")?;
        }
        BadConfig::unless((1..=256).contains(&self.width), "width", self.width, "it must lie in 1..=256")
    }

    /// A network of this shape on `device`, its weights drawn lazily.
    pub fn init(&self, device: &Device) -> Result<ResNet, BadConfig> {
        self.check()?;
        let mut from = self.width;
        let mut stage = |s: usize| {
            let inner = self.width << s;
            let to = if self.bottleneck { 4 * inner } else { inner };
            (0..self.depths[s])
                .map(|i| {
                    let stride = if s > 0 && i == 0 { 2 } else { 1 };
                    let block = Block::init(from, inner, to, stride, self.bottleneck, device);
                    from = to;
                    block
                })
                .collect()
        };
        Ok(ResNet {
            layer1: stage(0),
            layer2: stage(1),
            layer3: stage(2),
            layer4: stage(3),
            conv1: conv(3, self.width, 7, 2, device),
            max_pool: MaxPool2dConfig::new([3, 3])
                .with_strides([2, 2])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(),
            image_px: self.image_px,
        })
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

/// A ResNet without its classifier.
#[derive(Module, Debug)]
pub struct ResNet {
    /// `[width, 3, 7, 7]`, stride 2.
    pub conv1: Conv2d,
    /// The first stage, at a quarter of the picture's side.
    pub layer1: Vec<Block>,
    /// At an eighth.
    pub layer2: Vec<Block>,
    /// At a sixteenth.
    pub layer3: Vec<Block>,
    /// At a thirty-second.
    pub layer4: Vec<Block>,
    max_pool: MaxPool2d,
    image_px: usize,
}

impl ResNet {
    /// The map after stage `last`, with Top-K sparsity between stages when asked for.
    ///
    /// # Shapes
    /// `[b, 3, px, px]` → `[b, c, px / 2^(last + 2), px / 2^(last + 2)]`
    pub fn forward_to(&self, pictures: Tensor<4>, last: usize, top_k: Option<TopK>) -> Tensor<4> {
        assert_shape!(pictures, [_, 3, self.image_px, self.image_px]);
        let map = self.max_pool.forward(convolution(&self.conv1, pictures, Activation::Relu));
        let stages = [&self.layer1, &self.layer2, &self.layer3, &self.layer4];
        through_stages(map, stages, last, top_k, |stage, map| {
            stage.iter().fold(map, |map, block| block.forward(map))
        })
    }

    /// One vector a picture: the mean over a stage's positions, or all of them.
    ///
    /// # Panics
    /// When the layer is none of a ResNet's.
    pub fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
        layer.of_map(self.forward_to(pictures, layer.stage(4), top_k))
    }
}

/// Two or three convolutions, and the input added, itself convolved where the shape changes.
#[derive(Module, Debug)]
pub struct Block {
    /// 3 × 3 with the stride; in a bottleneck 1 × 1.
    pub conv1: Conv2d,
    /// 3 × 3; in a bottleneck with the stride.
    pub conv2: Conv2d,
    /// 1 × 1, in a bottleneck only.
    pub conv3: Option<Conv2d>,
    /// 1 × 1 with the stride, where the shape changes. torchvision's `downsample.0`, folded with `downsample.1`.
    pub downsample: Option<Conv2d>,
}

impl Block {
    fn init(from: usize, inner: usize, to: usize, stride: usize, bottleneck: bool, device: &Device) -> Self {
        let (conv1, conv2) = if bottleneck {
            (conv(from, inner, 1, 1, device), conv(inner, inner, 3, stride, device))
        } else {
            (conv(from, inner, 3, stride, device), conv(inner, inner, 3, 1, device))
        };
        Self {
            conv1,
            conv2,
            conv3: bottleneck.then(|| conv(inner, to, 1, 1, device)),
            downsample: (stride > 1 || from != to).then(|| conv(from, to, 1, stride, device)),
        }
    }

    /// # Shapes
    /// `[b, from, h, w]` → `[b, to, h / stride, w / stride]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let inner = convolution(&self.conv1, x.clone(), Activation::Relu);
        let inner = match &self.conv3 {
            Some(conv3) => {
                let inner = convolution(&self.conv2, inner, Activation::Relu);
                convolution(conv3, inner, Activation::None)
            }
            None => convolution(&self.conv2, inner, Activation::None),
        };
        let shortcut = match &self.downsample {
            Some(conv) => convolution(conv, x, Activation::None),
            None => x,
        };
        relu(inner + shortcut)
    }
}
