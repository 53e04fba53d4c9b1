//! Top-K activation sparsity, so that a trained network can be asked what its strongest responses alone see.

use burn::tensor::{Tensor, TensorData};

/// Spatial Top-K: of the `n` positions of a channel, the `max(1, fraction · n)` largest by absolute value keep
/// their value, the others become zero, without rescaling; the class token is left alone (DiSRT, 2025).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TopK {
    fraction: f64,
}

impl TopK {
    /// `fraction` of the positions to keep, above 0 and at most 1; anything else is `None`.
    pub fn new(fraction: f64) -> Option<Self> {
        (fraction > 0.0 && fraction <= 1.0).then_some(Self { fraction })
    }

    /// The fraction of positions kept.
    pub fn fraction(&self) -> f64 {
        self.fraction
    }

    /// How many of `n` positions stay.
    pub fn kept_of(&self, n: usize) -> usize {
        ((self.fraction * n as f64).floor() as usize).max(1)
    }

    /// # Shapes
    /// `[b, 1 + n, w]` → `[b, 1 + n, w]`
    pub fn apply(&self, tokens: Tensor<3>) -> Tensor<3> {
        let [b, t, w] = tokens.dims();
        let n = t - 1;
        let class = tokens.clone().slice([0..b, 0..1]);
        let patches = tokens.slice([0..b, 1..t]);
        // A position's rank is counted, not sorted: sorting reads back synchronously, which a browser forbids.
        let size = patches.clone().abs();
        let mine = size.clone().reshape([b, n, 1, w]);
        let others = size.reshape([b, 1, n, w]);
        let larger = others.clone().greater(mine.clone()).float();
        // Of equal values the earlier position ranks first, so that exactly k stay.
        let earlier = Tensor::<4>::from_data(lower_triangle(n), &patches.device());
        let ties = others.equal(mine).float() * earlier;
        let rank = (larger + ties).sum_dim(2).reshape([b, n, w]);
        let kept = rank.lower_scalar(self.kept_of(n) as f32).float();
        Tensor::cat(vec![class, patches * kept], 1)
    }
}

/// `[1, n, n, 1]`, one where the second position comes before the first.
fn lower_triangle(n: usize) -> TensorData {
    let values: Vec<f32> = (0..n * n).map(|i| if i % n < i / n { 1.0 } else { 0.0 }).collect();
    TensorData::new(values, [1, n, n, 1])
}
