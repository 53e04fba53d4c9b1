//! The matrix product of a linear layer, its matrix in floats or in the integers of its file.

use burn::backend::{BackendTensor, Cube, DispatchKindConversion, DispatchTensor};
use burn::nn::Linear;
use burn::tensor::quantization::QuantValue;
use burn::tensor::{DType, Tensor};
use burn_cubecl::cubecl;
use burn_cubecl::ops::numeric::empty_device_dtype;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{FOUR, Four, ROWS, UNITS, beneath, groups};
use crate::layers::Activation;

/// How a matrix lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stored {
    /// `f32`, four in a vector.
    Floats,
    /// So many bits a value, one scale for so many values of a row.
    Integers { bits: usize, block: usize },
}

/// A matrix on the device.
struct Matrix {
    values: CubeTensor,
    /// Of each block of a row; `None` for floats.
    scales: Option<CubeTensor>,
    stored: Stored,
}

impl Matrix {
    /// `None` where the kernel cannot read it.
    fn of(weight: Tensor<2>) -> Option<Self> {
        let [depth, columns] = weight.dims();
        if weight.dtype() == DType::F32 {
            return Some(Self { values: beneath(&weight)?, scales: None, stored: Stored::Floats });
        }
        let backend: Result<BackendTensor<Cube>, _> =
            <DispatchTensor as DispatchKindConversion<Cube>>::try_into_backend(weight.into_dispatch());
        let Ok(BackendTensor::Quantized(tensor)) = backend else { return None };
        let DType::QFloat(scheme) = tensor.dtype else { return None };
        let bits = match scheme.value {
            QuantValue::Q8S => 8,
            QuantValue::Q4S => 4,
            _ => return None,
        };
        let (values, scales) = tensor.quantized_handles()?;
        let of_a_row = *scales.meta.shape().last()?;
        let whole = scales.dtype == DType::F32
            && scales.meta.shape().num_elements() == depth * of_a_row
            && columns.is_multiple_of(of_a_row)
            && values.is_contiguous()
            && scales.is_contiguous();
        let block = columns / of_a_row;
        // The fours of a word belong to one row, and each to one block.
        let fits = whole && block.is_multiple_of(FOUR) && columns.is_multiple_of(32 / bits);
        fits.then_some(Self { values, scales: Some(scales), stored: Stored::Integers { bits, block } })
    }
}

/// Four neighbouring values of a row of the matrix; `at` counts such fours over the whole matrix.
#[cube]
fn weights_at<N: Size>(
    words: &[Vector<u32, N>],
    scales: &[f32],
    at: usize,
    #[comptime] stored: Stored,
) -> Vector<f32, Four> {
    match stored {
        Stored::Floats => Vector::<f32, Four>::reinterpret(words[at]),
        Stored::Integers { bits, block } => {
            let fours = comptime!(8 / bits);
            let word = words[at / fours].extract(0usize);
            let first = u32::cast_from(at % fours) * 16u32;
            let mut values = Vector::<f32, Four>::empty();
            #[unroll]
            for i in 0..4usize {
                // Up to the sign, then down again, which repeats it.
                let up = word << (comptime!((32 - bits * (i + 1)) as u32) - first);
                let value = i32::reinterpret(up) >> comptime!((32 - bits) as i32);
                values.insert(i, f32::cast_from(value));
            }
            values * Vector::new(scales[at * FOUR / block])
        }
    }
}

/// The exact GELU or CLIP's approximation of it.
#[cube]
fn activated(x: Vector<f32, Four>, #[comptime] activation: Activation) -> Vector<f32, Four> {
    match activation {
        Activation::None => x,
        Activation::Gelu => {
            let half = Vector::new(0.5f32);
            half * x * (Vector::new(1.0f32) + (x * Vector::new(std::f32::consts::FRAC_1_SQRT_2)).erf())
        }
        Activation::QuickGelu => x / (Vector::new(1.0f32) + (x * Vector::new(-1.702f32)).exp()),
    }
}

/// `out = activation(rows · matrix + bias)`. A unit makes four columns of [`ROWS`] rows: each value of the matrix that it reads serves
/// all its rows, and neighbouring units read neighbouring values. No memory is shared and nobody waits for anybody.
///
/// # Shapes
/// `rows` `[m, k / 4]`, matrix `[k, n / 4]`, `bias` `[n / 4]`, `out` `[m, n / 4]`, in vectors of four
#[cube(launch_unchecked)]
fn product_kernel<N: Size>(
    rows: &[Vector<f32, Four>],
    words: &[Vector<u32, N>],
    scales: &[f32],
    bias: &[Vector<f32, Four>],
    out: &mut [Vector<f32, Four>],
    row_count: u32,
    depth: u32,
    width: u32,
    #[comptime] stored: Stored,
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
    let mut sums = Sequence::<RuntimeCell<Vector<f32, Four>>>::new();
    #[unroll]
    for r in 0..ROWS {
        starts.push(usize::min(first + r, last) * depth);
        let start = if has_bias { bias[column] } else { Vector::new(0.0f32) };
        sums.push(RuntimeCell::<Vector<f32, Four>>::new(start));
    }
    for place in 0..depth {
        let mut inputs = Sequence::<Vector<f32, Four>>::new();
        #[unroll]
        for r in 0..ROWS {
            inputs.push(rows[starts[r] + place]);
        }
        #[unroll]
        for i in 0..FOUR {
            let weights = weights_at::<N>(words, scales, (place * FOUR + i) * width + column, stored);
            #[unroll]
            for r in 0..ROWS {
                let sum = sums[r].read() + Vector::new(inputs[r].extract(i)) * weights;
                sums[r].store(sum);
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
    let matrix = Matrix::of(weight)?;
    let bias = match &layer.bias {
        Some(bias) => Some(beneath(&bias.val())?),
        None => None,
    };
    let mut shape = rows.meta.shape().clone();
    let count = shape.num_elements() / depth;
    shape[D - 1] = columns;
    let out = empty_device_dtype(rows.client.clone(), rows.device.clone(), shape, rows.dtype);
    let has_bias = bias.is_some();
    // What is not there is never read, but something has to be bound.
    let nothing = || empty_device_dtype(rows.client.clone(), rows.device.clone(), [FOUR].into(), rows.dtype);
    let (scales, bias) = (matrix.scales.unwrap_or_else(nothing), bias.unwrap_or_else(nothing));
    let in_a_vector = if matrix.stored == Stored::Floats { FOUR } else { 1 };
    // SAFETY: a unit whose column is not there ends at once; the others stay within the lengths that were derived from the tensors.
    #[expect(unsafe_code, reason = "a launch without checks of its own on every access")]
    unsafe {
        product_kernel::launch_unchecked(
            &out.client,
            groups(columns / FOUR, UNITS, count, 1),
            CubeDim::new_1d(UNITS as u32),
            in_a_vector,
            rows.clone().into_buffer_arg(),
            matrix.values.into_buffer_arg(),
            scales.into_buffer_arg(),
            bias.into_buffer_arg(),
            out.clone().into_buffer_arg(),
            count as u32,
            (depth / FOUR) as u32,
            (columns / FOUR) as u32,
            matrix.stored,
            has_bias,
            activation,
        );
    }
    Some(Tensor::from_primitive::<Cube>(out))
}
