//! The vision transformer of [`crate::vit`], computed on one core.

use super::attention::{Attention, of_class};
use super::functions::{add, gelu, mean, quick_gelu, scale};
use super::linear::{LayerNorm, Linear};
use super::product::Rows;
use super::sparsity::top_k;
use crate::architectures::vit::VitConfig;
use crate::readout::{Layer, Pool, Site};
use crate::sparsity::TopK;
use crate::weight::Weights;

#[derive(Debug, Clone)]
struct Block {
    norm1: LayerNorm,
    qkv: Linear,
    proj: Linear,
    ls1: Option<Vec<f32>>,
    norm2: LayerNorm,
    fc1: Linear,
    fc2: Linear,
    ls2: Option<Vec<f32>>,
}

/// A vision transformer whose matrices are cut into panels.
#[derive(Debug, Clone)]
pub struct CpuVit {
    config: VitConfig,
    patch_embed: Linear,
    /// `[t, w]`: class token and registers, zeros for the patches, plus the position embedding.
    start: Vec<f32>,
    norm_pre: Option<LayerNorm>,
    blocks: Vec<Block>,
    norm: LayerNorm,
    head: Option<Linear>,
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
        let values = |key: &str| weights.get(key).map(|weight| weight.values.clone());
        let blocks = (0..config.depth).map(|i| {
            let factor = |key: &str| values(&format!("blocks.{i}.{key}.gamma"));
            Some(Block {
                norm1: norm(&format!("blocks.{i}.norm1"))?,
                qkv: linear(&format!("blocks.{i}.attn.qkv"))?,
                proj: linear(&format!("blocks.{i}.attn.proj"))?,
                ls1: if config.layer_scale { Some(factor("ls1")?) } else { None },
                norm2: norm(&format!("blocks.{i}.norm2"))?,
                fc1: linear(&format!("blocks.{i}.mlp.fc1"))?,
                fc2: linear(&format!("blocks.{i}.mlp.fc2"))?,
                ls2: if config.layer_scale { Some(factor("ls2")?) } else { None },
            })
        });
        let positions = values("pos_embed")?;
        let (of_class, of_patches) = positions.split_at_checked(config.width)?;
        let mut start = values("cls_token")?;
        add(&mut start, of_class);
        if config.registers > 0 {
            start.extend(values("reg_token")?);
        }
        start.extend(of_patches);
        Some(Self {
            config,
            patch_embed: linear("patch_embed.proj")?,
            start,
            norm_pre: if config.norm_pre { Some(norm("norm_pre")?) } else { None },
            blocks: blocks.collect::<Option<_>>()?,
            norm: norm("norm")?,
            head: if config.projection > 0 { Some(linear("head")?) } else { None },
        })
    }

    /// As [`CpuNetwork::each_linear`](super::CpuNetwork::each_linear).
    pub fn each_linear(&mut self, see: &mut dyn FnMut(&str, &mut Linear)) {
        see("patch_embed.proj", &mut self.patch_embed);
        for (i, block) in self.blocks.iter_mut().enumerate() {
            see(&format!("blocks.{i}.attn.qkv"), &mut block.qkv);
            see(&format!("blocks.{i}.attn.proj"), &mut block.proj);
            see(&format!("blocks.{i}.mlp.fc1"), &mut block.fc1);
            see(&format!("blocks.{i}.mlp.fc2"), &mut block.fc2);
        }
    }

    /// One vector a picture, as [`Vit::read`](crate::architectures::ReadableNetwork::read) gives them.
    ///
    /// # Shapes
    /// `pictures`: `[b, 3, px, px]`, normalised as the card says
    ///
    /// # Panics
    /// When `pictures` is not whole pictures of the network's size, or the layer is none of a vision
    /// transformer's.
    pub fn read(&self, pictures: &[f32], layer: Layer, sparsity: Option<TopK>) -> Vec<Vec<f32>> {
        if let Layer { site: Site::Block(block), pool: Pool::Attention } = layer {
            return self.class_attention(pictures, block, sparsity);
        }
        let w = self.config.width;
        let blocks = if let Site::Block(i) = layer.site { i + 1 } else { self.blocks.len() };
        let mut tokens = self.through(pictures, blocks, sparsity);
        if layer.site == Site::Norm {
            tokens = self.norm.normalised(&tokens);
        }
        let of_one = tokens.chunks_exact(self.start.len());
        let pooled = of_one.map(|tokens| {
            let (class, patches) = (&tokens[..w], &tokens[self.prefix() * w..]);
            match (layer.pool, &self.head) {
                (Pool::Cls, _) => class.to_vec(),
                (Pool::Mean, _) => mean(patches, w),
                (Pool::Patches, _) => patches.to_vec(),
                (Pool::Projection, Some(head)) => {
                    let mut projected = vec![0.0; head.width()];
                    head.forward(Rows::packed(class, w), &mut projected, |_| ());
                    projected
                }
                _ => panic!("a vision transformer without `{layer}`"),
            }
        });
        pooled.collect()
    }

    /// How much the class token of each picture attends to each patch in a block: `[heads, n]`.
    fn class_attention(&self, pictures: &[f32], block: usize, sparsity: Option<TopK>) -> Vec<Vec<f32>> {
        let (w, heads) = (self.config.width, self.config.heads);
        let mut tokens = self.through(pictures, block, sparsity);
        self.keep_largest(&mut tokens, sparsity);
        let block = &self.blocks[block];
        let normed = block.norm1.normalised(&tokens);
        let mut qkv = vec![0.0; 3 * tokens.len()];
        block.qkv.forward(Rows::packed(&normed, w), &mut qkv, |_| ());
        let of_one = qkv.chunks_exact(3 * self.start.len());
        let to_patches = |weights: Vec<f32>| {
            let by_head = weights.chunks_exact(self.start.len() / w);
            by_head.flat_map(|tokens| &tokens[self.prefix()..]).copied().collect()
        };
        of_one.map(|qkv| to_patches(of_class(qkv, w, heads))).collect()
    }

    /// Tokens before the patches: the class token and the registers.
    fn prefix(&self) -> usize {
        1 + self.config.registers
    }

    /// Tokens after the first `blocks` blocks: `[b, 3, px, px]` → `[b, t, w]`
    fn through(&self, pictures: &[f32], blocks: usize, sparsity: Option<TopK>) -> Vec<f32> {
        let picture_len = 3 * self.config.image_px * self.config.image_px;
        assert!(pictures.len().is_multiple_of(picture_len), "pictures of the network's size are needed");
        let mut tokens: Vec<f32> = pictures.chunks_exact(picture_len).flat_map(|p| self.embed(p)).collect();
        let mut scratch = Scratch::default();
        for block in &self.blocks[..blocks] {
            self.keep_largest(&mut tokens, sparsity);
            self.block(block, &mut tokens, &mut scratch);
        }
        tokens
    }

    /// Top-K sparsity of each picture's patches.
    fn keep_largest(&self, tokens: &mut [f32], sparsity: Option<TopK>) {
        if let Some(kept) = sparsity {
            let of_one = tokens.chunks_exact_mut(self.start.len());
            of_one.for_each(|one| top_k(one, self.config.width, self.prefix(), kept));
        }
    }

    /// One picture's tokens, `[t, w]`.
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
        self.patch_embed.forward(rows, &mut tokens[self.prefix() * w..], |_| ());
        add(&mut tokens, &self.start);
        match &self.norm_pre {
            Some(norm) => norm.normalised(&tokens),
            None => tokens,
        }
    }

    /// All tokens of all pictures, in place.
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
        add_scaled(tokens, normed, block.ls1.as_deref());

        block.norm2.forward(tokens, normed);
        let hidden_width = block.fc1.width();
        let hidden = &mut wide[..tokens.len() / w * hidden_width];
        let rows = Rows::packed(normed, w);
        if self.config.quick_gelu {
            block.fc1.forward(rows, hidden, |sums| sums.iter_mut().for_each(|sum| *sum = quick_gelu(*sum)));
        } else {
            block.fc1.forward(rows, hidden, |sums| sums.iter_mut().for_each(|sum| *sum = gelu(*sum)));
        }
        block.fc2.forward(Rows::packed(hidden, hidden_width), normed, |_| ());
        add_scaled(tokens, normed, block.ls2.as_deref());
    }
}

/// Adds rows to rows, each number of a row multiplied by its factor where there are factors (DINOv2's
/// layer scale).
fn add_scaled(sums: &mut [f32], rows: &mut [f32], factors: Option<&[f32]>) {
    if let Some(factors) = factors {
        rows.chunks_exact_mut(factors.len()).for_each(|row| scale(row, factors));
    }
    add(sums, rows);
}
