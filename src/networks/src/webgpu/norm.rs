//! Layer norm in one pass.

use burn::backend::Cube;
use burn::tensor::Tensor;
use burn_cubecl::cubecl;
use burn_cubecl::ops::numeric::empty_device_dtype;
use cubecl::prelude::*;

use super::sums::all_four;
use super::{FOUR, Four, UNITS, beneath};

/// `(x − mean) / √(variance + ε) · weight + bias` over the last axis; a unit makes a row.
///
/// # Shapes
/// `x` and `out` `[rows, width / 4]`, `weight` and `bias` `[width / 4]`, in vectors of four
#[cube(launch_unchecked)]
fn layer_norm_kernel(
    x: &[Vector<f32, Four>],
    weight: &[Vector<f32, Four>],
    bias: &[Vector<f32, Four>],
    out: &mut [Vector<f32, Four>],
    rows: u32,
    width: u32,
    epsilon: f32,
) {
    let row = CUBE_POS_X as usize * UNITS + UNIT_POS_X as usize;
    if row >= rows as usize {
        terminate!();
    }
    let width = width as usize;
    let start = row * width;
    let count = f32::cast_from(width * FOUR);
    let mut sum = Vector::<f32, Four>::new(0.0f32);
    for place in 0..width {
        sum += x[start + place];
    }
    let mean = Vector::<f32, Four>::new(all_four(sum) / count);
    let mut squares = Vector::<f32, Four>::new(0.0f32);
    for place in 0..width {
        let apart = x[start + place] - mean;
        squares += apart * apart;
    }
    let factor = Vector::<f32, Four>::new(1.0f32 / (all_four(squares) / count + epsilon).sqrt());
    for place in 0..width {
        out[start + place] = (x[start + place] - mean) * factor * weight[place] + bias[place];
    }
}

/// Layer norm over the last axis; `None` where this kernel does not apply.
pub(crate) fn layer_norm<const D: usize>(
    weight: &Tensor<1>,
    bias: &Tensor<1>,
    epsilon: f64,
    x: &Tensor<D>,
) -> Option<Tensor<D>> {
    let [width] = weight.dims();
    if !width.is_multiple_of(FOUR) {
        return None;
    }
    let (x, weight, bias) = (beneath(x)?, beneath(weight)?, beneath(bias)?);
    let rows = x.meta.shape().num_elements() / width;
    let out = empty_device_dtype(x.client.clone(), x.device.clone(), x.meta.shape().clone(), x.dtype);
    // SAFETY: a unit whose row is not there ends at once; the others stay within the lengths that were
    // derived from the tensors.
    #[expect(unsafe_code, reason = "a launch without bounds checks on every access")]
    unsafe {
        layer_norm_kernel::launch_unchecked(
            &out.client,
            CubeCount::Static(rows.div_ceil(UNITS) as u32, 1, 1),
            CubeDim::new_1d(UNITS as u32),
            x.into_buffer_arg(),
            weight.into_buffer_arg(),
            bias.into_buffer_arg(),
            out.clone().into_buffer_arg(),
            rows as u32,
            (width / FOUR) as u32,
            epsilon as f32,
        );
    }
    Some(Tensor::from_primitive::<Cube>(out))
}
