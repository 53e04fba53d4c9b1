//! The vision transformer, so that a checkpoint's numbers become features of a picture.
//!
//! Dosovitskiy et al., "An Image is Worth 16x16 Words" (2021), pre-norm as in timm. Field names follow timm's
//! keys; [`crate::keys`] holds the few that differ. Conventions: `b` pictures, `n` patches in row-major order,
//! `t = n + 1` tokens with the class token first, `w` the width, `p` the side of a patch in pixels.

use burn::module::{Module, Param, ParamId};
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::gelu;
use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{Device, Int, Shape, Tensor, assert_shape};
use serde::{Deserialize, Serialize};

use crate::position::sin_cos_2d;
use crate::sparsity::TopK;

/// The numbers that fix a vision transformer's shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VitConfig {
    /// Side of the square input picture, in pixels.
    pub image_px: usize,
    /// Side of a square patch, in pixels; divides `image_px`.
    pub patch_px: usize,
    /// Numbers per token; a multiple of `heads` and of 4.
    pub width: usize,
    /// Number of blocks.
    pub depth: usize,
    /// Attention heads per block.
    pub heads: usize,
    /// Hidden width of the MLP as a multiple of `width`.
    pub mlp_ratio: usize,
    /// The epsilon of every layer norm.
    pub ln_eps: f64,
}

/// Why a [`VitConfig`] cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("architecture: {field} = {value} cannot be used: {why}")]
pub struct BadVitConfig {
    field: &'static str,
    value: String,
    why: &'static str,
}

impl VitConfig {
    /// Checks every number against the others and against limits that keep a hostile card from asking for
    /// more memory than any model of this kind needs.
    pub fn check(&self) -> Result<(), BadVitConfig> {
        let bad = |field, value: String, why| Err(BadVitConfig { field, value, why });
        let within = |value: usize, most: usize| (1..=most).contains(&value);
        if !within(self.image_px, 1024) {
            return bad("image_px", self.image_px.to_string(), "it must lie in 1..=1024");
        }
        if !within(self.patch_px, self.image_px) || !self.image_px.is_multiple_of(self.patch_px) {
            return bad("patch_px", self.patch_px.to_string(), "it must divide image_px");
        }
        if !within(self.heads, 64) {
            return bad("heads", self.heads.to_string(), "it must lie in 1..=64");
        }
        if !within(self.width, 4096)
            || !self.width.is_multiple_of(self.heads)
            || !self.width.is_multiple_of(4)
        {
            return bad(
                "width",
                self.width.to_string(),
                "it must be a multiple of heads and of 4, at most 4096",
            );
        }
        if !within(self.depth, 64) {
            return bad("depth", self.depth.to_string(), "it must lie in 1..=64");
        }
        if !within(self.mlp_ratio, 16) {
            return bad("mlp_ratio", self.mlp_ratio.to_string(), "it must lie in 1..=16");
        }
        if !(self.ln_eps > 0.0 && self.ln_eps < 0.1) {
            return bad("ln_eps", self.ln_eps.to_string(), "it must lie between 0 and 0.1");
        }
        Ok(())
    }

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

    /// A network of this shape on `device`, its weights drawn lazily: load weights over it, or draw them with
    /// a seed of your own, before the first forward pass.
    ///
    /// # Errors
    /// When [`check`](Self::check) finds a number that cannot be used.
    pub fn init(&self, device: &Device) -> Result<Vit, BadVitConfig> {
        self.check()?;
        let block = BlockConfig {
            width: self.width,
            heads: self.heads,
            mlp_width: self.width * self.mlp_ratio,
            ln_eps: self.ln_eps,
        };
        let positions = sin_cos_2d(self.grid(), self.width);
        Ok(Vit {
            patch_embed: PatchEmbed { proj: LinearConfig::new(self.patch_len(), self.width).init(device) },
            cls_token: zeros([1, 1, self.width], device),
            pos_embed: Param::uninitialized(
                ParamId::new(),
                move |device, grad| Tensor::from_data(positions.clone(), device).set_require_grad(grad),
                device.clone(),
                // As in He et al. (2022): fixed sine-cosine positions, not learned.
                false,
                Shape::from([1, self.patches() + 1, self.width]),
            ),
            blocks: (0..self.depth).map(|_| block.init(device)).collect(),
            norm: LayerNormConfig::new(self.width).with_epsilon(self.ln_eps).init(device),
            image_px: self.image_px,
            patch_px: self.patch_px,
        })
    }
}

/// A zero-valued trainable parameter, made only when first read.
fn zeros<const D: usize>(shape: [usize; D], device: &Device) -> Param<Tensor<D>> {
    Param::uninitialized(
        ParamId::new(),
        move |device, grad| Tensor::zeros(shape, device).set_require_grad(grad),
        device.clone(),
        true,
        Shape::from(shape),
    )
}

/// Which tokens a forward pass hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    /// After the final layer norm: what a head would see.
    Norm,
    /// After block `i`, counted from 0, without the final norm.
    Block(usize),
}

/// The linear map from a patch to a token; timm's strided convolution, written as the matrix product it is.
#[derive(Module, Debug)]
pub struct PatchEmbed {
    /// `[3·p·p, w]`; row `c·p·p + y·p + x` weighs colour `c` of pixel `(x, y)`.
    pub proj: Linear,
}

/// A vision transformer without a head.
#[derive(Module, Debug)]
pub struct Vit {
    /// Patch → token.
    pub patch_embed: PatchEmbed,
    /// `[1, 1, w]`
    pub cls_token: Param<Tensor<3>>,
    /// `[1, n + 1, w]`, the class token's row first.
    pub pos_embed: Param<Tensor<3>>,
    /// The transformer blocks, first to last.
    pub blocks: Vec<Block>,
    /// The final layer norm.
    pub norm: LayerNorm,
    image_px: usize,
    patch_px: usize,
}

impl Vit {
    /// Tokens after the final norm.
    ///
    /// # Shapes
    /// - `pictures`: `[b, 3, px, px]`, normalised as the card says
    /// - output: `[b, n + 1, w]`
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<3> {
        self.forward_to(pictures, Site::Norm, None)
    }

    /// Tokens at `site`, with Top-K sparsity at the input of every block when asked for.
    ///
    /// # Shapes
    /// As [`forward`](Self::forward).
    ///
    /// # Panics
    /// When `pictures` has another size, or the site names a block that is not there.
    pub fn forward_to(&self, pictures: Tensor<4>, site: Site, top_k: Option<TopK>) -> Tensor<3> {
        assert_shape!(pictures, [_, 3, self.image_px, self.image_px]);
        let mut tokens = self.embed(patchify(pictures, self.patch_px), None);
        for (i, block) in self.blocks.iter().enumerate() {
            if let Some(top_k) = top_k {
                tokens = top_k.apply(tokens);
            }
            tokens = block.forward(tokens);
            if site == Site::Block(i) {
                return tokens;
            }
        }
        assert_eq!(site, Site::Norm, "the network has {} blocks", self.blocks.len());
        self.norm.forward(tokens)
    }

    /// Patches → tokens with their positions and the class token in front.
    ///
    /// # Shapes
    /// - `patches`: `[b, v, 3·p·p]`
    /// - `kept`: which position each of the `v` patches has, `[b · v]` values in `0..n`; `None`: all, in order
    /// - output: `[b, v + 1, w]`
    pub fn embed(&self, patches: Tensor<3>, kept: Option<Tensor<1, Int>>) -> Tensor<3> {
        let [b, v, _] = patches.dims();
        let tokens = self.patch_embed.proj.forward(patches);
        let [_, rows, w] = self.pos_embed.dims();
        let table = self.pos_embed.val();
        let patch_rows = table.clone().slice([0..1, 1..rows]);
        let positions = match kept {
            None => patch_rows,
            Some(kept) => patch_rows.reshape([rows - 1, w]).select(0, kept).reshape([b, v, w]),
        };
        let class = (self.cls_token.val() + table.slice([0..1, 0..1])).expand([b, 1, w]);
        Tensor::cat(vec![class, tokens + positions], 1)
    }

    /// All blocks and the final norm, over tokens that [`embed`](Self::embed) made.
    ///
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn encode(&self, tokens: Tensor<3>) -> Tensor<3> {
        self.norm.forward(self.blocks.iter().fold(tokens, |tokens, block| block.forward(tokens)))
    }
}

/// Cuts pictures into patches, row by row.
///
/// # Shapes
/// `[b, 3, h, w]` → `[b, (h/p)·(w/p), 3·p·p]`, colour-major inside a patch.
pub fn patchify(pictures: Tensor<4>, patch_px: usize) -> Tensor<3> {
    let [b, c, h, w] = pictures.dims();
    let (rows, columns) = (h / patch_px, w / patch_px);
    pictures.reshape([b, c, rows, patch_px, columns, patch_px]).permute([0, 2, 4, 1, 3, 5]).reshape([
        b,
        rows * columns,
        c * patch_px * patch_px,
    ])
}

/// The shape of one transformer block; the decoder of a masked autoencoder uses it too.
#[derive(Clone, Copy, Debug)]
pub struct BlockConfig {
    /// Numbers per token.
    pub width: usize,
    /// Attention heads.
    pub heads: usize,
    /// Hidden width of the MLP.
    pub mlp_width: usize,
    /// Epsilon of both layer norms.
    pub ln_eps: f64,
}

impl BlockConfig {
    /// A block on `device`, weights drawn lazily.
    pub fn init(&self, device: &Device) -> Block {
        let norm = || LayerNormConfig::new(self.width).with_epsilon(self.ln_eps).init(device);
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        Block {
            norm1: norm(),
            attn: Attention {
                qkv: linear(self.width, 3 * self.width),
                proj: linear(self.width, self.width),
                heads: self.heads,
            },
            norm2: norm(),
            mlp: Mlp { fc1: linear(self.width, self.mlp_width), fc2: linear(self.mlp_width, self.width) },
        }
    }
}

/// A pre-norm transformer block: `x + attn(norm1(x))`, then `x + mlp(norm2(x))`.
#[derive(Module, Debug)]
pub struct Block {
    /// Before the attention.
    pub norm1: LayerNorm,
    /// Multi-head self-attention.
    pub attn: Attention,
    /// Before the MLP.
    pub norm2: LayerNorm,
    /// The two-layer perceptron.
    pub mlp: Mlp,
}

impl Block {
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let x = x.clone() + self.attn.forward(self.norm1.forward(x));
        x.clone() + self.mlp.forward(self.norm2.forward(x))
    }
}

/// Multi-head self-attention with one matrix for queries, keys and values.
#[derive(Module, Debug)]
pub struct Attention {
    /// `[w, 3·w]`: queries, then keys, then values, heads in order within each.
    pub qkv: Linear,
    /// `[w, w]`
    pub proj: Linear,
    heads: usize,
}

impl Attention {
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let [b, t, w] = x.dims();
        let qkv = self.qkv.forward(x);
        // [b, t, w] of each → [b, heads, t, w / heads]
        let part = |i: usize| {
            qkv.clone()
                .slice([0..b, 0..t, i * w..(i + 1) * w])
                .reshape([b, t, self.heads, w / self.heads])
                .swap_dims(1, 2)
        };
        // The default scale is 1 / sqrt(w / heads).
        let mixed = attention(part(0), part(1), part(2), None, None, AttentionModuleOptions::default());
        self.proj.forward(mixed.swap_dims(1, 2).reshape([b, t, w]))
    }
}

/// Two linear layers with the exact (erf) GELU between them.
#[derive(Module, Debug)]
pub struct Mlp {
    /// `[w, mlp_width]`
    pub fc1: Linear,
    /// `[mlp_width, w]`
    pub fc2: Linear,
}

impl Mlp {
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        self.fc2.forward(gelu(self.fc1.forward(x)))
    }
}
