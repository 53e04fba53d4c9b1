//! Texture synthesis by VGG19, as the published DiST set was made.

use std::path::Path;

use burn::module::Module;
use burn::tensor::Tensor;
use gestalt_models::import::{ImportReport, VggFileError, read_vgg19};
use gestalt_networks::architectures::vgg::{Pooling, Vgg, VggConfig, VggLayer};
use gestalt_types::Sha256;
use image::RgbImage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::alone::alone;
use super::descent::{Walk, descend};
use super::statistics::{Target, loss};
use super::{Place, Watcher, pixels};
use crate::{Synthesis, SynthesisError};

/// The layers of the published set, whose highest sees 124 px.
pub const PUBLISHED_LAYERS: [VggLayer; 5] = [
    VggLayer::Relu { block: 1, conv: 1 },
    VggLayer::Pool(1),
    VggLayer::Pool(2),
    VggLayer::Pool(3),
    VggLayer::Pool(4),
];
/// Iterations of the published set: 100 steps of 20.
pub const PUBLISHED_ITERATIONS: usize = 2000;

/// The highest published layer still has 2 × 2 positions in a picture of this side.
const SMALLEST_PX: u32 = 32;
/// Pairs of pixels and gradients that L-BFGS remembers, as in PyTorch.
const HISTORY: usize = 100;
/// The history's 2 × 100 pictures of three planes of four bytes, and about 3,300 bytes of feature maps,
/// reckoned from the layers.
const BYTES_PER_PIXEL: u64 = 2 * HISTORY as u64 * 3 * 4 + 3300;
/// Mean and standard deviation of ImageNet's pixels, by which VGG19's input is normalised.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const STD: [f32; 3] = [0.229, 0.224, 0.225];

/// Noise is changed until VGG19's Gram matrices are the picture's (Gatys et al. 2015), as the published set
/// was made.
///
/// VGG19 with average pooling, its input normalised by ImageNet's mean and standard deviation; layers
/// relu1_1 and pool1 to pool4; each layer's loss is 10⁹ / 4 times the summed squared difference of its Gram
/// matrix over channels and positions; L-BFGS with learning rate 1 and strong Wolfe line search, 100 steps
/// of 20 iterations; start from uniform noise drawn with the seed. The result is clipped to the range of
/// colours.
///
/// **Scale.** A layer keeps structure of the size that it sees, its receptive field: relu1_1 3 px, pool1 6,
/// pool2 16, pool3 52, pool4 124. A scale of `s` px takes the published layers that see at most `s` px, and
/// the highest of all layers that does: 8 px ends with pool1, 16 with pool2, 32 with relu3_2 (32 px), 64
/// with pool3, 128 with pool4, which is the published set.
///
/// The same picture, seed, software and kind of processor give the same pixels; other processors round
/// otherwise, and 2,000 iterations make other pictures of that.
#[derive(Debug)]
pub struct GatysSynthesis {
    network: Vgg,
    place: Place,
    layers: Vec<VggLayer>,
    scale_px: u32,
    iterations: usize,
    /// Of the file that the weights came from.
    weights: Option<Sha256>,
    watcher: Watcher,
}

/// A scale at which no layer is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scale of {0} px leaves no layer of VGG19, whose first sees 3 px; give 8, 16, 32, 64 or 128")]
pub struct LayersError(u32);

impl GatysSynthesis {
    /// With the user's VGG19 (torchvision's or timm's layout, safetensors or `.pth`); the published layers
    /// and iterations.
    ///
    /// # Errors
    /// When the file is not VGG19.
    pub fn from_file(vgg19: &Path, place: Place) -> Result<(Self, ImportReport), VggFileError> {
        let (network, keys) = read_vgg19(vgg19, VggConfig::vgg19(Pooling::Average), place.device())?;
        // It was read a moment ago.
        let weights = std::fs::read(vgg19).ok().map(|bytes| Sha256::of(&bytes));
        Ok((Self { weights, ..Self::new(network, place) }, keys))
    }

    /// With a network that lies on the device of `place`; the published layers and iterations.
    pub fn new(network: Vgg, place: Place) -> Self {
        Self {
            network: network.no_grad(),
            place,
            layers: PUBLISHED_LAYERS.to_vec(),
            scale_px: PUBLISHED_LAYERS[4].receptive_field_px() as u32,
            iterations: PUBLISHED_ITERATIONS,
            weights: None,
            watcher: Watcher::default(),
        }
    }

    /// Only layers that see at most about `scale_px` pixels.
    ///
    /// # Errors
    /// When there is none.
    pub fn with_scale(mut self, scale_px: u32) -> Result<Self, LayersError> {
        let sees_enough = |layer: &VggLayer| layer.receptive_field_px() <= scale_px as usize;
        let known = VggLayer::all().take_while(|layer| *layer != VggLayer::Relu { block: 5, conv: 1 });
        let highest = known.filter(sees_enough).last().ok_or(LayersError(scale_px))?;
        self.layers = PUBLISHED_LAYERS.into_iter().filter(sees_enough).collect();
        if !self.layers.contains(&highest) {
            self.layers.push(highest);
        }
        self.scale_px = scale_px;
        Ok(self)
    }

    /// Another number of iterations of L-BFGS; more than 20 are rounded up to steps of 20.
    #[must_use]
    pub fn with_iterations(mut self, iterations: usize) -> Self {
        self.iterations = iterations;
        self
    }

    /// Tells `watcher` how far each picture is.
    #[must_use]
    pub fn watched_by(mut self, watcher: Watcher) -> Self {
        self.watcher = watcher;
        self
    }

    /// The layers whose Gram matrices are kept.
    pub fn layers(&self) -> &[VggLayer] {
        &self.layers
    }

    /// How far `picture` is from the texture of `intact`, and how that changes with its pixels.
    ///
    /// The pixels are those that the network sees: `(value − mean) / standard deviation`, values from 0 to
    /// 1.
    ///
    /// # Shapes
    /// `[1, 3, h, w]` for the gradient
    pub fn loss_and_gradient(&self, intact: &RgbImage, picture: &RgbImage) -> (f64, Tensor<4>) {
        let pixels = self.normalised(picture).require_grad();
        let value = loss(self.network.maps(pixels.clone(), &self.layers), &self.targets(intact));
        let gradient = pixels.grad(&value.backward());
        (value.into_scalar(), gradient.unwrap_or_else(|| pixels.inner().zeros_like()))
    }

    fn normalised(&self, picture: &RgbImage) -> Tensor<4> {
        pixels::planes(picture, self.place.device(), |rgb| {
            std::array::from_fn(|c| (rgb[c] - MEAN[c]) / STD[c])
        })
    }

    fn targets(&self, intact: &RgbImage) -> Vec<Target> {
        let maps = self.network.maps(self.normalised(intact), &self.layers);
        maps.into_iter().map(Target::published).collect()
    }
}

impl Synthesis for GatysSynthesis {
    fn name(&self) -> &'static str {
        "gatys"
    }

    fn scale_px(&self) -> u32 {
        self.scale_px
    }

    fn smallest_px(&self) -> u32 {
        SMALLEST_PX
    }

    fn settings(&self) -> String {
        let weights = self.weights.as_ref().map_or("of no file".to_owned(), Sha256::to_string);
        format!("{} iterations, weights {weights}, on {}", self.iterations, self.place)
    }

    fn bytes_per_pixel(&self) -> u64 {
        BYTES_PER_PIXEL
    }

    fn distort(&self, intact: &RgbImage, seed: u64) -> Result<RgbImage, SynthesisError> {
        let (width_px, height_px) = intact.dimensions();
        if width_px.min(height_px) < SMALLEST_PX {
            return Err(SynthesisError::TooSmall { width_px, height_px, needed_px: SMALLEST_PX });
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let noise = RgbImage::from_fn(width_px, height_px, |_, _| image::Rgb(rng.random()));
        alone(|| {
            let targets = self.targets(intact);
            let walk = Walk { iterations: self.iterations, history: HISTORY };
            let found = descend(self.normalised(&noise), walk, &self.watcher, |pixels| {
                loss(self.network.maps(pixels, &self.layers), &targets)
            })?;
            Ok(pixels::picture(found, |planes| std::array::from_fn(|c| planes[c] * STD[c] + MEAN[c])))
        })
    }
}
