//! VGG as an observer: the network whose features make the distortions can take the test itself.
//!
//! Simonyan and Zisserman (2015), configurations A, B, D and E without their classifier. In contrast to [`crate::vgg`],
//! which synthesis reads, it pools as it was trained, is read after each pooling, and takes Top-K sparsity there (DiSRT, 2025).

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor, assert_shape};
use serde::{Deserialize, Serialize};

use crate::bad_config::BadConfig;
use crate::layers::{Activation, convolution};
use crate::readout::Layer;
use crate::sparsity::TopK;
use crate::vgg::{Pooling, convolutions, pooled};

/// Stages of every VGG; each ends with a pooling.
pub(crate) const STAGES: usize = 5;

/// The numbers that fix a VGG's shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VggObserverConfig {
    /// Side of the square input picture, in pixels; a multiple of 32.
    pub image_px: usize,
    /// Convolutions of each stage.
    pub depths: [usize; STAGES],
    /// Channels of each stage.
    pub widths: [usize; STAGES],
}

impl VggObserverConfig {
    /// Checks every number against limits.
    pub fn check(&self) -> Result<(), BadConfig> {
        let bad = BadConfig::unless;
        let fits = self.image_px.is_multiple_of(32) && (32..=1024).contains(&self.image_px);
        bad(fits, "image_px", self.image_px, "it must be a multiple of 32, at most 1024")?;
        for (depth, width) in self.depths.into_iter().zip(self.widths) {
            bad((1..=16).contains(&depth), "depths", depth, "each must lie in 1..=16")?;
            bad((1..=2048).contains(&width), "widths", width, "each must lie in 1..=2048")?;
        }
        Ok(())
    }

    /// A network of this shape on `device`, its weights drawn lazily.
    pub fn init(&self, device: &Device) -> Result<VggObserver, BadConfig> {
        self.check()?;
        let mut convs = convolutions(self.depths, self.widths, device).into_iter();
        let stages = self.depths.into_iter().map(|depth| {
            let with_rectifiers = convs.by_ref().take(depth).flat_map(|conv| [Some(conv), None]);
            with_rectifiers.chain([None]).collect::<Vec<_>>()
        });
        Ok(VggObserver {
            features: stages.flatten().collect(),
            depths: self.depths.to_vec(),
            image_px: self.image_px,
        })
    }
}

/// A VGG without its classifier.
#[derive(Module, Debug)]
pub struct VggObserver {
    /// The convolutions, 3 × 3 with a margin of 1, and `None` where a rectifier or a pooling stands, so that places are those of the
    /// checkpoints' keys.
    pub features: Vec<Option<Conv2d>>,
    depths: Vec<usize>,
    image_px: usize,
}

impl VggObserver {
    /// The map after the pooling of stage `last`; with Top-K sparsity, which acts after every pooling, this one too.
    ///
    /// # Shapes
    /// `[b, 3, px, px]` → `[b, c, px / 2^(last + 1), px / 2^(last + 1)]`
    pub fn forward_to(&self, pictures: Tensor<4>, last: usize, top_k: Option<TopK>) -> Tensor<4> {
        assert_shape!(pictures, [_, 3, self.image_px, self.image_px]);
        let mut convs = self.features.iter().flatten();
        self.depths.iter().take(last + 1).fold(pictures, |map, &depth| {
            let map =
                convs.by_ref().take(depth).fold(map, |map, conv| convolution(conv, map, Activation::Relu));
            let map = pooled(map, Pooling::Max);
            match top_k {
                Some(top_k) => top_k.apply_map(map),
                None => map,
            }
        })
    }

    /// One vector a picture: the mean over a stage's positions, or all of them.
    ///
    /// # Panics
    /// When the layer is none of a VGG's.
    pub fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
        layer.of_map(self.forward_to(pictures, layer.stage(STAGES), top_k))
    }
}
