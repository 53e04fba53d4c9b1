//! Convolution without a matrix of patches: each unit gathers what its positions see, four values of a
//! kernel at a time.

use burn::backend::Cube;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;
use burn::tensor::ops::PadMode;
use burn_cubecl::cubecl;
use burn_cubecl::ops::numeric::empty_device_dtype;
use cubecl::prelude::*;

use super::sums::{activated, add, sums_from};
use super::weights::{Layout, Weights, bias_or_nothing, weights_at};
use super::{FOUR, Four, ROWS, UNITS, beneath, plain};
use crate::activation::Activation;

/// The lengths of a convolution that are known when it is called; its map has its margin already.
#[derive(CubeType, CubeLaunch, Clone, Copy)]
struct Lengths {
    /// Positions of the output, over all pictures.
    positions: u32,
    /// Rows and columns of the output.
    rows: u32,
    columns: u32,
    /// Channels of the output.
    channels: u32,
    /// Channels, rows and columns of the map.
    of_map: u32,
    map_rows: u32,
    map_columns: u32,
}

/// `out = activation(kernel ∗ map + bias)`; a unit makes four channels of [`ROWS`] positions, those of
/// its neighbours between them.
///
/// # Shapes
/// `map` `[b, c, h, w]` with its margin, kernels `[o, c · kh · kw / 4]` in vectors of four, `bias`
/// `[o]`, `out` `[b, o, h', w']`
#[cube(launch_unchecked)]
fn convolution_kernel<W: Size>(
    map: &[f32],
    words: &[Vector<u32, W>],
    scales: &[f32],
    bias: &[f32],
    out: &mut [f32],
    lengths: Lengths,
    #[comptime] layout: Layout,
    #[comptime] kernel_px: [usize; 2],
    #[comptime] stride: [usize; 2],
    #[comptime] has_bias: bool,
    #[comptime] activation: Activation,
) {
    let units = CUBE_DIM_X as usize;
    let last = lengths.positions as usize - 1;
    let first = CUBE_POS_X as usize * units * ROWS + UNIT_POS_X as usize;
    if first > last {
        terminate!();
    }
    let (rows, columns) = (lengths.rows as usize, lengths.columns as usize);
    let (map_columns, map_px) =
        (lengths.map_columns as usize, (lengths.map_rows * lengths.map_columns) as usize);
    let depth = lengths.of_map as usize * comptime!(kernel_px[0] * kernel_px[1]) / FOUR;
    // The last positions may be made twice, so that no unit has fewer; likewise the last channels.
    let mut starts = Sequence::<usize>::new();
    #[unroll]
    for r in 0..ROWS {
        let position = usize::min(first + r * units, last);
        let of_picture = position / (rows * columns) * lengths.of_map as usize * map_px;
        let row = position / columns % rows * comptime!(stride[0]);
        starts.push(of_picture + row * map_columns + position % columns * comptime!(stride[1]));
    }
    let mut channels = Sequence::<usize>::new();
    let mut start = Vector::<f32, Four>::new(0.0f32);
    #[unroll]
    for n in 0..FOUR {
        let channel = usize::min(CUBE_POS_Y as usize * FOUR + n, lengths.channels as usize - 1);
        channels.push(channel);
        if has_bias {
            start.insert(n, bias[channel]);
        }
    }
    let sums = sums_from(start);
    for place in 0..depth {
        let mut kernels = Sequence::<Vector<f32, Four>>::new();
        #[unroll]
        for n in 0..FOUR {
            kernels.push(weights_at::<W>(words, scales, channels[n] * depth + place, layout));
        }
        #[unroll]
        for i in 0..FOUR {
            let at = place * FOUR + i;
            let within = at % comptime!(kernel_px[0] * kernel_px[1]);
            let (down, right) = (within / comptime!(kernel_px[1]), within % comptime!(kernel_px[1]));
            let offset = at / comptime!(kernel_px[0] * kernel_px[1]) * map_px + down * map_columns + right;
            let mut weights = Vector::<f32, Four>::empty();
            #[unroll]
            for n in 0..FOUR {
                weights.insert(n, kernels[n].extract(i));
            }
            #[unroll]
            for r in 0..ROWS {
                add(&sums, r, Vector::new(map[starts[r] + offset]) * weights);
            }
        }
    }
    #[unroll]
    for r in 0..ROWS {
        let position = usize::min(first + r * units, last);
        let picture = position / (rows * columns);
        let values = activated(sums[r].read(), activation);
        #[unroll]
        for n in 0..FOUR {
            let map = picture * lengths.channels as usize + channels[n];
            out[map * rows * columns + position % (rows * columns)] = values.extract(n);
        }
    }
}

/// As `activation(layer.forward(map))`; `None` where this kernel does not apply.
pub(crate) fn convolution(layer: &Conv2d, map: &Tensor<4>, activation: Activation) -> Option<Tensor<4>> {
    let [b, of_map, _, _] = map.dims();
    let [kernel_rows, kernel_columns] = layer.kernel_size;
    let dense = layer.groups == 1 && layer.dilation == [1, 1];
    if !dense || !(of_map * kernel_rows * kernel_columns).is_multiple_of(FOUR) {
        return None;
    }
    plain(map)?;
    let weights = Weights::of(layer.weight.val())?;
    let map = beneath(&match layer.padding {
        PaddingConfig2d::Valid => map.clone(),
        PaddingConfig2d::Explicit(0, 0, 0, 0) => map.clone(),
        PaddingConfig2d::Explicit(top, left, bottom, right) => {
            map.clone().pad([(top, bottom), (left, right)], PadMode::Constant(0.0))
        }
        PaddingConfig2d::Same => return None,
    })?;
    let &[_, _, map_rows, map_columns] = map.meta.shape().as_slice() else { return None };
    let channels = layer.weight.val().dims()[0];
    let rows = map_rows.checked_sub(kernel_rows)? / layer.stride[0] + 1;
    let columns = map_columns.checked_sub(kernel_columns)? / layer.stride[1] + 1;
    let positions = b * rows * columns;
    let shape = [b, channels, rows, columns].into();
    let out = empty_device_dtype(map.client.clone(), map.device.clone(), shape, map.dtype);
    let has_bias = layer.bias.is_some();
    let bias = bias_or_nothing(&layer.bias, &map)?;
    // A small map has fewer units in a group, so that few of them repeat the last position.
    let units = UNITS.min(positions.div_ceil(ROWS));
    // SAFETY: a unit whose positions are not there ends at once; the others stay within the lengths
    // that were derived from the tensors.
    #[expect(unsafe_code, reason = "a launch without bounds checks on every access")]
    unsafe {
        convolution_kernel::launch_unchecked(
            &out.client,
            CubeCount::Static(positions.div_ceil(units * ROWS) as u32, channels.div_ceil(FOUR) as u32, 1),
            CubeDim::new_1d(units as u32),
            weights.layout.words(),
            map.clone().into_buffer_arg(),
            weights.values.into_buffer_arg(),
            weights.scales.into_buffer_arg(),
            bias.into_buffer_arg(),
            out.clone().into_buffer_arg(),
            LengthsLaunch::new(
                positions as u32,
                rows as u32,
                columns as u32,
                channels as u32,
                of_map as u32,
                map_rows as u32,
                map_columns as u32,
            ),
            weights.layout,
            layer.kernel_size,
            layer.stride,
            has_bias,
            activation,
        );
    }
    Some(Tensor::from_primitive::<Cube>(out))
}
