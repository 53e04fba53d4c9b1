//! Multi-head self-attention in three passes: scores, softmax, mix.
//!
//! Scores lie with the queries side by side, `[pictures · heads, keys, queries]`: units that make
//! neighbouring queries then read and write neighbouring values in all three passes, and the softmax
//! needs no reduction between units.

use burn::backend::Cube;
use burn::tensor::Tensor;
use burn_cubecl::cubecl;
use burn_cubecl::ops::numeric::empty_device_dtype;
use cubecl::prelude::*;

use super::sums::{add, all_four, sums_from};
use super::{FOUR, Four, ROWS, UNITS, beneath, groups};

/// Units of the last pass: as many as a usual head has vectors of four.
const MIX_UNITS: usize = 16;

/// `scores = scale · keys · queriesᵀ`; a unit makes [`ROWS`] keys of a query.
///
/// # Shapes
/// `qkv` `[pictures, tokens, 3 · width / 4]` in vectors of four, `scores` `[pictures · heads, tokens,
/// padded]`; `depth` is a head's width / 4
#[cube(launch_unchecked)]
fn scores_kernel(
    qkv: &[Vector<f32, Four>],
    scores: &mut [f32],
    tokens: u32,
    padded: u32,
    heads: u32,
    depth: u32,
    scale: f32,
) {
    let query = CUBE_POS_X as usize * UNITS + UNIT_POS_X as usize;
    let tokens = tokens as usize;
    if query >= tokens {
        terminate!();
    }
    let depth = depth as usize;
    let width = depth * heads as usize;
    let head = CUBE_POS_Z as usize;
    let start = (head / heads as usize) * tokens * 3 * width + (head % heads as usize) * depth;
    let of_query = start + query * 3 * width;
    // The last keys may be made twice, so that no unit has fewer.
    let first = CUBE_POS_Y as usize * ROWS;
    let mut of_keys = Sequence::<usize>::new();
    #[unroll]
    for r in 0..ROWS {
        of_keys.push(start + width + usize::min(first + r, tokens - 1) * 3 * width);
    }
    let sums = sums_from(Vector::new(0.0f32));
    for place in 0..depth {
        let of_one = qkv[of_query + place];
        #[unroll]
        for r in 0..ROWS {
            add(&sums, r, of_one * qkv[of_keys[r] + place]);
        }
    }
    #[unroll]
    for r in 0..ROWS {
        let key = usize::min(first + r, tokens - 1);
        scores[(head * tokens + key) * padded as usize + query] = all_four(sums[r].read()) * scale;
    }
}

/// Softmax over the keys, in place; a unit makes a query.
#[cube(launch_unchecked)]
fn softmax_kernel(scores: &mut [f32], tokens: u32, padded: u32) {
    let query = CUBE_POS_X as usize * UNITS + UNIT_POS_X as usize;
    if query >= tokens as usize {
        terminate!();
    }
    let padded = padded as usize;
    let start = CUBE_POS_Z as usize * tokens as usize * padded + query;
    let mut most = scores[start];
    for key in 1..tokens as usize {
        most = f32::max(most, scores[start + key * padded]);
    }
    let mut sum = 0.0f32;
    for key in 0..tokens as usize {
        let at = start + key * padded;
        let weight = (scores[at] - most).exp();
        scores[at] = weight;
        sum += weight;
    }
    let share = 1.0f32 / sum;
    for key in 0..tokens as usize {
        let at = start + key * padded;
        scores[at] *= share;
    }
}

/// `out = weights · values`; a unit makes four columns of [`ROWS`] queries.
///
/// # Shapes
/// As for the scores, these in vectors of four too; `out` `[pictures, tokens, width / 4]`
#[cube(launch_unchecked)]
fn mix_kernel(
    weights: &[Vector<f32, Four>],
    qkv: &[Vector<f32, Four>],
    out: &mut [Vector<f32, Four>],
    tokens: u32,
    padded: u32,
    heads: u32,
    depth: u32,
) {
    let column = CUBE_POS_X as usize * MIX_UNITS + UNIT_POS_X as usize;
    let depth = depth as usize;
    if column >= depth {
        terminate!();
    }
    let tokens = tokens as usize;
    let width = depth * heads as usize;
    let head = CUBE_POS_Z as usize;
    let picture = head / heads as usize;
    let of_head = (head % heads as usize) * depth + column;
    let of_values = picture * tokens * 3 * width + 2 * width + of_head;
    // What lies behind the last query is never written out, whatever it is.
    let first = CUBE_POS_Y as usize * ROWS;
    let of_weights = (head * tokens * padded as usize + first) / FOUR;
    let sums = sums_from(Vector::new(0.0f32));
    for key in 0..tokens {
        let values = qkv[of_values + key * 3 * width];
        #[unroll]
        for half in 0..ROWS / FOUR {
            let four = weights[of_weights + key * (padded as usize / FOUR) + half];
            #[unroll]
            for i in 0..FOUR {
                add(&sums, comptime!(half * FOUR + i), Vector::new(four.extract(i)) * values);
            }
        }
    }
    #[unroll]
    for r in 0..ROWS {
        if first + r < tokens {
            out[(picture * tokens + first + r) * width + of_head] = sums[r].read();
        }
    }
}

/// Attention of `[b, t, 3 · w]` queries, keys and values, heads in order within each → `[b, t, w]`, the
/// scale 1 / √(w / heads); `None` where these kernels do not apply.
pub(crate) fn attention(qkv: &Tensor<3>, heads: usize) -> Option<Tensor<3>> {
    let [b, t, three] = qkv.dims();
    let (width, head_width) = (three / 3, three / 3 / heads);
    if !head_width.is_multiple_of(FOUR) {
        return None;
    }
    let qkv = beneath(qkv)?;
    let padded = t.next_multiple_of(ROWS);
    let new = |shape: [usize; 3]| {
        empty_device_dtype(qkv.client.clone(), qkv.device.clone(), shape.into(), qkv.dtype)
    };
    let (scores, out) = (new([b * heads, t, padded]), new([b, t, width]));
    let depth = (head_width / FOUR) as u32;
    let (tokens, padded_u32, heads_u32) = (t as u32, padded as u32, heads as u32);
    let units = CubeDim::new_1d(UNITS as u32);
    // SAFETY: units whose query or column is not there end at once; the others stay within the lengths
    // that were derived from the tensors.
    #[expect(unsafe_code, reason = "launches without checks of their own on every access")]
    unsafe {
        scores_kernel::launch_unchecked(
            &out.client,
            groups(t, UNITS, t, b * heads),
            units,
            qkv.clone().into_buffer_arg(),
            scores.clone().into_buffer_arg(),
            tokens,
            padded_u32,
            heads_u32,
            depth,
            1.0 / (head_width as f32).sqrt(),
        );
        softmax_kernel::launch_unchecked(
            &out.client,
            groups(t, UNITS, 1, b * heads),
            units,
            scores.clone().into_buffer_arg(),
            tokens,
            padded_u32,
        );
        mix_kernel::launch_unchecked(
            &out.client,
            groups(head_width / FOUR, MIX_UNITS, t, b * heads),
            CubeDim::new_1d(MIX_UNITS as u32),
            scores.into_buffer_arg(),
            qkv.into_buffer_arg(),
            out.clone().into_buffer_arg(),
            tokens,
            padded_u32,
            heads_u32,
            depth,
        );
    }
    Some(Tensor::from_primitive::<Cube>(out))
}
