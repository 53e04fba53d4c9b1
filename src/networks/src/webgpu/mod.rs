//! Our kernels for WebGPU, where burn's are slow or would unpack weights: linear layer, convolution, layer
//! norm, attention.
//!
//! burn's products share memory within a workgroup and wait at barriers, which is slow on small GPUs and
//! slower on software adapters, and each of its operations is a pass over memory. These kernels share
//! nothing: each invocation keeps a block of the output in registers, and a layer is one pass. They read
//! weights as they lie in the file, as integers with a scale for each block, so that weights stay packed on
//! the device (docs/measurements.md has the times). On every other device [`crate::layers`] calls burn's
//! layers; `tests/webgpu.rs` and the browser tests compare the two.

mod attention;
mod convolution;
mod norm;
mod product;
mod sums;
mod weights;

pub(crate) use attention::attention;
pub(crate) use convolution::convolution;
pub(crate) use norm::layer_norm;
pub(crate) use product::linear;

use burn::backend::{Cube, DispatchDevice};
use burn::tensor::{DType, Device, Tensor};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;
use burn_cubecl::{CubeDevice, cubecl};
use cubecl::prelude::*;

/// Values in a vector.
const FOUR: usize = 4;
type Four = Const<FOUR>;
/// Rows that a unit makes at a time: as many as fit registers.
const ROWS: usize = 8;
/// Units in a group; they make neighbouring columns.
const UNITS: usize = 32;

/// Whether this is a device of WebGPU's.
pub(crate) fn is(device: &Device) -> bool {
    matches!(device.as_dispatch(), DispatchDevice::Cube(CubeDevice::Wgpu(_)))
}

/// The tensor beneath, in whatever order its values lie; `None` on another device than WebGPU, or when
/// it is no plain `f32`, or is tracked for training.
fn plain<const D: usize>(tensor: &Tensor<D>) -> Option<CubeTensor> {
    let tensor = tensor.clone().try_into_primitive::<Cube>().ok()?;
    let plain = matches!(tensor.device, CubeDevice::Wgpu(_)) && tensor.dtype == DType::F32;
    plain.then_some(tensor)
}

/// As [`plain`], value after value.
fn beneath<const D: usize>(tensor: &Tensor<D>) -> Option<CubeTensor> {
    plain(tensor).map(into_contiguous)
}

/// The number of workgroups along columns, rows and a third axis.
fn groups(columns: usize, units: usize, rows: usize, each: usize) -> CubeCount {
    CubeCount::Static(columns.div_ceil(units) as u32, rows.div_ceil(ROWS) as u32, each as u32)
}
