//! The vision transformer.
//!
//! Dosovitskiy et al., "An Image is Worth 16x16 Words" (2021), pre-norm as in timm, with what DeiT,
//! MAE, CLIP (Radford et al. 2021) and DINOv2 (Oquab et al. 2023) add to it. Field names follow timm's
//! keys. Conventions: `b` pictures, `n` patches in row-major order, `t = 1 + r + n` tokens: the class
//! token, `r` registers (none in most), the patches; `w` the width, `p` the side of a patch in pixels.

mod block;
mod keys;
mod names;
mod network;

use burn::module::{Param, ParamId};
use burn::nn::LinearConfig;
use burn::tensor::{Device, Shape, Tensor};
use serde::{Deserialize, Serialize};

use super::config::{ArchitectureConfig, Positions, PublicName};
use crate::bad_config::BadConfig;
use crate::layers::{LayerNorm, zeros};
use crate::layout::{FileKeys, Layout};
use crate::position::sin_cos_2d;
use crate::preprocess::{Normalise, Preprocess};
use crate::readout::{Layer, Pool, Site};
use crate::resize::Filter;

pub use block::{Attention, Block, BlockConfig, LayerScale, Mlp};
pub(super) use keys::of_hugging_face;
pub(super) use names::size;
pub use network::{PatchEmbed, Vit, patchify};

/// The numbers that fix a vision transformer's shape.
///
/// The default is ViT-Ti/16 at 224 px; fields after `ln_eps` are off in the plain network and need not
/// be written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VitConfig {
    /// Side of the square input picture, in pixels.
    pub image_px: usize,
    /// Side of a square patch, in pixels; divides `image_px`.
    pub patch_px: usize,
    /// Embedding dimension; a multiple of `heads` and of 4.
    pub width: usize,
    /// Number of blocks.
    pub depth: usize,
    /// Attention heads per block.
    pub heads: usize,
    /// Hidden width of the MLP as a multiple of `width`.
    pub mlp_ratio: usize,
    /// The epsilon of every layer norm.
    pub ln_eps: f64,
    /// A layer norm before the first block, and patches embedded without a bias (CLIP).
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub norm_pre: bool,
    /// `x · sigmoid(1.702 x)` in place of the exact GELU (CLIP).
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub quick_gelu: bool,
    /// Dimension of the projection of the class token after the final norm; 0: no projection (CLIP).
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub projection: usize,
    /// A learned factor for each number of a token after attention and MLP (DINOv2).
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub layer_scale: bool,
    /// Register tokens after the class token, without a position (Darcet et al. 2024).
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub registers: usize,
}

impl Default for VitConfig {
    fn default() -> Self {
        Self {
            image_px: 224,
            patch_px: 16,
            width: 192,
            depth: 12,
            heads: 3,
            mlp_ratio: 4,
            ln_eps: 1e-6,
            norm_pre: false,
            quick_gelu: false,
            projection: 0,
            layer_scale: false,
            registers: 0,
        }
    }
}

/// Largest number of patches along one side of the picture: attention takes memory by its fourth power.
const MOST_GRID: usize = 128;

impl VitConfig {
    /// Patches along one side of the picture.
    pub fn grid(&self) -> usize {
        self.image_px / self.patch_px
    }

    /// Patches in a picture, `n`.
    pub fn patches(&self) -> usize {
        self.grid() * self.grid()
    }

    /// Numbers in one patch: 3 colours × p × p.
    pub fn patch_len(&self) -> usize {
        3 * self.patch_px * self.patch_px
    }
}

impl ArchitectureConfig for VitConfig {
    type Network = Vit;

    fn check(&self) -> Result<(), BadConfig> {
        let bad = BadConfig::unless;
        let within = |value: usize, most: usize| (1..=most).contains(&value);
        bad(within(self.image_px, 1024), "image_px", self.image_px, "it must lie in 1..=1024")?;
        let divides = within(self.patch_px, self.image_px) && self.image_px.is_multiple_of(self.patch_px);
        let fits = divides && self.grid() <= MOST_GRID;
        bad(fits, "patch_px", self.patch_px, "it must divide image_px into at most 128 patches a side")?;
        bad(within(self.heads, 64), "heads", self.heads, "it must lie in 1..=64")?;
        let fits =
            within(self.width, 4096) && self.width.is_multiple_of(self.heads) && self.width.is_multiple_of(4);
        bad(fits, "width", self.width, "it must be a multiple of heads and of 4, at most 4096")?;
        bad(within(self.depth, 64), "depth", self.depth, "it must lie in 1..=64")?;
        bad(within(self.mlp_ratio, 16), "mlp_ratio", self.mlp_ratio, "it must lie in 1..=16")?;
        let small = self.ln_eps > 0.0 && self.ln_eps < 0.1;
        BadConfig::unless(small, "ln_eps", self.ln_eps, "it must lie between 0 and 0.1")?;
        bad(self.projection <= 4096, "projection", self.projection, "it must be at most 4096")?;
        bad(self.registers <= 64, "registers", self.registers, "it must be at most 64")
    }

    fn init(&self, device: &Device) -> Result<Vit, BadConfig> {
        self.check()?;
        let block = BlockConfig {
            width: self.width,
            heads: self.heads,
            mlp_width: self.width * self.mlp_ratio,
            ln_eps: self.ln_eps,
            quick_gelu: self.quick_gelu,
            layer_scale: self.layer_scale,
        };
        let norm = || LayerNorm::new(self.width, self.ln_eps, device);
        let embed = LinearConfig::new(self.patch_len(), self.width).with_bias(!self.norm_pre);
        let (grid, width) = (self.grid(), self.width);
        Ok(Vit {
            patch_embed: PatchEmbed { proj: embed.init(device) },
            cls_token: zeros([1, 1, self.width], device),
            reg_token: (self.registers > 0).then(|| zeros([1, self.registers, self.width], device)),
            pos_embed: Param::uninitialized(
                ParamId::new(),
                move |device, grad| Tensor::from_data(sin_cos_2d(grid, width), device).set_require_grad(grad),
                device.clone(),
                // As in He et al. (2022): fixed sine-cosine positions, not learned.
                false,
                Shape::from([1, self.patches() + 1, self.width]),
            ),
            norm_pre: self.norm_pre.then(norm),
            blocks: (0..self.depth).map(|_| block.init(device)).collect(),
            norm: norm(),
            head: (self.projection > 0).then(|| LinearConfig::new(self.width, self.projection).init(device)),
            image_px: self.image_px,
            patch_px: self.patch_px,
        })
    }

    fn published(name: &PublicName<'_>) -> Option<(Self, Preprocess)> {
        names::published(name)
    }

    fn examples() -> &'static [&'static str] {
        &[
            "vit_base_patch16_224.mae",
            "deit_base_patch16_224",
            "vit_base_patch16_clip_quickgelu_224",
            "vit_small_patch14_dinov2",
        ]
    }

    fn image_px(&self) -> usize {
        self.image_px
    }

    fn set_image_px(&mut self, px: usize) {
        self.image_px = px;
    }

    fn layers(&self) -> Vec<Layer> {
        let projection = (self.projection > 0).then_some(Layer::last(Pool::Projection));
        Layer::of_blocks(self.depth).into_iter().chain(projection).collect()
    }

    fn side_at(&self, _site: Site) -> Option<usize> {
        Some(self.grid())
    }

    fn default_layer(&self) -> Layer {
        Layer::CLS
    }

    fn key(&self, key: &str, file: &FileKeys) -> Option<String> {
        keys::key(key, file.layout)
    }

    fn adapt_to(&mut self, layout: Layout, is_tagged: bool, preprocess: &mut Preprocess) {
        match layout {
            // OpenAI's CLIP and transformers' default compute the approximate GELU; other weights say
            // so by their tag.
            Layout::OpenClip | Layout::HuggingFace if self.norm_pre => self.quick_gelu |= !is_tagged,
            Layout::HuggingFace if !self.layer_scale => self.ln_eps = 1e-12,
            Layout::Torchvision => {
                *preprocess =
                    Preprocess::cropped(self.image_px, 0.875, Normalise::IMAGENET, Filter::Bilinear);
            }
            _ => {}
        }
    }

    fn set_quick_gelu(&mut self, quick: bool) -> bool {
        self.quick_gelu = quick;
        true
    }

    /// A projection takes the dimension that the checkpoint's has.
    fn adapt_to_weights(&mut self, shape_of: &dyn Fn(&str) -> Option<Vec<usize>>) -> Vec<String> {
        if self.projection == 0 {
            return Vec::new();
        }
        self.projection = match shape_of("head.weight").as_deref() {
            // 1,000 classes are ImageNet's: a classifier, no projection.
            Some([numbers, _]) if (1..=4096).contains(numbers) && *numbers != 1000 => *numbers,
            _ => 0,
        };
        vec![match self.projection {
            0 => "the file has no projection: none is read".into(),
            numbers => format!("projection to {numbers} numbers, as the file has it"),
        }]
    }

    fn positions(&self) -> Option<Positions> {
        Some(Positions { key: "pos_embed".into(), grid: self.grid(), width: self.width })
    }
}
