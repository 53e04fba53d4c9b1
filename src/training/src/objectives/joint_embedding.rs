//! Joint embedding: two views of a picture get the same vector, and vectors of different pictures stay
//! apart (VICReg).
//!
//! Bardes, Ponce and LeCun, "VICReg" (2022). With `schedule.crop_px` the views are patches of one fixed
//! scale, and a picture's vector is the mean of its patches' (Chen et al., "Bag of Image Patch Embedding
//! Behind the Success of Self-Supervised Learning", 2023).

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, assert_shape};
use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::architectures::vit::{Vit, VitConfig};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::batch::Batch;
use crate::data::Data;
use crate::error::TrainError;
use crate::objective::Objective;

/// Settings of the joint embedding; the weights of the terms are those of the paper where none are given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Embedding dimension of the three layers of the projector.
    pub projector_width: usize,
    /// Weight of the distance between two views.
    #[serde(default = "twenty_five")]
    pub invariance: f64,
    /// Weight of the hinge on the deviation of each number.
    #[serde(default = "twenty_five")]
    pub variance: f64,
    /// Weight of the squared covariances between numbers.
    #[serde(default = "one")]
    pub covariance: f64,
    /// Whether brightness, contrast and colour of each view are changed at random.
    #[serde(default)]
    pub recolour: bool,
}

fn twenty_five() -> f64 {
    25.0
}

fn one() -> f64 {
    1.0
}

/// Below this deviation the variance term pulls; also what is added to variances (Bardes et al., section
/// 4.1).
const LEAST_DEVIATION: f64 = 1.0;
const EPSILON: f64 = 1e-4;

/// Encoder and projector.
#[derive(Module, Debug)]
pub struct JointEmbedding {
    encoder: Vit,
    projector: Vec<Linear>,
    weights: [f64; 3],
}

impl JointEmbedding {
    /// The projection of the mean patch token of each view. Hidden layers are standardised over the batch,
    /// without learned scale, so that nothing but weights has to be kept.
    ///
    /// # Shapes
    /// `[2·b, n, 3·p·p]` → `[2·b, d]`
    fn project(&self, patches: Tensor<3>) -> Tensor<2> {
        let tokens = self.encoder.encode(self.encoder.embed(patches, None));
        let [views, t, w] = tokens.dims();
        let mean = tokens.slice([0..views, self.encoder.prefix()..t]).mean_dim(1).reshape([views, w]);
        let last = self.projector.len() - 1;
        self.projector.iter().enumerate().fold(mean, |x, (i, layer)| {
            let x = layer.forward(x);
            if i < last { relu(standardised(x)) } else { x }
        })
    }
}

/// Every column with mean 0 and deviation 1 over the rows.
fn standardised(x: Tensor<2>) -> Tensor<2> {
    let centred = x.clone() - x.mean_dim(0);
    let variance = (centred.clone() * centred.clone()).mean_dim(0);
    centred / (variance + EPSILON).sqrt()
}

/// The hinge on deviations, and the squared covariances off the diagonal, of vectors `[b, d]`.
fn spread(z: Tensor<2>) -> (Tensor<1>, Tensor<1>) {
    let [b, d] = z.dims();
    let centred = z.clone() - z.mean_dim(0);
    let variance = (centred.clone() * centred.clone()).sum_dim(0) / (b as f64 - 1.0);
    let deviation = (variance.clone() + EPSILON).sqrt();
    let hinge = relu(-deviation + LEAST_DEVIATION).mean();
    let covariance = centred.clone().transpose().matmul(centred) / (b as f64 - 1.0);
    let all = (covariance.clone() * covariance).sum();
    let diagonal = (variance.clone() * variance).sum();
    (hinge, (all - diagonal) / d as f64)
}

impl Objective for JointEmbedding {
    type Config = Config;
    type Draw = ();
    type Shape = VitConfig;

    const NAME: &'static str = "joint embedding";
    const LOSS: &'static str = "VICReg loss";
    const VIEWS: usize = 2;

    fn check(config: &Config, _: &VitConfig, _: &Data) -> Result<(), String> {
        if !(2..=8192).contains(&config.projector_width) {
            return Err("objective.projector_width: must lie in 2..=8192".into());
        }
        let terms = [config.invariance, config.variance, config.covariance];
        if terms.into_iter().any(|weight| !(weight >= 0.0 && weight.is_finite())) {
            return Err("objective.invariance, variance, covariance: must not be negative".into());
        }
        Ok(())
    }

    fn describe(_: &Config) -> String {
        "joint embedding of two views (VICReg, Bardes et al. 2022)".into()
    }

    fn new(config: &Config, shape: &VitConfig, device: &Device) -> Result<Self, TrainError> {
        let wide = config.projector_width;
        let layer = |from| LinearConfig::new(from, wide).init(device);
        Ok(Self {
            encoder: shape.init(device)?,
            projector: vec![layer(shape.width), layer(wide), layer(wide)],
            weights: [config.invariance, config.variance, config.covariance],
        })
    }

    /// Brightness and contrast between 0.6 and 1.4 times, saturation between 0.6 and 1.4; one view in five
    /// is grey.
    fn recolour(config: &Config, pixels: &mut [f32], random: &mut ChaCha8Rng) {
        if !config.recolour {
            return;
        }
        let [brightness, contrast, saturation] = [0; 3].map(|_| random.random_range(0.6..1.4_f32));
        let saturation = if random.random_bool(0.2) { 0.0 } else { saturation };
        let mean = pixels.iter().sum::<f32>() / pixels.len() as f32;
        for pixel in pixels.chunks_exact_mut(3) {
            // Luma of sRGB values (ITU-R BT.601).
            let grey = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
            for value in pixel {
                let coloured = grey + saturation * (*value - grey);
                *value = (brightness * (mean + contrast * (coloured - mean))).clamp(0.0, 255.0);
            }
        }
    }

    fn draw(_: &Config, _: &VitConfig, _: &mut ChaCha8Rng) {}

    /// Equation 6 of Bardes et al. (2022).
    fn loss(&self, batch: &Batch<()>, device: &Device) -> Tensor<1> {
        let z = self.project(Tensor::from_data(batch.all_patches(), device));
        let (b, d) = (batch.pictures / 2, z.dims()[1]);
        assert_shape!(z, [2 * b, d]);
        let pairs = z.reshape([b, 2, d]);
        let view = |i: usize| pairs.clone().slice([0..b, i..i + 1]).reshape([b, d]);
        let (one, other) = (view(0), view(1));
        let apart = one.clone() - other.clone();
        let invariance = (apart.clone() * apart).mean();
        let ((hinge, covariance), (other_hinge, other_covariance)) = (spread(one), spread(other));
        let [by_invariance, by_variance, by_covariance] = self.weights;
        invariance * by_invariance
            + (hinge + other_hinge) * (by_variance / 2.0)
            + (covariance + other_covariance) * by_covariance
    }

    fn network(&self) -> &Vit {
        &self.encoder
    }

    fn network_mut(&mut self) -> &mut Vit {
        &mut self.encoder
    }
}
