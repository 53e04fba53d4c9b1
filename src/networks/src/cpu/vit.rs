//! The vision transformer of [`crate::vit`], computed on one core.

use super::attention::Attention;
use super::functions::{gelu, layer_norm};
use super::linear::Linear;
use super::product::Rows;
use super::sparsity::top_k;
use crate::pack::Weights;
use crate::sparsity::TopK;
use crate::vit::{Site, VitConfig};

#[derive(Debug, Clone)]
struct LayerNorm {
    scale: Vec<f32>,
    shift: Vec<f32>,
    eps: f32,
}

impl LayerNorm {
    fn from_weights(weights: &Weights, key: &str, eps: f64) -> Option<Self> {
        let values = |part: &str| Some(weights.get(&format!("{key}.{part}"))?.values.clone());
        Some(Self { scale: values("weight")?, shift: values("bias")?, eps: eps as f32 })
    }

    fn forward(&self, rows: &[f32], out: &mut [f32]) {
        layer_norm(rows, &self.scale, &self.shift, self.eps, out);
    }
}

#[derive(Debug, Clone)]
struct Block {
    norm1: LayerNorm,
    qkv: Linear,
    proj: Linear,
    norm2: LayerNorm,
    fc1: Linear,
    fc2: Linear,
}

/// A vision transformer whose matrices are cut into panels.
#[derive(Debug, Clone)]
pub struct CpuVit {
    config: VitConfig,
    patch_embed: Linear,
    /// `[n + 1, w]`: class token and zeros, plus the position embedding.
    start: Vec<f32>,
    blocks: Vec<Block>,
    norm: LayerNorm,
}

/// Rows of numbers between the layers, used anew for every block.
#[derive(Default)]
struct Scratch {
    normed: Vec<f32>,
    wide: Vec<f32>,
    mixed: Vec<f32>,
    attention: Attention,
}

impl CpuVit {
    /// From weights that were checked against this configuration; `None` where one is missing all the same.
    pub fn from_weights(config: VitConfig, weights: &Weights) -> Option<Self> {
        let norm = |key: &str| LayerNorm::from_weights(weights, key, config.ln_eps);
        let linear = |key: &str| Linear::from_weights(weights, key);
        let blocks = (0..config.depth).map(|i| {
            Some(Block {
                norm1: norm(&format!("blocks.{i}.norm1"))?,
                qkv: linear(&format!("blocks.{i}.attn.qkv"))?,
                proj: linear(&format!("blocks.{i}.attn.proj"))?,
                norm2: norm(&format!("blocks.{i}.norm2"))?,
                fc1: linear(&format!("blocks.{i}.mlp.fc1"))?,
                fc2: linear(&format!("blocks.{i}.mlp.fc2"))?,
            })
        });
        let mut start = weights.get("pos_embed")?.values.clone();
        for (start, class) in start.iter_mut().zip(&weights.get("cls_token")?.values) {
            *start += class;
        }
        Some(Self {
            config,
            patch_embed: linear("patch_embed.proj")?,
            start,
            blocks: blocks.collect::<Option<_>>()?,
            norm: norm("norm")?,
        })
    }

    /// Numbers per token.
    pub fn width(&self) -> usize {
        self.config.width
    }

    /// Tokens at `site`, as [`Vit::forward_to`](crate::vit::Vit::forward_to) gives them.
    ///
    /// # Shapes
    /// - `pictures`: `[b, 3, px, px]`, normalised as the card says
    /// - output: `[b, n + 1, w]`
    ///
    /// # Panics
    /// When `pictures` is not whole pictures of the network's size.
    pub fn forward_to(&self, pictures: &[f32], site: Site, sparsity: Option<TopK>) -> Vec<f32> {
        let picture_len = 3 * self.config.image_px * self.config.image_px;
        assert!(pictures.len().is_multiple_of(picture_len), "pictures of the network's size are needed");
        let mut tokens: Vec<f32> = pictures.chunks_exact(picture_len).flat_map(|p| self.embed(p)).collect();
        let mut scratch = Scratch::default();
        for (i, block) in self.blocks.iter().enumerate() {
            if let Some(kept) = sparsity {
                let (w, of_one) = (self.config.width, self.start.len());
                tokens.chunks_exact_mut(of_one).for_each(|one| top_k(one, w, 1, kept));
            }
            self.block(block, &mut tokens, &mut scratch);
            if site == Site::Block(i) {
                return tokens;
            }
        }
        let mut normed = vec![0.0; tokens.len()];
        self.norm.forward(&tokens, &mut normed);
        normed
    }

    /// One picture's tokens, `[n + 1, w]`.
    fn embed(&self, picture: &[f32]) -> Vec<f32> {
        let (w, grid, p, px) =
            (self.config.width, self.config.grid(), self.config.patch_px, self.config.image_px);
        let mut patches = Vec::with_capacity(picture.len());
        for (row, column) in (0..grid * grid).map(|i| (i / grid, i % grid)) {
            for (colour, y) in (0..3 * p).map(|i| (i / p, i % p)) {
                let from = colour * px * px + (row * p + y) * px + column * p;
                patches.extend_from_slice(&picture[from..from + p]);
            }
        }
        let mut tokens = vec![0.0; self.start.len()];
        let rows = Rows::packed(&patches, self.config.patch_len());
        self.patch_embed.forward(rows, &mut tokens[w..], |_| ());
        add(&mut tokens, &self.start);
        tokens
    }

    fn block(&self, block: &Block, tokens: &mut [f32], scratch: &mut Scratch) {
        let (w, of_one) = (self.config.width, self.start.len());
        let Scratch { normed, wide, mixed, attention } = scratch;
        normed.resize(tokens.len(), 0.0);
        mixed.resize(tokens.len(), 0.0);
        wide.resize(tokens.len() / w * block.fc1.width().max(block.qkv.width()), 0.0);

        block.norm1.forward(tokens, normed);
        let qkv = &mut wide[..3 * tokens.len()];
        block.qkv.forward(Rows::packed(normed, w), qkv, |_| ());
        for (qkv, mixed) in qkv.chunks_exact(3 * of_one).zip(mixed.chunks_exact_mut(of_one)) {
            attention.forward(qkv, w, self.config.heads, mixed);
        }
        block.proj.forward(Rows::packed(mixed, w), normed, |_| ());
        add(tokens, normed);

        block.norm2.forward(tokens, normed);
        let hidden_width = block.fc1.width();
        let hidden = &mut wide[..tokens.len() / w * hidden_width];
        block.fc1.forward(Rows::packed(normed, w), hidden, |sums| {
            sums.iter_mut().for_each(|sum| *sum = gelu(*sum));
        });
        block.fc2.forward(Rows::packed(hidden, hidden_width), normed, |_| ());
        add(tokens, normed);
    }
}

fn add(sums: &mut [f32], values: &[f32]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}
