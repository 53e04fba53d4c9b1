//! STELLAR's encoder and its factorisation: *what* a network sees can be read apart from *where*.
//!
//! Zhao et al., "Learning Sparse Visual Representations via Spatial-Semantic Factorization" (2026). A
//! few learned concept tokens pass through a vision transformer together with the class token and the
//! patches. S are their outputs, L says which of them each patch belongs to, Z = L S puts them back
//! onto the picture. The decoder is not here.

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::config::{ArchitectureConfig, Positions, PublicName, ReadableNetwork};
use super::vit::{self, Vit, VitConfig, patchify};
use crate::activation::Activation;
use crate::bad_config::BadConfig;
use crate::layers::{linear, zeros};
use crate::layout::{FileKeys, Layout};
use crate::preprocess::{Normalise, Preprocess};
use crate::readout::{Layer, Pool, Site};
use crate::resize::Filter;
use crate::sparsity::TopK;

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

impl ArchitectureConfig for StellarConfig {
    type Network = Stellar;

    fn check(&self) -> Result<(), BadConfig> {
        self.encoder.check()?;
        BadConfig::unless(
            (1..=256).contains(&self.concepts),
            "concepts",
            self.concepts,
            "it must lie in 1..=256",
        )
    }

    fn init(&self, device: &Device) -> Result<Stellar, BadConfig> {
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

    /// `stellar_b16`, `stellar_l16` and `stellar_h14`
    fn published(name: &PublicName<'_>) -> Option<(Self, Preprocess)> {
        let (size, patch_px) = match name.base {
            "stellar_b16" => ("base", 16),
            "stellar_l16" => ("large", 16),
            "stellar_h14" => ("huge", 14),
            _ => return None,
        };
        let encoder = VitConfig { patch_px, ln_eps: 1e-12, ..vit::size(size)? };
        let preprocess = Preprocess::cropped(224, 0.875, Normalise::IMAGENET, Filter::Bicubic);
        Some((Self { encoder, concepts: 16 }, preprocess))
    }

    fn examples() -> &'static [&'static str] {
        &["stellar_b16"]
    }

    fn image_px(&self) -> usize {
        self.encoder.image_px
    }

    fn set_image_px(&mut self, px: usize) {
        self.encoder.image_px = px;
    }

    fn layers(&self) -> Vec<Layer> {
        let factors = [Pool::Sparse, Pool::Spatial, Pool::Product].map(Layer::last);
        Layer::of_blocks(self.encoder.depth).into_iter().chain(factors).collect()
    }

    fn side_at(&self, _site: Site) -> Option<usize> {
        Some(self.encoder.grid())
    }

    fn default_layer(&self) -> Layer {
        Layer::last(Pool::Sparse)
    }

    fn key(&self, key: &str, file: &FileKeys) -> Option<String> {
        if file.layout == Layout::OpenClip { Some(key.to_owned()) } else { of_authors(key) }
    }

    fn set_quick_gelu(&mut self, quick: bool) -> bool {
        self.encoder.set_quick_gelu(quick)
    }

    fn positions(&self) -> Option<Positions> {
        let positions = self.encoder.positions()?;
        Some(Positions { key: format!("encoder.{}", positions.key), ..positions })
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
}

impl ReadableNetwork for Stellar {
    /// S, L or Z token by token, or what a vision transformer has: the class token, the patches, their
    /// mean, and in a block the class token's attention to them.
    fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
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

/// The encoder's half of a STELLAR file; the decoder and the heads of training are left.
fn of_authors(key: &str) -> Option<String> {
    if let Some(inside) = key.strip_prefix("encoder.") {
        return vit::of_hugging_face(inside).map(|key| format!("encoder.{key}"));
    }
    let ours = ["sparse_tokens", "dense_proj.", "sparse_proj."];
    ours.iter().any(|part| key.starts_with(part)).then(|| key.to_owned())
}
