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
