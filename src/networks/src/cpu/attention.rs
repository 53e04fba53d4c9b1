//! Multi-head self-attention of one picture's tokens.

use super::functions::softmax;
use super::product::{Panels, Rows};

/// Memory that is used anew for every head and every block.
#[derive(Debug, Default)]
pub struct Attention {
    keys: Panels,
    values: Panels,
    scores: Vec<f32>,
}

impl Attention {
    /// Mixes the values by `softmax(Q Kᵀ / √(width of a head))` (Vaswani et al. 2017).
    ///
    /// # Shapes
    /// - `qkv`: `[t, 3·w]`: queries, keys, values, in each the heads one after the other
    /// - `mixed`: `[t, w]`
    pub fn forward(&mut self, qkv: &[f32], w: usize, heads: usize, mixed: &mut [f32]) {
        let (tokens, d) = (qkv.len() / (3 * w), w / heads);
        let scale = 1.0 / (d as f32).sqrt();
        self.scores.resize(tokens * tokens, 0.0);
        for head in 0..heads {
            let at = head * d;
            self.keys.fill(d, tokens, |number, token| qkv[token * 3 * w + w + at + number]);
            self.values.fill(tokens, d, |token, number| qkv[token * 3 * w + 2 * w + at + number]);
            let queries = Rows { values: &qkv[at..], stride: 3 * w, count: tokens };
            self.keys.multiply(queries, &mut self.scores, tokens, |_, sums| {
                sums.iter_mut().for_each(|sum| *sum *= scale);
            });
            self.scores.chunks_exact_mut(tokens).for_each(softmax);
            let weights = Rows::packed(&self.scores, tokens);
            self.values.multiply(weights, &mut mixed[at..], w, |_, _| ());
        }
    }
}

/// How much the class token, which is the first, attends to every token.
///
/// # Shapes
/// `qkv`: `[t, 3·w]`, as in [`Attention::forward`] → `[heads, t]`
pub fn of_class(qkv: &[f32], w: usize, heads: usize) -> Vec<f32> {
    let d = w / heads;
    let scale = 1.0 / (d as f32).sqrt();
    let mut weights = Vec::with_capacity(heads * qkv.len() / (3 * w));
    for head in 0..heads {
        let query = &qkv[head * d..][..d];
        let keys = qkv.chunks_exact(3 * w).map(|token| &token[w + head * d..][..d]);
        let start = weights.len();
        weights.extend(keys.map(|key| scale * query.iter().zip(key).map(|(q, k)| q * k).sum::<f32>()));
        softmax(&mut weights[start..]);
    }
    weights
}
