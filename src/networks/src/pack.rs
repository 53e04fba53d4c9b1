//! Weights as bytes: 8-bit values in blocks, so that a model is a quarter of its size on disk and on the way.
//!
//! The container is burnpack. A quantised matrix `KEY` of shape `[rows, columns]` is two plain tensors: `KEY`, `i8`
//! `[rows, columns]`, and `KEY.scales`, `f32` `[rows, columns / 32]`; value = integer × the scale of its block of 32
//! along the last axis, the blocks that burn's `per_block([32])` means. Burn's own quantised tensors are not used on
//! disk, because their byte length is not checked by the container's reader. All other tensors are `f32`.

use std::collections::BTreeMap;

use burn::tensor::{Bytes, DType, TensorData};
use burn_pack::{Reader, Tensor as Packed, Writer};

/// Values that share one scale.
pub const BLOCK: usize = 32;
const SCALES: &str = ".scales";

/// A tensor in `f32`, as it is used on the CPU.
#[derive(Clone, Debug, PartialEq)]
pub struct Weight {
    /// Lengths of the axes.
    pub shape: Vec<usize>,
    /// Row by row.
    pub values: Vec<f32>,
}

impl Weight {
    /// As burn takes it.
    pub fn data(&self) -> TensorData {
        TensorData::new(self.values.clone(), self.shape.clone())
    }
}

/// Tensors by key.
pub type Weights = BTreeMap<String, Weight>;

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

/// Packs `weights`; those for which `eight_bits` says so, and whose last axis is a multiple of [`BLOCK`], in 8 bits.
pub fn pack(weights: &Weights, eight_bits: impl Fn(&str, &Weight) -> bool) -> Result<Vec<u8>, PackError> {
    let mut tensors = Vec::new();
    for (key, weight) in weights {
        let columns = weight.shape.last().copied().unwrap_or(1);
        if weight.shape.len() == 2 && columns.is_multiple_of(BLOCK) && eight_bits(key, weight) {
            let (integers, scales) = quantise(&weight.values);
            let shape = vec![weight.shape[0], columns / BLOCK];
            tensors.push(tensor(key, DType::I8, weight.shape.clone(), bytemuck::cast_slice(&integers)));
            tensors.push(tensor(&format!("{key}{SCALES}"), DType::F32, shape, bytemuck::cast_slice(&scales)));
        } else {
            tensors.push(tensor(key, DType::F32, weight.shape.clone(), bytemuck::cast_slice(&weight.values)));
        }
    }
    let bytes = Writer::new(tensors)
        .with_metadata("producer", concat!("gestalt-networks ", env!("CARGO_PKG_VERSION")))
        .into_bytes()
        .map_err(container)?;
    Ok(bytes.to_vec())
}

fn tensor(key: &str, dtype: DType, shape: Vec<usize>, bytes: &[u8]) -> Packed {
    Packed::new(key.to_owned(), dtype, shape, None, Bytes::from_bytes_vec(bytes.to_vec()))
}

/// Unpacks and dequantises everything to `f32`.
///
/// Nothing is allocated that the file's own length does not warrant.
pub fn unpack(bytes: &[u8]) -> Result<Weights, PackError> {
    let reader = Reader::from_bytes(Bytes::from_bytes_vec(bytes.to_vec())).map_err(container)?;
    let mut plain = BTreeMap::new();
    for tensor in reader.into_tensors().map_err(container)? {
        let (key, dtype, shape, _, bytes) = tensor.into_parts().map_err(container)?;
        plain.insert(key, (dtype, shape.to_vec(), bytes));
    }
    let mut weights = Weights::new();
    for (key, (dtype, shape, bytes)) in &plain {
        if key.strip_suffix(SCALES).is_some_and(|matrix| plain.contains_key(matrix)) {
            continue;
        }
        let wrong = |why: String| PackError::Tensor { key: key.clone(), why };
        let values = match dtype {
            DType::F32 => floats(bytes),
            DType::I8 => {
                let scales = plain.get(&format!("{key}{SCALES}"));
                let Some((DType::F32, scale_shape, scales)) = scales else {
                    return Err(wrong(format!("it is 8-bit, but there is no `{key}{SCALES}` in f32")));
                };
                let fits = matches!((shape.as_slice(), scale_shape.as_slice()),
                    ([rows, columns], [r, blocks]) if rows == r && Some(*columns) == blocks.checked_mul(BLOCK));
                if !fits {
                    return Err(wrong(format!(
                        "scales {scale_shape:?} do not fit values {shape:?} in blocks of {BLOCK}"
                    )));
                }
                dequantise(bytemuck::cast_slice(bytes), &floats(scales))
            }
            other => return Err(wrong(format!("{other:?} is not used by this format"))),
        };
        if values.len() != shape.iter().product::<usize>() {
            return Err(wrong(format!("{} values do not fill the shape {shape:?}", values.len())));
        }
        if values.iter().any(|value| !value.is_finite()) {
            return Err(wrong("it holds a value that is not finite".into()));
        }
        weights.insert(key.clone(), Weight { shape: shape.clone(), values });
    }
    Ok(weights)
}

fn container(error: burn_pack::Error) -> PackError {
    PackError::Container(error.to_string())
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
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

fn dequantise(integers: &[i8], scales: &[f32]) -> Vec<f32> {
    let blocks = integers.chunks_exact(BLOCK).zip(scales);
    blocks.flat_map(|(block, scale)| block.iter().map(move |&integer| f32::from(integer) * scale)).collect()
}
