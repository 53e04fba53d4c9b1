//! A layer's weights on the device, in floats or in the integers of its file, and how a kernel reads them.

use burn::backend::{BackendTensor, Cube, DispatchKindConversion, DispatchTensor};
use burn::module::Param;
use burn::tensor::quantization::QuantValue;
use burn::tensor::{DType, Tensor};
use burn_cubecl::cubecl;
use burn_cubecl::ops::numeric::empty_device_dtype;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{FOUR, Four, beneath};

/// How weights lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Layout {
    /// `f32`, four in a vector.
    Floats,
    /// `bits` for each value, one scale for each `block` of values in a row.
    Integers { bits: usize, block: usize },
}

impl Layout {
    /// Words that are read at a time.
    pub(super) fn words(self) -> usize {
        if self == Self::Floats { FOUR } else { 1 }
    }
}

/// Weights on the device, rows of whole fours.
pub(super) struct Weights {
    pub(super) values: CubeTensor,
    /// Of each block of a row; of floats a buffer that nobody reads, for something has to be bound.
    pub(super) scales: CubeTensor,
    pub(super) layout: Layout,
}

impl Weights {
    /// `None` where a kernel cannot read them.
    pub(super) fn of<const D: usize>(weight: Tensor<D>) -> Option<Self> {
        let columns = *weight.dims().last()?;
        let rows = weight.dims().iter().product::<usize>() / columns;
        if weight.dtype() == DType::F32 {
            let values = beneath(&weight)?;
            return Some(Self { scales: nothing(&values), values, layout: Layout::Floats });
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
            && scales.meta.shape().num_elements() == rows * of_a_row
            && columns.is_multiple_of(of_a_row)
            && values.is_contiguous()
            && scales.is_contiguous();
        let block = columns / of_a_row;
        // The fours of a word belong to one row, and each to one block.
        let fits = whole && block.is_multiple_of(FOUR) && columns.is_multiple_of(32 / bits);
        fits.then_some(Self { values, scales, layout: Layout::Integers { bits, block } })
    }
}

/// A layer's bias, or a buffer in its place; `None` where a kernel cannot read it.
pub(super) fn bias_or_nothing(bias: &Option<Param<Tensor<1>>>, like: &CubeTensor) -> Option<CubeTensor> {
    match bias {
        Some(bias) => beneath(&bias.val()),
        None => Some(nothing(like)),
    }
}

/// A buffer in place of what is not there.
fn nothing(like: &CubeTensor) -> CubeTensor {
    empty_device_dtype(like.client.clone(), like.device.clone(), [FOUR].into(), DType::F32)
}

/// Four neighbouring values of a row; `at` counts such fours over all rows.
#[cube]
pub(super) fn weights_at<W: Size>(
    words: &[Vector<u32, W>],
    scales: &[f32],
    at: usize,
    #[comptime] layout: Layout,
) -> Vector<f32, Four> {
    match layout {
        Layout::Floats => Vector::<f32, Four>::reinterpret(words[at]),
        Layout::Integers { bits, block } => {
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
