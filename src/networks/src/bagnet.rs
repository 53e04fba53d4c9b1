//! BagNet: a ResNet that sees only small patches, the local control on every test of arrangement.
//!
//! Brendel and Bethge, "Approximating CNNs with Bag-of-local-Features models works surprisingly well on ImageNet" (2019).
//! Nearly all 3 × 3 convolutions of a ResNet-50 are 1 × 1 here and none is padded, so that a position of the last map sees
//! 9, 17 or 33 px and the picture's vector is a plain mean over positions. Field names follow the authors' keys; batch
//! norms are folded, as in [`crate::resnet`].

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, assert_shape};
use serde::{Deserialize, Serialize};

use crate::bad_config::BadConfig;
use crate::layers::{Activation, convolution};
use crate::readout::Layer;
use crate::sparsity::{TopK, through_stages};

/// The numbers that fix a BagNet's shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BagNetConfig {
    /// Side of the square input picture, in pixels.
    pub image_px: usize,
    /// What one position of the last map sees, in pixels: 9, 17 or 33.
    pub receptive_px: usize,
    /// Blocks of each stage.
    pub depths: [usize; 4],
    /// Channels of the stem; stage `s` works with `width · 2^s` and gives four times as many.
    pub width: usize,
}

/// The first block's stride, stage by stage.
const STRIDES: [usize; 4] = [2, 2, 2, 1];

impl BagNetConfig {
    /// Checks every number against limits.
    pub fn check(&self) -> Result<(), BadConfig> {
        let bad = BadConfig::unless;
        bad((41..=1024).contains(&self.image_px), "image_px", self.image_px, "it must lie in 41..=1024")?;
        let known = [9, 17, 33].contains(&self.receptive_px);
        bad(known, "receptive_px", self.receptive_px, "it must be 9, 17 or 33")?;
        for depth in self.depths {
            bad((1..=64).contains(&depth), "depths", depth, "each must lie in 1..=64")?;
        }
        bad((1..=256).contains(&self.width), "width", self.width, "it must lie in 1..=256")
    }

    /// Stages whose first block looks beyond its position: each adds to what a position sees.
    fn wide_stages(&self) -> usize {
        match self.receptive_px {
            9 => 2,
            17 => 3,
            _ => 4,
        }
    }

    /// Positions along one side of the map after stage `last`.
    pub(crate) fn side_after(&self, last: usize) -> usize {
        (0..=last).fold(self.image_px - 2, |side, s| (side - self.first_px(s)) / STRIDES[s] + 1)
    }

    /// Side of the middle convolution of a stage's first block; all others are 1 × 1.
    fn first_px(&self, stage: usize) -> usize {
        if stage < self.wide_stages() { 3 } else { 1 }
    }

    /// A network of this shape on `device`, its weights drawn lazily.
    pub fn init(&self, device: &Device) -> Result<BagNet, BadConfig> {
        self.check()?;
        let mut from = self.width;
        let mut stage = |s: usize| {
            let inner = self.width << s;
            (0..self.depths[s])
                .map(|i| {
                    let stride = if i == 0 { STRIDES[s] } else { 1 };
                    let px = if i == 0 { self.first_px(s) } else { 1 };
                    let block = Block::init(from, inner, px, stride, device);
                    from = 4 * inner;
                    block
                })
                .collect()
        };
        Ok(BagNet {
            layer1: stage(0),
            layer2: stage(1),
            layer3: stage(2),
            layer4: stage(3),
            conv1: Conv2dConfig::new([3, self.width], [1, 1]).with_bias(false).init(device),
            conv2: conv(self.width, self.width, 3, 1, device),
            image_px: self.image_px,
        })
    }
}

/// A square convolution without padding.
fn conv(from: usize, to: usize, px: usize, stride: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new([from, to], [px, px]).with_stride([stride, stride]).init(device)
}

/// A BagNet without its classifier.
#[derive(Module, Debug)]
pub struct BagNet {
    /// `[width, 3, 1, 1]`, neither bias nor batch norm.
    pub conv1: Conv2d,
    /// `[width, width, 3, 3]`
    pub conv2: Conv2d,
    /// The first stage.
    pub layer1: Vec<Block>,
    /// The second.
    pub layer2: Vec<Block>,
    /// The third.
    pub layer3: Vec<Block>,
    /// The last; its positions are the patches, 8 px apart.
    pub layer4: Vec<Block>,
    image_px: usize,
}

impl BagNet {
    /// The map after stage `last`, with Top-K sparsity between stages when asked for. After the last stage every position
    /// is the embedding of one patch.
    ///
    /// # Shapes
    /// `[b, 3, px, px]` → `[b, c, h, h]`
    pub fn forward_to(&self, pictures: Tensor<4>, last: usize, top_k: Option<TopK>) -> Tensor<4> {
        assert_shape!(pictures, [_, 3, self.image_px, self.image_px]);
        let map = convolution(&self.conv1, pictures, Activation::None);
        let map = convolution(&self.conv2, map, Activation::Relu);
        let stages = [&self.layer1, &self.layer2, &self.layer3, &self.layer4];
        through_stages(map, stages, last, top_k, |stage, map| {
            stage.iter().fold(map, |map, block| block.forward(map))
        })
    }

    /// One vector a picture: the mean over a stage's patches, or all of them.
    ///
    /// # Panics
    /// When the layer is none of a BagNet's.
    pub fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
        layer.of_map(self.forward_to(pictures, layer.stage(4), top_k))
    }
}

/// A bottleneck whose middle convolution is 3 × 3 or 1 × 1 and never padded.
#[derive(Module, Debug)]
pub struct Block {
    /// `[inner, from, 1, 1]`
    pub conv1: Conv2d,
    /// `[inner, inner, px, px]`, with the stride.
    pub conv2: Conv2d,
    /// `[4 inner, inner, 1, 1]`
    pub conv3: Conv2d,
    /// `[4 inner, from, 1, 1]` with the stride, where the shape changes.
    pub downsample: Option<Conv2d>,
}

impl Block {
    fn init(from: usize, inner: usize, px: usize, stride: usize, device: &Device) -> Self {
        Self {
            conv1: conv(from, inner, 1, 1, device),
            conv2: conv(inner, inner, px, stride, device),
            conv3: conv(inner, 4 * inner, 1, 1, device),
            downsample: (stride > 1 || from != 4 * inner).then(|| conv(from, 4 * inner, 1, stride, device)),
        }
    }

    /// # Shapes
    /// `[b, from, h, w]` → `[b, 4 inner, h', w']`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let inner = convolution(&self.conv1, x.clone(), Activation::Relu);
        let inner = convolution(&self.conv2, inner, Activation::Relu);
        let inner = convolution(&self.conv3, inner, Activation::None);
        let shortcut = match &self.downsample {
            Some(conv) => convolution(conv, x, Activation::None),
            None => x,
        };
        // Without padding the inner map may be smaller: the shortcut loses its last rows and columns.
        let [b, c, h, w] = inner.dims();
        relu(inner + shortcut.slice([0..b, 0..c, 0..h, 0..w]))
    }
}
