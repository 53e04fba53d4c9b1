//! ConvNeXt V2 of [`crate::convnext`], computed on one core; maps lie position by position, the
//! channels side by side.

use super::depthwise::Depthwise;
use super::functions::{add, gelu, mean};
use super::linear::{LayerNorm, Linear};
use super::product::Rows;
use super::sparsity::top_k;
use crate::architectures::convnext::{ConvNextConfig, LN_EPS};
use crate::readout::{Layer, Pool, Site};
use crate::sparsity::TopK;
use crate::weight::{Weight, Weights};

#[derive(Debug, Clone)]
struct Block {
    conv_dw: Depthwise<7>,
    norm: LayerNorm,
    fc1: Linear,
    grn: ResponseNorm,
    fc2: Linear,
}

#[derive(Debug, Clone)]
struct ResponseNorm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

#[derive(Debug, Clone)]
struct Stage {
    downsample: Option<(LayerNorm, Linear)>,
    blocks: Vec<Block>,
}

/// A ConvNeXt V2 whose matrices are cut into panels.
#[derive(Debug, Clone)]
pub struct CpuConvNext {
    config: ConvNextConfig,
    stem: (Linear, LayerNorm),
    stages: Vec<Stage>,
    head_norm: Option<LayerNorm>,
}

impl CpuConvNext {
    /// From weights that were checked against this configuration; `None` where one is missing all the same.
    pub fn from_weights(config: ConvNextConfig, weights: &Weights) -> Option<Self> {
        let norm = |key: &str| LayerNorm::from_weights(weights, key, LN_EPS);
        let linear = |key: &str| Linear::from_weights(weights, key);
        let plain = |key: &str| weights.get(key).map(|Weight { values, .. }| values.clone());
        let block = |key: &str| {
            Some(Block {
                conv_dw: Depthwise::from_weights(weights, &format!("{key}.conv_dw"), 1)?,
                norm: norm(&format!("{key}.norm"))?,
                fc1: linear(&format!("{key}.mlp.fc1"))?,
                grn: ResponseNorm {
                    weight: plain(&format!("{key}.mlp.grn.weight"))?,
                    bias: plain(&format!("{key}.mlp.grn.bias"))?,
                },
                fc2: linear(&format!("{key}.mlp.fc2"))?,
            })
        };
        let stage = |s: usize| {
            let downsample = format!("stages.{s}.downsample");
            let halving = || {
                Some((
                    norm(&format!("{downsample}.0"))?,
                    Linear::from_patches(weights, &format!("{downsample}.1"))?,
                ))
            };
            Some(Stage {
                downsample: if s > 0 { Some(halving()?) } else { None },
                blocks: (0..config.depths[s])
                    .map(|i| block(&format!("stages.{s}.blocks.{i}")))
                    .collect::<Option<_>>()?,
            })
        };
        Some(Self {
            config,
            stem: (Linear::from_patches(weights, "stem.0")?, norm("stem.1")?),
            stages: (0..4).map(stage).collect::<Option<_>>()?,
            head_norm: if config.head_norm { Some(norm("head.norm")?) } else { None },
        })
    }

    /// As [`CpuNetwork::each_linear`](super::CpuNetwork::each_linear); the products of patches are
    /// convolutions on disk.
    pub fn each_linear(&mut self, see: &mut dyn FnMut(&str, &mut Linear)) {
        for (s, stage) in self.stages.iter_mut().enumerate() {
            for (i, block) in stage.blocks.iter_mut().enumerate() {
                see(&format!("stages.{s}.blocks.{i}.mlp.fc1"), &mut block.fc1);
                see(&format!("stages.{s}.blocks.{i}.mlp.fc2"), &mut block.fc2);
            }
        }
    }

    /// One vector a picture, as [`ConvNext::read`](crate::architectures::ReadableNetwork::read) gives them.
    ///
    /// # Shapes
    /// `pictures`: `[b, 3, px, px]`, normalised as the card says
    ///
    /// # Panics
    /// When `pictures` is not whole pictures of the network's size, or the layer is none of a ConvNeXt's.
    pub fn read(&self, pictures: &[f32], layer: Layer, sparsity: Option<TopK>) -> Vec<Vec<f32>> {
        let picture_len = 3 * self.config.image_px * self.config.image_px;
        assert!(pictures.len().is_multiple_of(picture_len), "pictures of the network's size are needed");
        let last = layer.stage(4);
        let read = |picture| {
            let map = self.forward_to(picture, last, sparsity);
            match (layer.pool, &self.head_norm, layer.site) {
                (Pool::Patches, ..) => map,
                (Pool::Mean, Some(norm), Site::Norm) => {
                    norm.normalised(&mean(&map, self.config.widths[last]))
                }
                (Pool::Mean, ..) => mean(&map, self.config.widths[last]),
                _ => panic!("a ConvNeXt without `{layer}`"),
            }
        };
        pictures.chunks_exact(picture_len).map(read).collect()
    }

    /// The map of one picture `[3, px, px]` after stage `last`, `[h·w, c]`.
    fn forward_to(&self, picture: &[f32], last: usize, sparsity: Option<TopK>) -> Vec<f32> {
        let px = self.config.image_px;
        let area = px * px;
        let pixels: Vec<f32> = (0..3 * area).map(|i| picture[i % 3 * area + i / 3]).collect();
        let mut side = px / 4;
        let embedded = patches(&pixels, px, 3, 4, &self.stem.0);
        let mut map = self.stem.1.normalised(&embedded);
        for (s, stage) in self.stages.iter().enumerate().take(last + 1) {
            let width = self.config.widths[s];
            if s > 0
                && let Some(kept) = sparsity
            {
                top_k(&mut map, self.config.widths[s - 1], 0, kept);
            }
            if let Some((norm, linear)) = &stage.downsample {
                map = patches(&norm.normalised(&map), side, self.config.widths[s - 1], 2, linear);
                side /= 2;
            }
            stage.blocks.iter().for_each(|block| block.forward(&mut map, side, width));
        }
        map
    }
}

impl Block {
    /// `[side·side, c]`, in place
    fn forward(&self, map: &mut [f32], side: usize, c: usize) {
        let mut inner = vec![0.0; map.len()];
        self.conv_dw.forward(map, side, &mut inner);
        let normed = self.norm.normalised(&inner);
        let hidden_width = self.fc1.width();
        let mut hidden = vec![0.0; map.len() / c * hidden_width];
        self.fc1.forward(Rows::packed(&normed, c), &mut hidden, |sums| {
            sums.iter_mut().for_each(|sum| *sum = gelu(*sum));
        });
        self.grn.forward(&mut hidden);
        self.fc2.forward(Rows::packed(&hidden, hidden_width), &mut inner, |_| ());
        add(map, &inner);
    }
}

impl ResponseNorm {
    /// Woo et al. (2023), equations 1 to 3, with the input added; `[n, c]`, in place
    fn forward(&self, rows: &mut [f32]) {
        let c = self.weight.len();
        let mut response = vec![0.0_f32; c];
        for row in rows.chunks_exact(c) {
            response.iter_mut().zip(row).for_each(|(sum, value)| *sum += value * value);
        }
        response.iter_mut().for_each(|sum| *sum = sum.sqrt());
        let mean = response.iter().sum::<f32>() / c as f32 + LN_EPS as f32;
        let factor: Vec<f32> = response
            .iter()
            .zip(&self.weight)
            .map(|(response, weight)| 1.0 + weight * response / mean)
            .collect();
        for row in rows.chunks_exact_mut(c) {
            for ((value, factor), bias) in row.iter_mut().zip(&factor).zip(&self.bias) {
                *value = *value * factor + bias;
            }
        }
    }
}

/// A convolution whose stride is its size, as a product of patches.
///
/// # Shapes
/// `[side, side, c]` → `[side / p · side / p, out]`
fn patches(map: &[f32], side: usize, c: usize, p: usize, linear: &Linear) -> Vec<f32> {
    let grid = side / p;
    let mut rows = Vec::with_capacity(map.len());
    for (row, column) in (0..grid * grid).map(|i| (i / grid, i % grid)) {
        for y in 0..p {
            rows.extend_from_slice(&map[((row * p + y) * side + column * p) * c..][..p * c]);
        }
    }
    let mut out = vec![0.0; grid * grid * linear.width()];
    linear.forward(Rows::packed(&rows, p * p * c), &mut out, |_| ());
    out
}
