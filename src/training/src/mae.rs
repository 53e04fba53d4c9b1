//! The masked autoencoder, so that an encoder learns what belongs together from what is left of a picture.
//!
//! He et al., "Masked Autoencoders Are Scalable Vision Learners" (2022). The encoder sees only the visible
//! patches. Tokens carry their position, so the decoder takes them in any order: visible first, then masked.
//! That leaves nothing to un-shuffle.

use burn::module::{Module, Param, ParamId};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Int, Tensor, TensorData, assert_shape};
use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::architectures::vit::{Block, BlockConfig, Vit};
use gestalt_networks::layers::LayerNorm;
use gestalt_networks::position::sin_cos_2d;

use crate::TrainError;
use crate::batch::Batch;
use crate::recipe::Recipe;

/// Encoder and decoder.
#[derive(Module, Debug)]
pub struct Mae {
    /// The part that is kept.
    pub encoder: Vit,
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
    /// An autoencoder on `device`, its weights drawn lazily; see [`crate::init::draw`].
    pub fn new(recipe: &Recipe, device: &Device) -> Result<Self, TrainError> {
        let (model, objective) = (&recipe.model, &recipe.objective);
        let width = objective.decoder_width;
        let block = BlockConfig {
            width,
            heads: objective.decoder_heads,
            mlp_width: 4 * width,
            ln_eps: model.ln_eps,
            quick_gelu: false,
            layer_scale: false,
        };
        let positions = sin_cos_2d(model.grid(), width);
        Ok(Self {
            encoder: model.init(device)?,
            decoder_embed: LinearConfig::new(model.width, width).init(device),
            mask_token: lazily(TensorData::zeros::<f32, _>([1, 1, width]), device, true),
            decoder_pos: lazily(positions, device, false),
            decoder_blocks: (0..objective.decoder_depth).map(|_| block.init(device)).collect(),
            decoder_norm: LayerNorm::new(width, model.ln_eps, device),
            decoder_pred: LinearConfig::new(width, model.patch_len()).init(device),
        })
    }

    /// Predicted pixels of the masked patches, each patch normalised.
    ///
    /// # Shapes
    /// `[b, m, 3·p·p]` for `m` masked patches, in the order of `batch.order` after the visible ones
    pub fn predict(&self, batch: &Batch, device: &Device) -> Tensor<3> {
        let (b, n, v) = (batch.pictures, batch.patches, batch.visible);
        let visible = Tensor::<3>::from_data(batch.visible_patches(), device);
        let tokens = self.encoder.embed(visible, Some(Tensor::from_data(batch.visible_order(), device)));
        let encoded = self.decoder_embed.forward(self.encoder.encode(tokens));
        assert_shape!(encoded, [b, v + 1, _]);
        let width = encoded.dims()[2];
        let masked = self.mask_token.val().expand([b, n - v, width]);
        let x = Tensor::cat(vec![encoded, masked], 1) + self.positions(batch, device);
        let x = self.decoder_blocks.iter().fold(x, |x, block| block.forward(x));
        // Only masked patches are scored, so only they are projected to pixels.
        let x = x.slice([0..b, v + 1..n + 1]);
        self.decoder_pred.forward(self.decoder_norm.forward(x))
    }

    /// The decoder's positions in the batch's order, the class token's first: `[b, n + 1, dw]`.
    fn positions(&self, batch: &Batch, device: &Device) -> Tensor<3> {
        let [_, rows, width] = self.decoder_pos.dims();
        let order = Tensor::<1, Int>::from_data(batch.decoder_order(), device);
        self.decoder_pos.val().reshape([rows, width]).select(0, order).reshape([batch.pictures, rows, width])
    }

    /// Mean squared error over the pixels of the masked patches (He et al. 2022, "reconstruction target").
    pub fn loss(&self, batch: &Batch, device: &Device) -> Tensor<1> {
        let target = Tensor::<3>::from_data(batch.masked_targets(), device);
        let error = self.predict(batch, device) - target;
        (error.clone() * error).mean()
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
