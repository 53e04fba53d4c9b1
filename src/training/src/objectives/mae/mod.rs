//! The masked autoencoder: an encoder learns what belongs together from the visible part of a picture.
//!
//! He et al., "Masked Autoencoders Are Scalable Vision Learners" (2022). The encoder sees only the visible
//! patches. Tokens carry their position, so the decoder takes them in any order: visible first, then hidden.
//! Nothing has to be put back in order.

mod mask;
mod sheet;

use burn::module::{Module, Param, ParamId};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Int, Tensor, TensorData, assert_shape};
use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::architectures::vit::{Block, BlockConfig, Vit, VitConfig};
use gestalt_networks::layers::LayerNorm;
use gestalt_networks::position::sin_cos_2d;
use image::RgbImage;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::batch::{Batch, View};
use crate::data::Data;
use crate::error::TrainError;
use crate::objective::Objective;
use mask::Mask;

/// Settings of the masked autoencoder (He et al. 2022, section 3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Fraction of the patches hidden from the encoder.
    pub mask_ratio: f64,
    /// Embedding dimension of the decoder.
    pub decoder_width: usize,
    /// Blocks of the decoder.
    pub decoder_depth: usize,
    /// Attention heads of the decoder.
    pub decoder_heads: usize,
}

impl Config {
    /// Patches that the encoder sees, of `patches`.
    pub fn visible(&self, patches: usize) -> usize {
        patches - (patches as f64 * self.mask_ratio).round() as usize
    }
}

/// Encoder and decoder.
#[derive(Module, Debug)]
pub struct Mae {
    encoder: Vit,
    decoder_embed: Linear,
    /// `[1, 1, dw]`
    mask_token: Param<Tensor<3>>,
    /// `[1, n + 1, dw]`, fixed.
    decoder_pos: Param<Tensor<3>>,
    decoder_blocks: Vec<Block>,
    decoder_norm: LayerNorm,
    decoder_pred: Linear,
}

impl Mae {
    /// Predicted pixels of the hidden patches, each patch normalised.
    ///
    /// # Shapes
    /// `[b, n - v, 3·p·p]`, in the order of each picture's mask
    fn predict(&self, batch: &Batch<Mask>, device: &Device) -> Tensor<3> {
        let (b, n, v) = (batch.pictures, batch.patches, batch.visible());
        let visible = Tensor::<3>::from_data(batch.visible_patches(), device);
        let tokens = self.encoder.embed(visible, Some(Tensor::from_data(batch.visible_order(), device)));
        let encoded = self.decoder_embed.forward(self.encoder.encode(tokens));
        assert_shape!(encoded, [b, v + 1, _]);
        let width = encoded.dims()[2];
        let hidden = self.mask_token.val().expand([b, n - v, width]);
        let x = Tensor::cat(vec![encoded, hidden], 1) + self.positions(batch, device);
        let x = self.decoder_blocks.iter().fold(x, |x, block| block.forward(x));
        // Only hidden patches are scored, so only they are projected to pixels.
        let x = x.slice([0..b, v + 1..n + 1]);
        self.decoder_pred.forward(self.decoder_norm.forward(x))
    }

    /// The decoder's positions in the batch's order, the class token's first: `[b, n + 1, dw]`.
    fn positions(&self, batch: &Batch<Mask>, device: &Device) -> Tensor<3> {
        let [_, rows, width] = self.decoder_pos.dims();
        let order = Tensor::<1, Int>::from_data(batch.decoder_order(), device);
        self.decoder_pos.val().reshape([rows, width]).select(0, order).reshape([batch.pictures, rows, width])
    }
}

impl Objective for Mae {
    type Config = Config;
    type Draw = Mask;
    type Shape = VitConfig;

    const NAME: &'static str = "masked autoencoder";
    const LOSS: &'static str = "loss on hidden patches (mean squared error)";

    fn check(config: &Config, encoder: &VitConfig, _: &Data) -> Result<(), String> {
        let n = encoder.patches();
        if !(config.mask_ratio > 0.0 && config.mask_ratio < 1.0) {
            return Err("objective.mask_ratio: must lie between 0 and 1".into());
        }
        if !(1..n).contains(&config.visible(n)) {
            return Err("objective.mask_ratio: hides all patches or none".into());
        }
        let divides = config.decoder_heads > 0 && config.decoder_width.is_multiple_of(config.decoder_heads);
        if !(divides && config.decoder_width.is_multiple_of(4)) {
            return Err("objective.decoder_width: must be a multiple of decoder_heads and of 4".into());
        }
        Ok(())
    }

    fn describe(config: &Config) -> String {
        format!(
            "masked autoencoder (He et al. 2022): {:.0} % of the patches hidden, their normalised pixels predicted",
            100.0 * config.mask_ratio
        )
    }

    fn new(config: &Config, encoder: &VitConfig, device: &Device) -> Result<Self, TrainError> {
        let width = config.decoder_width;
        let block = BlockConfig {
            width,
            heads: config.decoder_heads,
            mlp_width: 4 * width,
            ln_eps: encoder.ln_eps,
            quick_gelu: false,
            layer_scale: false,
        };
        let positions = sin_cos_2d(encoder.grid(), width);
        Ok(Self {
            encoder: encoder.init(device)?,
            decoder_embed: LinearConfig::new(encoder.width, width).init(device),
            mask_token: lazily(TensorData::zeros::<f32, _>([1, 1, width]), device, true),
            decoder_pos: lazily(positions, device, false),
            decoder_blocks: (0..config.decoder_depth).map(|_| block.init(device)).collect(),
            decoder_norm: LayerNorm::new(width, encoder.ln_eps, device),
            decoder_pred: LinearConfig::new(width, encoder.patch_len()).init(device),
        })
    }

    fn draw(config: &Config, encoder: &VitConfig, random: &mut ChaCha8Rng) -> Mask {
        Mask::draw(encoder.patches(), config.visible(encoder.patches()), random)
    }

    /// Mean squared error over the pixels of the hidden patches (He et al. 2022, "reconstruction target").
    fn loss(&self, batch: &Batch<Mask>, device: &Device) -> Tensor<1> {
        let target = Tensor::<3>::from_data(batch.hidden_targets(), device);
        let error = self.predict(batch, device) - target;
        (error.clone() * error).mean()
    }

    fn network(&self) -> &Vit {
        &self.encoder
    }

    fn network_mut(&mut self) -> &mut Vit {
        &mut self.encoder
    }

    /// `reconstructions.png`
    fn illustrate(
        &self,
        batch: &Batch<Mask>,
        view: &View,
        device: &Device,
    ) -> Result<Option<(&'static str, RgbImage)>, TrainError> {
        let predicted = self.predict(batch, device).into_data();
        let predicted = predicted.as_slice::<f32>().map_err(|e| TrainError::Tensor { why: e.to_string() })?;
        Ok(Some(("reconstructions.png", sheet::draw(predicted, batch, view))))
    }
}

fn lazily(data: TensorData, device: &Device, trained: bool) -> Param<Tensor<3>> {
    let shape = data.shape().clone();
    Param::uninitialized(
        ParamId::new(),
        move |device, grad| Tensor::from_data(data.clone(), device).set_require_grad(grad),
        device.clone(),
        trained,
        shape,
    )
}
