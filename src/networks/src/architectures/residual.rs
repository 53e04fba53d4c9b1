//! The residual network that ResNet and BagNet share: a stem, four stages of blocks, no classifier.
//!
//! He et al., "Deep Residual Learning for Image Recognition" (2016). Batch norms are folded into the
//! convolutions before them (`gestalt_models::import` does it): at inference a batch norm is a factor
//! and a shift for each channel. Field names follow torchvision's keys.

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::nn::pool::MaxPool2d;
use burn::tensor::activation::relu;
use burn::tensor::{Tensor, assert_shape};

use super::config::ReadableNetwork;
use crate::activation::Activation;
use crate::layers::convolution;
use crate::readout::Layer;
use crate::sparsity::{TopK, through_stages};

/// Stages of a residual network.
pub(super) const STAGES: usize = 4;

/// A ResNet or a BagNet without its classifier.
#[derive(Module, Debug)]
pub struct ResidualNetwork {
    /// The stem: in a ResNet `[width, 3, 7, 7]` with stride 2, followed by a max pooling; in a BagNet
    /// `[width, 3, 1, 1]`.
    pub conv1: Conv2d,
    /// `[width, width, 3, 3]`, in a BagNet only.
    pub conv2: Option<Conv2d>,
    /// The first stage.
    pub layer1: Vec<Block>,
    /// The second stage.
    pub layer2: Vec<Block>,
    /// The third stage.
    pub layer3: Vec<Block>,
    /// The last stage.
    pub layer4: Vec<Block>,
    pub(super) max_pool: Option<MaxPool2d>,
    pub(super) image_px: usize,
}

impl ResidualNetwork {
    /// The map after stage `last`, with Top-K sparsity between stages when asked for.
    ///
    /// # Shapes
    /// `[b, 3, px, px]` → `[b, c, h, h]`
    pub fn forward_to(&self, pictures: Tensor<4>, last: usize, top_k: Option<TopK>) -> Tensor<4> {
        assert_shape!(pictures, [_, 3, self.image_px, self.image_px]);
        let map = match &self.conv2 {
            // A BagNet's first convolution has neither batch norm nor rectifier.
            Some(conv2) => {
                let map = convolution(&self.conv1, pictures, Activation::None);
                convolution(conv2, map, Activation::Relu)
            }
            None => convolution(&self.conv1, pictures, Activation::Relu),
        };
        let map = match &self.max_pool {
            Some(pool) => pool.forward(map),
            None => map,
        };
        let stages = [&self.layer1, &self.layer2, &self.layer3, &self.layer4];
        through_stages(map, stages, last, top_k, |stage, map| {
            stage.iter().fold(map, |map, block| block.forward(map))
        })
    }
}

impl ReadableNetwork for ResidualNetwork {
    /// The mean over a stage's positions, or all of them.
    fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
        layer.of_map(self.forward_to(pictures, layer.stage(STAGES), top_k))
    }
}

/// Two or three convolutions, and the input added, itself convolved where the shape changes.
#[derive(Module, Debug)]
pub struct Block {
    /// The first convolution.
    pub conv1: Conv2d,
    /// The second convolution.
    pub conv2: Conv2d,
    /// The third convolution, in a bottleneck only.
    pub conv3: Option<Conv2d>,
    /// 1 × 1 with the block's stride, where the shape changes. torchvision's `downsample.0`, folded
    /// with `downsample.1`.
    pub downsample: Option<Conv2d>,
}

impl Block {
    /// # Shapes
    /// `[b, from, h, w]` → `[b, to, h / stride, w / stride]`; smaller where a convolution is not padded
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
        relu(inner.clone() + cropped(shortcut, inner.dims()))
    }
}

/// The first rows and columns of a map: without padding a block makes its map smaller than its input.
fn cropped(map: Tensor<4>, dims: [usize; 4]) -> Tensor<4> {
    if map.dims() == dims { map } else { map.slice(dims.map(|length| 0..length)) }
}

/// Our name of a key in torchvision's names: the projection of a shortcut is one convolution here.
pub(super) fn key(key: &str) -> String {
    key.replace(".downsample.0.", ".downsample.")
}

/// The convolution before a batch norm: `layer1.0.bn2` → `layer1.0.conv2`, `layer1.0.downsample.1` →
/// `layer1.0.downsample`.
pub(super) fn convolution_of(norm: &str) -> Option<String> {
    if let Some(block) = norm.strip_suffix(".downsample.1") {
        return Some(format!("{block}.downsample"));
    }
    let (block, number) = norm.rsplit_once("bn")?;
    Some(format!("{block}conv{number}"))
}
