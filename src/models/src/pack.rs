//! Weights as bytes: 8- or 4-bit values in blocks, so that a model is a fraction of its size on disk
//! and on the way.
//!
//! The container is burnpack. A quantised tensor `KEY` is two or three plain ones, blocks counted over
//! its values row by row; value = integer × the scale of its block:
//! - 8 bits, block 32: `KEY` `i8` `[rows, columns]` and `KEY.scales` `f32` `[rows, columns / 32]`,
//!   burn's `per_block([32])`;
//! - 8 bits, block 64: `KEY` `i8` in its shape and `KEY.scales` `f16` `[rows, blocks of a row]`. A row is
//!   one output channel of a convolution, so that channels of other sizes never share a scale; the last
//!   block of a row may be shorter. Files of earlier versions have scales `[blocks]`, counted without regard
//!   to rows;
//! - 4 bits, block 32: `KEY` `u8`, two values a byte, the earlier one low, each with 8 added;
//!   `KEY.scales` `f16` `[blocks]` and `KEY.shape` `i32`.
//!
//! All other tensors are `f32`, convolutions with at most 16 values an output channel among them when 8 bits
//! are asked for: they are depthwise kernels and the first expansions of a MobileNet, which take little
//! space and pass their errors on to everything that follows. Burn's own quantised tensors are not used on
//! disk, because their byte length is not checked by the container's reader.

use std::collections::BTreeSet;

use burn::tensor::{Bytes, DType, f16};
use burn_pack::{Tensor as Packed, Writer};

use gestalt_networks::weight::{Weight, Weights};

use crate::card::Quantisation;
pub use crate::packed::{Stored, read, unpack};

/// Values that share one scale, in matrices of 8 bits with `f32` scales and in tensors of 4 bits.
pub const BLOCK: usize = 32;
/// Values that share one scale, in tensors of 8 bits with `f16` scales.
pub const WIDE_BLOCK: usize = 64;
/// Convolutions with at most this many values an output channel stay in `f32` where others take 8 bits:
/// measured on MobileNetV2, whose features then have a cosine of 0.9996 to the unquantised ones, 0.97
/// otherwise.
const SHORT_ROW: usize = 16;
/// Where 4 bits err by more than this share of a tensor's root mean square, it is stored in 8.
pub(crate) const MOST_RELATIVE_ERROR: f64 = 0.1;
pub(crate) const SCALES: &str = ".scales";
pub(crate) const SHAPE: &str = ".shape";

/// Why bytes are no weights.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Not the container, or a part of it is missing.
    #[error("not a whole weights file: {0}")]
    Container(String),
    /// One tensor is not as this format has it.
    #[error("tensor `{key}`: {why}")]
    Tensor {
        /// Which one.
        key: String,
        /// What is wrong.
        why: String,
    },
}

/// Packs `weights`. Quantised are the matrices of linear layers and, but for
/// [`Quantisation::Q8Block32`], the kernels of convolutions: what is called `…weight` and has two axes
/// or more.
pub fn pack(weights: &Weights, quantisation: Quantisation) -> Result<Vec<u8>, PackError> {
    match quantisation {
        Quantisation::Q4Block32 => pack_keeping(weights, quantisation, &too_coarse(weights)),
        _ => pack_keeping(weights, quantisation, &BTreeSet::new()),
    }
}

/// The tensors that 4 bits, value by value, would change by more than a tenth (root mean square). Of
/// weights that were rounded to 4 bits before, it says nothing: they are what 4 bits hold.
pub fn too_coarse(weights: &Weights) -> BTreeSet<String> {
    let in_blocks = weights.iter().filter(|(key, weight)| is_quantised(key, weight));
    let coarse = in_blocks.filter(|(_, weight)| {
        let (integers, scales) = quantise_four(&weight.values);
        relative_error(&weight.values, &integers, &scales, BLOCK) > MOST_RELATIVE_ERROR
    });
    coarse.map(|(key, _)| key.clone()).collect()
}

/// Whether a tensor is a matrix or a kernel, which fewer bits may hold.
fn is_quantised(key: &str, weight: &Weight) -> bool {
    key.ends_with(".weight") && weight.shape.len() >= 2
}

/// As [`pack`], the tensors `in_eight` in 8 bits where the others take 4.
pub fn pack_keeping(
    weights: &Weights,
    quantisation: Quantisation,
    in_eight: &BTreeSet<String>,
) -> Result<Vec<u8>, PackError> {
    let mut tensors = Vec::new();
    for (key, weight) in weights {
        let (shape, values) = (&weight.shape, &weight.values);
        let plain = || tensor(key, DType::F32, shape.clone(), bytemuck::cast_slice(values));
        if !is_quantised(key, weight) {
            tensors.push(plain());
            continue;
        }
        match quantisation {
            Quantisation::None => tensors.push(plain()),
            Quantisation::Q8Block32 if shape.len() == 2 && shape[1].is_multiple_of(BLOCK) => {
                let (integers, scales) = quantise(values);
                let blocks = vec![shape[0], shape[1] / BLOCK];
                tensors.push(tensor(key, DType::I8, shape.clone(), bytemuck::cast_slice(&integers)));
                tensors.push(tensor(
                    &(key.clone() + SCALES),
                    DType::F32,
                    blocks,
                    bytemuck::cast_slice(&scales),
                ));
            }
            Quantisation::Q8Block32 => tensors.push(plain()),
            Quantisation::Q8Block64 if has_short_rows(shape) => tensors.push(plain()),
            Quantisation::Q8Block64 => tensors.extend(eight_bits(key, weight)),
            Quantisation::Q4Block32 if in_eight.contains(key) => tensors.extend(eight_bits(key, weight)),
            Quantisation::Q4Block32 => {
                let (integers, scales) = quantise_four(values);
                tensors.extend(four_bits(key, shape, &integers, &scales));
            }
        }
    }
    let bytes = Writer::new(tensors)
        .with_metadata("producer", concat!("gestalt-networks ", env!("CARGO_PKG_VERSION")))
        .into_bytes()
        .map_err(container)?;
    Ok(bytes.to_vec())
}

/// Whether an output channel of a convolution sums so few values that an error in one of them shows.
fn has_short_rows(shape: &[usize]) -> bool {
    shape.len() == 4 && row_len(shape).is_some_and(|row| row <= SHORT_ROW)
}

fn eight_bits(key: &str, weight: &Weight) -> [Packed; 2] {
    let row = row_len(&weight.shape).unwrap_or(weight.values.len()).max(1);
    let rows = weight.values.len() / row;
    let (mut integers, mut scales) = (Vec::with_capacity(weight.values.len()), Vec::new());
    for values in weight.values.chunks(row) {
        let (row_integers, row_scales) = quantise_by(values, WIDE_BLOCK, 127.0, &[1.0]);
        integers.extend(row_integers);
        scales.extend(row_scales);
    }
    let shape = vec![rows, row.div_ceil(WIDE_BLOCK)];
    [
        tensor(key, DType::I8, weight.shape.clone(), bytemuck::cast_slice(&integers)),
        half_scales(key, shape, &scales),
    ]
}

fn four_bits(key: &str, shape: &[usize], integers: &[i8], scales: &[f16]) -> [Packed; 3] {
    let nibble = |integer: i8| (integer + 8) as u8;
    let pairs = integers.chunks(2).map(|pair| nibble(pair[0]) | nibble(*pair.get(1).unwrap_or(&0)) << 4);
    let packed: Vec<u8> = pairs.collect();
    let lengths: Vec<i32> = shape.iter().map(|&length| length as i32).collect();
    [
        tensor(key, DType::U8, vec![packed.len()], &packed),
        half_scales(key, vec![scales.len()], scales),
        tensor(&format!("{key}{SHAPE}"), DType::I32, vec![shape.len()], bytemuck::cast_slice(&lengths)),
    ]
}

fn half_scales(key: &str, shape: Vec<usize>, scales: &[f16]) -> Packed {
    let bytes: Vec<u8> = scales.iter().flat_map(|scale| scale.to_le_bytes()).collect();
    tensor(&format!("{key}{SCALES}"), DType::F16, shape, &bytes)
}

/// The values of a row: of a matrix along its second axis, of a convolution's kernels along all axes but the
/// first. `None` for a tensor that is neither.
pub(crate) fn row_len(shape: &[usize]) -> Option<usize> {
    match shape {
        [_, columns] => Some(*columns),
        [_, i, h, w] => i.checked_mul(*h)?.checked_mul(*w),
        _ => None,
    }
}

fn tensor(key: &str, dtype: DType, shape: Vec<usize>, bytes: &[u8]) -> Packed {
    Packed::new(key.to_owned(), dtype, shape, None, Bytes::from_bytes_vec(bytes.to_vec()))
}

pub(crate) fn container(error: burn_pack::Error) -> PackError {
    PackError::Container(error.to_string())
}

/// Symmetric 8-bit quantisation: the scale of a block is its largest absolute value over 127.
///
/// The error of a value is at most half its block's scale. `values` fill whole blocks.
pub fn quantise(values: &[f32]) -> (Vec<i8>, Vec<f32>) {
    let mut integers = Vec::with_capacity(values.len());
    let mut scales = Vec::with_capacity(values.len() / BLOCK);
    for block in values.chunks_exact(BLOCK) {
        let largest = block.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        integers.extend(block.iter().map(|value| (value / scale).round().clamp(-127.0, 127.0) as i8));
        scales.push(scale);
    }
    (integers, scales)
}

/// Symmetric quantisation to integers of at most `most`, a 16-bit scale for every `block` values (the
/// last may be shorter).
///
/// The scale of a block is the best, by squared error, of `most`-th parts of its largest absolute value
/// times each of `trials`: with few bits, clipping the largest value leaves less error to
/// the others.
pub fn quantise_by(values: &[f32], block: usize, most: f32, trials: &[f32]) -> (Vec<i8>, Vec<f16>) {
    let mut integers = Vec::with_capacity(values.len());
    let mut scales = Vec::with_capacity(values.len().div_ceil(block));
    for block in values.chunks(block) {
        let largest = block.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let rounded = |value: f32, scale: f32| (value / scale).round().clamp(-most, most);
        let error = |scale: f32| -> f32 {
            block.iter().map(|&value| (value - rounded(value, scale) * scale).powi(2)).sum()
        };
        let candidates = trials.iter().map(|trial| f16::from_f32(trial * largest / most));
        let usable = candidates.filter(|scale| scale.is_finite() && *scale > f16::ZERO);
        let best = usable.min_by(|a, b| error(a.to_f32()).total_cmp(&error(b.to_f32())));
        // Values too small for a 16-bit scale become zero.
        let scale = best.unwrap_or(f16::ONE);
        integers.extend(block.iter().map(|&value| rounded(value, scale.to_f32()) as i8));
        scales.push(scale);
    }
    (integers, scales)
}

/// In 4 bits: 15 integers, a scale for every [`BLOCK`].
fn quantise_four(values: &[f32]) -> (Vec<i8>, Vec<f16>) {
    quantise_by(values, BLOCK, 7.0, &[1.0, 0.95, 0.9, 0.85, 0.8])
}

/// What of `values` is left in 4 bits.
#[cfg(feature = "import")]
pub(crate) fn in_four_bits(values: &[f32]) -> Vec<f32> {
    let (integers, scales) = quantise_four(values);
    let scales: Vec<f32> = scales.iter().map(|scale| scale.to_f32()).collect();
    dequantise(&integers, &scales, BLOCK)
}

/// The root mean square error of quantised values, as a share of the values' root mean square.
fn relative_error(values: &[f32], integers: &[i8], scales: &[f16], block: usize) -> f64 {
    let scales: Vec<f32> = scales.iter().map(|scale| scale.to_f32()).collect();
    let back = dequantise(integers, &scales, block);
    let squares = |numbers: &mut dyn Iterator<Item = f32>| numbers.map(|x| f64::from(x).powi(2)).sum::<f64>();
    let total = squares(&mut values.iter().copied());
    let error = squares(&mut values.iter().zip(&back).map(|(value, back)| value - back));
    if total > 0.0 { (error / total).sqrt() } else { 0.0 }
}

/// As many values as have both an integer and a scale; blocks are counted from the first value.
pub(crate) fn dequantise(integers: &[i8], scales: &[f32], block: usize) -> Vec<f32> {
    let mut values = Vec::with_capacity(integers.len());
    for (integers, scale) in integers.chunks(block).zip(scales) {
        values.extend(integers.iter().map(|&integer| f32::from(integer) * scale));
    }
    values
}
