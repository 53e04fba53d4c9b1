//! MobileNetV2 of [`crate::architectures::mobilenet`], computed on one core; maps lie position by
//! position, the channels side by side, so that a convolution of 1 × 1 is a matrix product.

use super::depthwise::Depthwise;
use super::functions::{add, mean};
use super::linear::Linear;
use super::product::{COLUMNS, Rows};
use super::sparsity::top_k;
use crate::architectures::mobilenet::{EXPANSIONS, MobileNetV2Config, STAGES, STRIDES};
use crate::readout::{Layer, Pool, Site};
use crate::sparsity::TopK;
use crate::weight::Weights;

#[derive(Debug, Clone)]
struct Block {
    expand: Option<Linear>,
    depthwise: Depthwise<3>,
    project: Linear,
    adds_input: bool,
}

/// A MobileNetV2 whose matrices are cut into panels.
#[derive(Debug, Clone)]
pub struct CpuMobileNetV2 {
    config: MobileNetV2Config,
    stem: Linear,
    stages: Vec<Vec<Block>>,
    head: Linear,
}

impl CpuMobileNetV2 {
    /// From weights that were checked against this configuration; `None` where one is missing all the same.
    pub fn from_weights(config: MobileNetV2Config, weights: &Weights) -> Option<Self> {
        let product = |key: &str| Linear::from_patches(weights, key);
        let (mut from, mut number) = (config.stem_width, 0);
        let mut stages = Vec::with_capacity(STAGES);
        for stage in 0..STAGES {
            let mut blocks = Vec::with_capacity(config.depths[stage]);
            for i in 0..config.depths[stage] {
                let key = format!("blocks.{number}");
                let stride = if i == 0 { STRIDES[stage] } else { 1 };
                let expands = EXPANSIONS[stage] > 1;
                blocks.push(Block {
                    expand: if expands { Some(product(&format!("{key}.expand"))?) } else { None },
                    depthwise: Depthwise::from_weights(weights, &format!("{key}.depthwise"), stride)?,
                    project: product(&format!("{key}.project"))?,
                    adds_input: stride == 1 && from == config.widths[stage],
                });
                from = config.widths[stage];
                number += 1;
            }
            stages.push(blocks);
        }
        Some(Self { config, stem: product("stem")?, stages, head: product("head")? })
    }

    /// One vector for each picture, as the burn network gives them.
    ///
    /// # Shapes
    /// `pictures`: `[b, 3, px, px]`, normalised as the card says
    ///
    /// # Panics
    /// When `pictures` is not whole pictures of the network's size, or the layer is none of a MobileNet's.
    pub fn read(&self, pictures: &[f32], layer: Layer, sparsity: Option<TopK>) -> Vec<Vec<f32>> {
        let picture_len = 3 * self.config.image_px * self.config.image_px;
        assert!(pictures.len().is_multiple_of(picture_len), "pictures of the network's size are needed");
        let last = layer.stage(STAGES);
        let read = |picture| {
            let map = self.forward_to(picture, last, sparsity);
            let (map, width) = match layer.site {
                Site::Norm => (product(&self.head, &map, relu6), self.config.head_width),
                _ => (map, self.config.widths[last]),
            };
            match layer.pool {
                Pool::Patches => map,
                Pool::Mean => mean(&map, width),
                _ => panic!("a MobileNet without `{layer}`"),
            }
        };
        pictures.chunks_exact(picture_len).map(read).collect()
    }

    /// The map of one picture `[3, px, px]` after stage `last`, `[h·w, c]`.
    fn forward_to(&self, picture: &[f32], last: usize, sparsity: Option<TopK>) -> Vec<f32> {
        let px = self.config.image_px;
        let mut map = product(&self.stem, &windows(picture, px), relu6);
        let mut side = px / 2;
        for (stage, blocks) in self.stages.iter().enumerate().take(last + 1) {
            if stage > 0
                && let Some(kept) = sparsity
            {
                top_k(&mut map, self.config.widths[stage - 1], 0, kept);
            }
            for block in blocks {
                map = block.forward(map, side);
                side = block.depthwise.side_of(side);
            }
        }
        map
    }
}

impl Block {
    /// `[side·side, from]` → `[side·side / stride², to]`
    fn forward(&self, map: Vec<f32>, side: usize) -> Vec<f32> {
        let expanded = self.expand.as_ref().map(|expand| product(expand, &map, relu6));
        let wide = expanded.as_deref().unwrap_or(&map);
        let (positions, out_side) = (side * side, self.depthwise.side_of(side));
        let mut inner = vec![0.0; wide.len() / positions * out_side * out_side];
        self.depthwise.forward(wide, side, &mut inner);
        inner.iter_mut().for_each(|value| *value = value.clamp(0.0, 6.0));
        let mut out = product(&self.project, &inner, |_| ());
        if self.adds_input {
            add(&mut out, &map);
        }
        out
    }
}

fn relu6(sums: &mut [f32; COLUMNS]) {
    sums.iter_mut().for_each(|sum| *sum = sum.clamp(0.0, 6.0));
}

/// `[n, in]` → `[n, out]`
fn product(layer: &Linear, rows: &[f32], activation: impl Fn(&mut [f32; COLUMNS])) -> Vec<f32> {
    let depth = layer.depth();
    let mut out = vec![0.0; rows.len() / depth * layer.width()];
    layer.forward(Rows::packed(rows, depth), &mut out, activation);
    out
}

/// What a convolution of 3 × 3 with stride 2 and a margin of zeros sees of a picture.
///
/// # Shapes
/// `[3, px, px]` → `[px / 2 · px / 2, 3·3·3]`: row, column, channel
fn windows(picture: &[f32], px: usize) -> Vec<f32> {
    let mut rows = Vec::with_capacity(27 * px * px / 4);
    for (y, x) in (0..px / 2).flat_map(|y| (0..px / 2).map(move |x| (2 * y, 2 * x))) {
        for (down, right) in (0..3).flat_map(|down| (0..3).map(move |right| (down, right))) {
            // The margin is one pixel wide.
            let at = (y + down).checked_sub(1).zip((x + right).checked_sub(1));
            let at = at.filter(|&(y, x)| y < px && x < px);
            rows.extend((0..3).map(|c| at.map_or(0.0, |(y, x)| picture[(c * px + y) * px + x])));
        }
    }
    rows
}
