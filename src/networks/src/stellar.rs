//! STELLAR's encoder and its factorisation, so that *what* a network sees can be read apart from *where*.
//!
//! Zhao et al., "Learning Sparse Visual Representations via Spatial-Semantic Factorization" (2026). A few learned concept
//! tokens pass through a vision transformer together with the class token and the patches. S are their outputs, L says
//! which of them each patch belongs to, Z = L S puts them back onto the picture. The decoder is not here.

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::bad_config::BadConfig;
use crate::layers::{Activation, linear};
use crate::readout::{Layer, Pool, Site};
use crate::sparsity::TopK;
use crate::vit::{Vit, VitConfig, patchify, zeros};

/// Temperature of the softmax over concepts.
const SPATIAL_TEMPERATURE: f64 = 0.06;
/// Below this length a vector is not brought to length 1.
const LEAST_LENGTH: f64 = 1e-7;

/// The numbers that fix a STELLAR encoder's shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StellarConfig {
    /// The vision transformer.
    pub encoder: VitConfig,
    /// Concept tokens, `r`.
    pub concepts: usize,
}

impl StellarConfig {
    /// Checks every number against limits.
    pub fn check(&self) -> Result<(), BadConfig> {
        self.encoder.check()?;
        BadConfig::unless(
            (1..=256).contains(&self.concepts),
            "concepts",
            self.concepts,
            "it must lie in 1..=256",
        )
    }

    /// A network of this shape on `device`, its weights drawn lazily.
    pub fn init(&self, device: &Device) -> Result<Stellar, BadConfig> {
        self.check()?;
        let width = self.encoder.width;
        Ok(Stellar {
            encoder: self.encoder.init(device)?,
            sparse_tokens: zeros([self.concepts, width], device),
            dense_proj: LinearConfig::new(width, width).init(device),
            sparse_proj: LinearConfig::new(width, width).init(device),
            patch_px: self.encoder.patch_px,
        })
    }
}

/// STELLAR's encoder.
#[derive(Module, Debug)]
pub struct Stellar {
    /// The vision transformer, shared by patches and concepts.
    pub encoder: Vit,
    /// `[r, d]`, without positions.
    pub sparse_tokens: Param<Tensor<2>>,
    /// `[d, d]`, of the patches, before they are compared with the concepts.
    pub dense_proj: Linear,
    /// `[d, d]`, of the concepts.
    pub sparse_proj: Linear,
    patch_px: usize,
}

/// What the encoder makes of `b` pictures.
#[derive(Clone, Debug)]
pub struct Factors {
    /// The class token, `[b, 1, d]`.
    pub class: Tensor<3>,
    /// S, what: `[b, r, d]`.
    pub sparse: Tensor<3>,
    /// The patches, `[b, n, d]`.
    pub dense: Tensor<3>,
    /// L, where: `[b, n, r]`; the concepts of a patch sum to 1.
    pub spatial: Tensor<3>,
}

impl Factors {
    /// Z = L S, what and where: `[b, n, d]`.
    pub fn product(&self) -> Tensor<3> {
        self.spatial.clone().matmul(self.sparse.clone())
    }
}

impl Stellar {
    /// # Shapes
    /// `pictures`: `[b, 3, px, px]`, normalised by ImageNet's statistics
    pub fn forward(&self, pictures: Tensor<4>, top_k: Option<TopK>) -> Factors {
        let together = self.tokens(pictures);
        let [b, all, _] = together.dims();
        let t = all - self.sparse_tokens.dims()[0];
        let out = self.encoder.encode_to(together, Site::Norm, top_k);
        let class = out.clone().slice([0..b, 0..1]);
        let dense = out.clone().slice([0..b, self.encoder.prefix()..t]);
        let sparse = out.slice([0..b, t..all]);
        let direction = |x: Tensor<3>| {
            let length = x.clone().square().sum_dim(2).sqrt().clamp_min(LEAST_LENGTH);
            x / length
        };
        let patches = direction(linear(&self.dense_proj, dense.clone(), Activation::None));
        let concepts = direction(linear(&self.sparse_proj, sparse.clone(), Activation::None));
        let cosines = patches.matmul(concepts.swap_dims(1, 2));
        Factors { class, sparse, dense, spatial: softmax(cosines / SPATIAL_TEMPERATURE, 2) }
    }

    /// Class token, patches and concepts before the first block: `[b, 3, px, px]` → `[b, t + r, d]`
    fn tokens(&self, pictures: Tensor<4>) -> Tensor<3> {
        let [b, ..] = pictures.dims();
        let [r, d] = self.sparse_tokens.dims();
        let tokens = self.encoder.embed(patchify(pictures, self.patch_px), None);
        let concepts = self.sparse_tokens.val().reshape([1, r, d]).expand([b, r, d]);
        Tensor::cat(vec![tokens, concepts], 1)
    }

    /// One vector a picture: S, L or Z token by token, or what a vision transformer has: the class token, the patches, their
    /// mean, and in a block the class token's attention to them.
    ///
    /// # Panics
    /// When the layer is none of STELLAR's.
    pub fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
        match layer {
            Layer { site: Site::Block(block), pool: Pool::Attention } => {
                return self.encoder.class_attention(self.tokens(pictures), block, top_k);
            }
            Layer { pool: Pool::Cls | Pool::Mean | Pool::Patches, site } => {
                let tokens = self.encoder.encode_to(self.tokens(pictures), site, top_k);
                return self.encoder.pooled(tokens, layer);
            }
            _ => {}
        }
        let factors = self.forward(pictures, top_k);
        let tokens = match layer.pool {
            Pool::Sparse => factors.sparse,
            Pool::Spatial => factors.spatial,
            Pool::Product => factors.product(),
            _ => panic!("STELLAR has no `{layer}`"),
        };
        let [b, t, d] = tokens.dims();
        tokens.reshape([b, t * d])
    }
}
