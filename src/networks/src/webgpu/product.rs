//! The matrix product of a linear layer, its matrix in floats or in the integers of its file.

use burn::backend::Cube;
use burn::nn::Linear;
use burn::tensor::Tensor;
use burn_cubecl::cubecl;
use burn_cubecl::ops::numeric::empty_device_dtype;
use cubecl::prelude::*;

use super::sums::{activated, add, sums_from};
use super::weights::{Layout, Weights, bias_or_nothing, weights_at};
use super::{FOUR, Four, ROWS, UNITS, beneath, groups};
use crate::activation::Activation;

/// `out = activation(rows · matrix + bias)`. A unit makes four columns of [`ROWS`] rows: each value of
/// the matrix that it reads serves all its rows, and neighbouring units read neighbouring values. No
/// memory is shared and nobody waits for anybody.
///
/// # Shapes
/// `rows` `[m, k / 4]`, matrix `[k, n / 4]`, `bias` `[n / 4]`, `out` `[m, n / 4]`, in vectors of four
#[cube(launch_unchecked)]
fn product_kernel<W: Size>(
    rows: &[Vector<f32, Four>],
    words: &[Vector<u32, W>],
    scales: &[f32],
    bias: &[Vector<f32, Four>],
    out: &mut [Vector<f32, Four>],
    row_count: u32,
    depth: u32,
    width: u32,
    #[comptime] layout: Layout,
    #[comptime] has_bias: bool,
    #[comptime] activation: Activation,
) {
    let (depth, width) = (depth as usize, width as usize);
    let column = CUBE_POS_X as usize * UNITS + UNIT_POS_X as usize;
    if column >= width {
        terminate!();
    }
    // The last rows may be made twice, so that no unit has fewer.
    let last = row_count as usize - 1;
    let first = CUBE_POS_Y as usize * ROWS;
    let mut starts = Sequence::<usize>::new();
    #[unroll]
    for r in 0..ROWS {
        starts.push(usize::min(first + r, last) * depth);
    }
    let sums = sums_from(if has_bias { bias[column] } else { Vector::new(0.0f32) });
    for place in 0..depth {
        let mut inputs = Sequence::<Vector<f32, Four>>::new();
        #[unroll]
        for r in 0..ROWS {
            inputs.push(rows[starts[r] + place]);
        }
        #[unroll]
        for i in 0..FOUR {
            let weights = weights_at::<W>(words, scales, (place * FOUR + i) * width + column, layout);
            #[unroll]
            for r in 0..ROWS {
                add(&sums, r, Vector::new(inputs[r].extract(i)) * weights);
            }
        }
    }
    #[unroll]
    for r in 0..ROWS {
        out[usize::min(first + r, last) * width + column] = activated(sums[r].read(), activation);
    }
}

/// As `activation(layer.forward(rows))`; `None` where this kernel does not apply.
pub(crate) fn linear<const D: usize>(
    layer: &Linear,
    rows: &Tensor<D>,
    activation: Activation,
) -> Option<Tensor<D>> {
    let weight = layer.weight.val();
    let [depth, columns] = weight.dims();
    if !depth.is_multiple_of(FOUR) || !columns.is_multiple_of(FOUR) {
        return None;
    }
    let rows = beneath(rows)?;
    let matrix = Weights::of(weight)?;
    let has_bias = layer.bias.is_some();
    let bias = bias_or_nothing(&layer.bias, &rows)?;
    let mut shape = rows.meta.shape().clone();
    let count = shape.num_elements() / depth;
    shape[D - 1] = columns;
    let out = empty_device_dtype(rows.client.clone(), rows.device.clone(), shape, rows.dtype);
    // SAFETY: a unit whose column is not there ends at once; the others stay within the lengths that
    // were derived from the tensors.
    #[expect(unsafe_code, reason = "a launch without bounds checks on every access")]
    unsafe {
        product_kernel::launch_unchecked(
            &out.client,
            groups(columns / FOUR, UNITS, count, 1),
            CubeDim::new_1d(UNITS as u32),
            matrix.layout.words(),
            rows.clone().into_buffer_arg(),
            matrix.values.into_buffer_arg(),
            matrix.scales.into_buffer_arg(),
            bias.into_buffer_arg(),
            out.clone().into_buffer_arg(),
            count as u32,
            (depth / FOUR) as u32,
            (columns / FOUR) as u32,
            matrix.layout,
            has_bias,
            activation,
        );
    }
    Some(Tensor::from_primitive::<Cube>(out))
}
