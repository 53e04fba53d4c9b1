//! The layers of a vision transformer and the ways through them.

use std::ops::Range;

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Int, Tensor, assert_shape};

use super::block::Block;
use crate::activation::Activation;
use crate::architectures::config::ReadableNetwork;
use crate::layers::{LayerNorm, linear};
use crate::readout::{Layer, Pool, Site};
use crate::sparsity::TopK;

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
    pub(super) image_px: usize,
    pub(super) patch_px: usize,
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

    /// One vector for each picture, of tokens at the layer's site; tokens after the patches are left out.
    ///
    /// # Shapes
    /// `[b, t, w]` → as [`read`](ReadableNetwork::read)
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

    /// How much the class token attends to each patch in a block, head by head; what other tokens get
    /// is left out.
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
    /// - `kept`: which position each of the `v` patches has, `[b · v]` values in `0..n`; `None`: all,
    ///   in order
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

    /// As [`encode`](Self::encode), with Top-K sparsity of the patches at the input of every block.
    ///
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn encode_sparse(&self, tokens: Tensor<3>, top_k: Option<TopK>) -> Tensor<3> {
        self.encode_to(tokens, Site::Norm, top_k)
    }

    /// As [`encode`](Self::encode), to a site, with Top-K sparsity of the patches at the input of every
    /// block.
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

    /// Where the patches stand among the tokens. Tokens after them are another network's, such as
    /// STELLAR's.
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

impl ReadableNetwork for Vit {
    /// The class token, the mean of the patches or all of them at a site, what the class token attends
    /// to in a block, or the projection.
    ///
    /// # Shapes
    /// `[b, 3, px, px]` → `[b, w]`, `[b, n·w]`, `[b, heads·n]` or `[b, projection]`
    fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
        if let Layer { site: Site::Block(block), pool: Pool::Attention } = layer {
            return self.class_attention(self.tokens(pictures), block, top_k);
        }
        self.pooled(self.forward_to(pictures, layer.site, top_k), layer)
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
