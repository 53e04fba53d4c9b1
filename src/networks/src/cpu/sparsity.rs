//! Spatial Top-K sparsity of tokens, as [`TopK`](crate::sparsity::TopK) defines it.

use crate::sparsity::TopK;

/// Zeroes all but the largest values of every channel over the patch tokens of one picture; the `aside`
/// first tokens (class token, registers) are left alone.
///
/// # Shapes
/// `tokens`: `[aside + n, w]`
pub fn top_k(tokens: &mut [f32], w: usize, aside: usize, top_k: TopK) {
    let patches = &mut tokens[aside * w..];
    let n = patches.len() / w;
    let kept = top_k.kept_of(n);
    let mut order: Vec<usize> = Vec::with_capacity(n);
    for channel in 0..w {
        order.clear();
        order.extend(0..n);
        let size = |position: &usize| patches[position * w + channel].abs();
        // Of equal values the earlier position stays, as in the burn network.
        order.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.cmp(b)));
        for position in &order[kept.min(n)..] {
            patches[position * w + channel] = 0.0;
        }
    }
}
