//! The vision transformer, so that a checkpoint's numbers become features of a picture.
//!
//! Dosovitskiy et al., "An Image is Worth 16x16 Words" (2021), pre-norm as in timm, with what DeiT, MAE, CLIP (Radford et
//! al. 2021) and DINOv2 (Oquab et al. 2023) add to it. Field names follow timm's keys; [`crate::keys`] holds the few that
//! differ. Conventions: `b` pictures, `n` patches in row-major order, `t = 1 + r + n` tokens: the class token, `r`
//! registers (none in most), the patches; `w` the width, `p` the side of a patch in pixels.

use std::ops::Range;

use burn::module::{Module, Param, ParamId};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Int, Shape, Tensor, assert_shape};
use serde::{Deserialize, Serialize};

use crate::bad_config::BadConfig;
use crate::layers::{Activation, LayerNorm, attention, by_head, linear};
use crate::position::sin_cos_2d;
use crate::readout::{Layer, Pool, Site};
use crate::sparsity::TopK;

/// The numbers that fix a vision transformer's shape.
///
/// The default is ViT-Ti/16 at 224 px; fields after `ln_eps` are off in the plain network and need not be written.
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
    /// A layer norm before the first block, and patches embedded without a bias (CLIP).
    #[serde(default, skip_serializing_if = "is_default")]
    pub norm_pre: bool,
    /// `x · sigmoid(1.702 x)` in place of the exact GELU (CLIP).
    #[serde(default, skip_serializing_if = "is_default")]
    pub quick_gelu: bool,
    /// Numbers in the projection of the class token after the final norm; 0: no projection (CLIP).
    #[serde(default, skip_serializing_if = "is_default")]
    pub projection: usize,
    /// A learned factor per number after attention and MLP (DINOv2).
    #[serde(default, skip_serializing_if = "is_default")]
    pub layer_scale: bool,
    /// Register tokens after the class token, without a position (Darcet et al. 2024).
    #[serde(default, skip_serializing_if = "is_default")]
    pub registers: usize,
}

/// Whether a number of a card is the one that need not be written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
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

/// Patches along one side of the picture: attention takes the fourth power of it, and no public network comes near.
const MOST_GRID: usize = 128;

impl VitConfig {
    /// Checks every number against the others and against limits that keep a hostile card from asking for
    /// more memory than any model of this kind needs.
    pub fn check(&self) -> Result<(), BadConfig> {
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
    pub fn init(&self, device: &Device) -> Result<Vit, BadConfig> {
        self.check()?;
        let block = BlockConfig {
            width: self.width,
            heads: self.heads,
            mlp_width: self.width * self.mlp_ratio,
            ln_eps: self.ln_eps,
        };
        let blocks = (0..self.depth).map(|_| {
            let mut block = block.init(device);
            block.mlp.quick_gelu = self.quick_gelu;
            if self.layer_scale {
                block.ls1 = Some(LayerScale::init(self.width, device));
                block.ls2 = Some(LayerScale::init(self.width, device));
            }
            block
        });
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
            blocks: blocks.collect(),
            norm: norm(),
            head: (self.projection > 0).then(|| LinearConfig::new(self.width, self.projection).init(device)),
            image_px: self.image_px,
            patch_px: self.patch_px,
        })
    }
}

/// A zero-valued trainable parameter, made only when first read.
pub(crate) fn zeros<const D: usize>(shape: [usize; D], device: &Device) -> Param<Tensor<D>> {
    Param::uninitialized(
        ParamId::new(),
        move |device, grad| Tensor::zeros(shape, device).set_require_grad(grad),
        device.clone(),
        true,
        Shape::from(shape),
    )
}

/// The linear map from a patch to a token; timm's strided convolution, written as the matrix product it is.
#[derive(Module, Debug)]
pub struct PatchEmbed {
    /// `[3·p·p, w]`; row `c·p·p + y·p + x` weighs colour `c` of pixel `(x, y)`.
    pub proj: Linear,
}

/// A vision transformer without a classifier.
#[derive(Module, Debug)]
pub struct Vit {
    /// Patch → token.
    pub patch_embed: PatchEmbed,
    /// `[1, 1, w]`
    pub cls_token: Param<Tensor<3>>,
    /// `[1, r, w]`
    pub reg_token: Option<Param<Tensor<3>>>,
    /// `[1, n + 1, w]`, the class token's row first.
    pub pos_embed: Param<Tensor<3>>,
    /// Before the first block.
    pub norm_pre: Option<LayerNorm>,
    /// The transformer blocks, first to last.
    pub blocks: Vec<Block>,
    /// The final layer norm.
    pub norm: LayerNorm,
    /// `[w, projection]`, of the class token.
    pub head: Option<Linear>,
    image_px: usize,
    patch_px: usize,
}

impl Vit {
    /// Tokens after the final norm.
    ///
    /// # Shapes
    /// - `pictures`: `[b, 3, px, px]`, normalised as the card says
    /// - output: `[b, t, w]`
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
        self.encode_to(self.tokens(pictures), site, top_k)
    }

    /// One vector a picture: the class token, the mean of the patches or all of them at a site, what the class token attends to in a
    /// block, or the projection.
    ///
    /// # Shapes
    /// `[b, 3, px, px]` → `[b, w]`, `[b, n·w]`, `[b, heads·n]` or `[b, projection]`
    ///
    /// # Panics
    /// As [`forward_to`](Self::forward_to), and when the layer is none of a vision transformer's.
    pub fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
        if let Layer { site: Site::Block(block), pool: Pool::Attention } = layer {
            return self.class_attention(self.tokens(pictures), block, top_k);
        }
        self.pooled(self.forward_to(pictures, layer.site, top_k), layer)
    }

    /// One vector a picture of tokens at the layer's site; tokens after the patches are left out.
    ///
    /// # Shapes
    /// `[b, t, w]` → as [`read`](Self::read)
    pub(crate) fn pooled(&self, tokens: Tensor<3>, layer: Layer) -> Tensor<2> {
        let [b, _, w] = tokens.dims();
        let class = |tokens: Tensor<3>| tokens.slice([0..b, 0..1]).reshape([b, w]);
        let patches = |tokens: Tensor<3>| tokens.slice([0..b, self.patches()]);
        match (layer.pool, &self.head) {
            (Pool::Cls, _) => class(tokens),
            (Pool::Mean, _) => patches(tokens).mean_dim(1).reshape([b, w]),
            (Pool::Patches, _) => patches(tokens).reshape([b, self.patches().len() * w]),
            (Pool::Projection, Some(head)) => linear(head, class(tokens), Activation::None),
            _ => panic!("a vision transformer without `{layer}`"),
        }
    }

    /// How much the class token attends to each patch in a block, head by head; what other tokens get is left out.
    ///
    /// # Shapes
    /// `[b, t, w]`, as [`embed`](Self::embed) made them → `[b, heads·n]`
    pub(crate) fn class_attention(&self, tokens: Tensor<3>, block: usize, top_k: Option<TopK>) -> Tensor<2> {
        let tokens = match block.checked_sub(1) {
            Some(before) => self.encode_to(tokens, Site::Block(before), top_k),
            None => tokens,
        };
        let tokens = self.sparse(tokens, top_k);
        let block = &self.blocks[block];
        let weights = block.attn.of_class(block.norm1.forward(tokens));
        let [b, heads, _] = weights.dims();
        weights.slice([0..b, 0..heads, self.patches()]).reshape([b, heads * self.patches().len()])
    }

    /// The tokens of whole pictures, before the first block.
    fn tokens(&self, pictures: Tensor<4>) -> Tensor<3> {
        assert_shape!(pictures, [_, 3, self.image_px, self.image_px]);
        self.embed(patchify(pictures, self.patch_px), None)
    }

    /// Tokens before the patches: the class token and the registers.
    pub fn prefix(&self) -> usize {
        1 + self.reg_token.as_ref().map_or(0, |registers| registers.dims()[1])
    }

    /// Patches → tokens with their positions and the class token in front.
    ///
    /// # Shapes
    /// - `patches`: `[b, v, 3·p·p]`
    /// - `kept`: which position each of the `v` patches has, `[b · v]` values in `0..n`; `None`: all, in order
    /// - output: `[b, 1 + r + v, w]`
    pub fn embed(&self, patches: Tensor<3>, kept: Option<Tensor<1, Int>>) -> Tensor<3> {
        let [b, v, _] = patches.dims();
        let tokens = linear(&self.patch_embed.proj, patches, Activation::None);
        let [_, rows, w] = self.pos_embed.dims();
        let table = self.pos_embed.val();
        let patch_rows = table.clone().slice([0..1, 1..rows]);
        let positions = match kept {
            None => patch_rows,
            Some(kept) => patch_rows.reshape([rows - 1, w]).select(0, kept).reshape([b, v, w]),
        };
        let class = (self.cls_token.val() + table.slice([0..1, 0..1])).expand([b, 1, w]);
        let mut tokens_in_order = vec![class];
        if let Some(registers) = &self.reg_token {
            let [_, r, _] = registers.dims();
            tokens_in_order.push(registers.val().expand([b, r, w]));
        }
        tokens_in_order.push(tokens + positions);
        let tokens = Tensor::cat(tokens_in_order, 1);
        match &self.norm_pre {
            Some(norm) => norm.forward(tokens),
            None => tokens,
        }
    }

    /// All blocks and the final norm, over tokens that [`embed`](Self::embed) made.
    ///
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn encode(&self, tokens: Tensor<3>) -> Tensor<3> {
        self.encode_to(tokens, Site::Norm, None)
    }

    /// As [`encode`](Self::encode), to a site, with Top-K sparsity of the patches at the input of every block.
    pub(crate) fn encode_to(&self, mut tokens: Tensor<3>, site: Site, top_k: Option<TopK>) -> Tensor<3> {
        for (i, block) in self.blocks.iter().enumerate() {
            tokens = block.forward(self.sparse(tokens, top_k));
            if site == Site::Block(i) {
                return tokens;
            }
        }
        assert_eq!(site, Site::Norm, "the network has {} blocks", self.blocks.len());
        self.norm.forward(tokens)
    }

    /// Where the patches stand among the tokens. Tokens after them are another network's, such as STELLAR's.
    fn patches(&self) -> Range<usize> {
        self.prefix()..self.prefix() + self.pos_embed.dims()[1] - 1
    }

    /// Top-K sparsity of the patches.
    fn sparse(&self, tokens: Tensor<3>, top_k: Option<TopK>) -> Tensor<3> {
        match top_k {
            Some(top_k) => top_k.apply_to(tokens, self.patches()),
            None => tokens,
        }
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
        let norm = || LayerNorm::new(self.width, self.ln_eps, device);
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        Block {
            norm1: norm(),
            attn: Attention {
                qkv: linear(self.width, 3 * self.width),
                proj: linear(self.width, self.width),
                heads: self.heads,
            },
            ls1: None,
            norm2: norm(),
            mlp: Mlp {
                fc1: linear(self.width, self.mlp_width),
                fc2: linear(self.mlp_width, self.width),
                quick_gelu: false,
            },
            ls2: None,
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
    /// After the attention.
    pub ls1: Option<LayerScale>,
    /// Before the MLP.
    pub norm2: LayerNorm,
    /// The two-layer perceptron.
    pub mlp: Mlp,
    /// After the MLP.
    pub ls2: Option<LayerScale>,
}

impl Block {
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let scaled = |scale: &Option<LayerScale>, x| match scale {
            Some(scale) => scale.forward(x),
            None => x,
        };
        let x = x.clone() + scaled(&self.ls1, self.attn.forward(self.norm1.forward(x)));
        x.clone() + scaled(&self.ls2, self.mlp.forward(self.norm2.forward(x)))
    }
}

/// A learned factor for every number of a token.
#[derive(Module, Debug)]
pub struct LayerScale {
    /// `[w]`
    pub gamma: Param<Tensor<1>>,
}

impl LayerScale {
    fn init(width: usize, device: &Device) -> Self {
        Self { gamma: zeros([width], device) }
    }

    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        x * self.gamma.val().reshape([1, 1, -1])
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
        let mixed = attention(linear(&self.qkv, x, Activation::None), self.heads);
        linear(&self.proj, mixed, Activation::None)
    }

    /// How much the class token, which is the first, attends to every token: `softmax(q Kᵀ / √(w / heads))`.
    ///
    /// # Shapes
    /// `[b, t, w]` → `[b, heads, t]`
    pub fn of_class(&self, x: Tensor<3>) -> Tensor<3> {
        let [queries, keys, _] = by_head(linear(&self.qkv, x, Activation::None), self.heads);
        let [b, heads, t, width] = queries.dims();
        let query = queries.slice([0..b, 0..heads, 0..1]).div_scalar((width as f64).sqrt());
        softmax(query.matmul(keys.swap_dims(2, 3)), 3).reshape([b, heads, t])
    }
}

/// Two linear layers with the exact (erf) GELU, or CLIP's approximation of it, between them.
#[derive(Module, Debug)]
pub struct Mlp {
    /// `[w, mlp_width]`
    pub fc1: Linear,
    /// `[mlp_width, w]`
    pub fc2: Linear,
    quick_gelu: bool,
}

impl Mlp {
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let activation = if self.quick_gelu { Activation::QuickGelu } else { Activation::Gelu };
        linear(&self.fc2, linear(&self.fc1, x, activation), Activation::None)
    }
}
