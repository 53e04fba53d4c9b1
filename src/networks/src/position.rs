//! Where a patch lies: fixed sine-cosine positions, and learned positions brought to another grid.

use burn::tensor::TensorData;

use crate::resize::{Filter, taps};
use crate::weight::Weight;

/// Learned positions `[1, 1 + grid², w]` brought to `1 + to_grid²`, as timm's `resample_abs_pos_embed`:
/// bicubic with antialiasing over the patches' square, the class token's row left alone. `None` where
/// the rows are no such square, or empty.
pub fn resample(positions: &Weight, to_grid: usize) -> Option<Weight> {
    let [1, rows, w] = positions.shape[..] else { return None };
    let grid = rows.checked_sub(1)?.isqrt();
    if grid == 0 || grid * grid + 1 != rows || to_grid == 0 || w == 0 {
        return None;
    }
    if grid == to_grid {
        return Some(positions.clone());
    }
    let (class, patches) = positions.values.split_at(w);
    let taps = taps(Filter::Bicubic, grid, 0.0, grid as f64, to_grid);
    // Rows of positions are whole tokens: across first, then down.
    let mut across = vec![0.0_f32; grid * to_grid * w];
    for (row, out) in patches.chunks_exact(grid * w).zip(across.chunks_exact_mut(to_grid * w)) {
        for (tap, out) in taps.iter().zip(out.chunks_exact_mut(w)) {
            for (&weight, token) in tap.weights.iter().zip(row[tap.first * w..].chunks_exact(w)) {
                out.iter_mut().zip(token).for_each(|(out, value)| *out += weight * value);
            }
        }
    }
    let mut values = class.to_vec();
    for tap in &taps {
        let mut out = vec![0.0_f32; to_grid * w];
        for (&weight, row) in
            tap.weights.iter().zip(across[tap.first * to_grid * w..].chunks_exact(to_grid * w))
        {
            out.iter_mut().zip(row).for_each(|(out, value)| *out += weight * value);
        }
        values.extend(out);
    }
    Some(Weight { shape: vec![1, to_grid * to_grid + 1, w], values })
}

/// The two-dimensional sine-cosine table of He et al., "Masked Autoencoders Are Scalable Vision
/// Learners" (2022): the first half of a row encodes the column `x`, the second half the row `y`; the
/// class token's row is zero.
///
/// # Shapes
/// `[1, grid·grid + 1, width]`; `width` is a multiple of 4.
pub fn sin_cos_2d(grid: usize, width: usize) -> TensorData {
    assert!(
        width.is_multiple_of(4),
        "sine-cosine positions need a width that is a multiple of 4, not {width}"
    );
    let quarter = width / 4;
    let mut values = vec![0.0_f32; width];
    for y in 0..grid {
        for x in 0..grid {
            for position in [x, y] {
                let angle = |i: usize| position as f64 / 10_000_f64.powf(i as f64 / quarter as f64);
                values.extend((0..quarter).map(|i| angle(i).sin() as f32));
                values.extend((0..quarter).map(|i| angle(i).cos() as f32));
            }
        }
    }
    TensorData::new(values, [1, grid * grid + 1, width])
}
