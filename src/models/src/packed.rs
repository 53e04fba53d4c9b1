//! Reading what [`crate::pack`] writes: tensors as they lie in the file, and what of them a device
//! takes as it is.

use std::collections::BTreeMap;

use burn::tensor::quantization::{QuantScheme, QuantStore, QuantValue, ScaleDtype};
use burn::tensor::{Bytes, DType, TensorData, f16};
use burn_pack::Reader;

use crate::pack::{BLOCK, PackError, SCALES, SHAPE, WIDE_BLOCK, container, dequantise, row_len};
use gestalt_networks::keys::Loadable;
use gestalt_networks::weight::{Weight, Weights};

/// A tensor as it lies in the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Stored {
    /// In `f32`.
    Floats(Weight),
    /// In integers with a scale for each block.
    Integers(Integers),
}

/// Integers, each times the scale of its block.
#[derive(Clone, Debug, PartialEq)]
pub struct Integers {
    shape: Vec<usize>,
    values: Vec<i8>,
    bits: Bits,
    block: usize,
    /// Values after which blocks begin anew: a row, or all.
    run: usize,
    scales: Vec<f32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bits {
    Eight,
    Four,
}

impl Stored {
    /// Lengths of the axes.
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::Floats(weight) => &weight.shape,
            Self::Integers(integers) => &integers.shape,
        }
    }

    /// In `f32`.
    pub fn into_weight(self) -> Weight {
        match self {
            Self::Floats(weight) => weight,
            Self::Integers(integers) => integers.weight(),
        }
    }

    /// As a parameter of a device that multiplies by integers as they lie in the file: where `factor`
    /// says that a layer multiplies by them they stay what they are, if their rows are whole words. A
    /// convolution's kernels become rows, `[o, 1, 1, i · kh · kw]`.
    pub(crate) fn data(&self, factor: bool) -> TensorData {
        match self {
            Self::Floats(weight) => weight.data(),
            Self::Integers(integers) => {
                let packed = if factor { integers.data() } else { None };
                packed.unwrap_or_else(|| integers.weight().data())
            }
        }
    }
}

impl Loadable for Stored {
    fn shape(&self) -> &[usize] {
        Stored::shape(self)
    }

    fn data(&self, factor: bool) -> TensorData {
        Stored::data(self, factor)
    }
}

impl Integers {
    fn weight(&self) -> Weight {
        let runs = self.values.chunks(self.run).zip(self.scales.chunks(self.blocks_of_a_run()));
        let values = runs.flat_map(|(integers, scales)| dequantise(integers, scales, self.block)).collect();
        Weight { shape: self.shape.clone(), values }
    }

    /// Scales of a run.
    fn blocks_of_a_run(&self) -> usize {
        self.run.div_ceil(self.block)
    }

    /// The scale of the value at this place.
    fn scale_at(&self, at: usize) -> f32 {
        self.scales[at / self.run * self.blocks_of_a_run() + at % self.run / self.block]
    }

    /// As burn's quantised tensors lie in memory: the integers in words of 32 bits, the first lowest,
    /// then the scales, each of a block within a row; `None` where a row is no whole number of words.
    fn data(&self) -> Option<TensorData> {
        let in_a_word = match self.bits {
            Bits::Eight => 4,
            Bits::Four => 8,
        };
        let row = row_len(&self.shape).filter(|row| row.is_multiple_of(in_a_word))?;
        let (value, mut bytes) = match self.bits {
            Bits::Eight => (QuantValue::Q8S, bytemuck::cast_slice(&self.values).to_vec()),
            Bits::Four => {
                let pairs = self.values.chunks_exact(2);
                (QuantValue::Q4S, pairs.map(|pair| (pair[0] & 15) as u8 | (pair[1] << 4) as u8).collect())
            }
        };
        // Where a block of the file reaches into the next row, smaller ones share its scale.
        let block = gcd(row, self.block);
        let scales = (0..self.values.len()).step_by(block).map(|at| self.scale_at(at));
        bytes.extend(scales.flat_map(f32::to_le_bytes));
        let scheme = QuantScheme::default()
            .with_value(value)
            .with_store(QuantStore::PackedU32(0))
            .per_block([block as u8], ScaleDtype::F32);
        let shape = match self.shape.as_slice() {
            [o, _, _, _] => vec![*o, 1, 1, row],
            shape => shape.to_vec(),
        };
        Some(TensorData::from_bytes_vec(bytes, shape, DType::QFloat(scheme)))
    }

    /// What is wrong with it.
    fn fault(&self) -> Option<String> {
        let (shape, count) = (&self.shape, self.values.len());
        let last = (count % self.run).div_ceil(self.block);
        if self.scales.len() != count / self.run * self.blocks_of_a_run() + last {
            return Some(format!(
                "{} scales are not those of {count} values in blocks of {}",
                self.scales.len(),
                self.block
            ));
        }
        // The largest integer by its scale is the largest value.
        let finite = self.scales.iter().all(|scale| (scale * 128.0).is_finite());
        not_filled(shape, count).or_else(|| (!finite).then(|| NOT_FINITE.into()))
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

const NOT_FINITE: &str = "it holds a value that is not finite";

fn not_filled(shape: &[usize], count: usize) -> Option<String> {
    let wanted = shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length));
    (wanted != Some(count)).then(|| format!("{count} values do not fill the shape {shape:?}"))
}

/// Unpacks and dequantises everything to `f32`.
///
/// # Errors
/// As [`read`].
pub fn unpack(bytes: &[u8]) -> Result<Weights, PackError> {
    Ok(read(bytes)?.into_iter().map(|(key, stored)| (key, stored.into_weight())).collect())
}

/// Reads every tensor as it lies in the file.
///
/// Nothing is allocated that the file's own length does not warrant.
///
/// # Errors
/// When the bytes are not the container, or one tensor is not as the format has it.
pub fn read(bytes: &[u8]) -> Result<BTreeMap<String, Stored>, PackError> {
    let reader = Reader::from_bytes(Bytes::from_bytes_vec(bytes.to_vec())).map_err(container)?;
    let mut plain = Plain::new();
    for tensor in reader.into_tensors().map_err(container)? {
        let (key, dtype, shape, _, bytes) = tensor.into_parts().map_err(container)?;
        plain.insert(key, (dtype, shape.to_vec(), bytes));
    }
    let of_another = |key: &str| {
        [SCALES, SHAPE]
            .iter()
            .any(|suffix| key.strip_suffix(suffix).is_some_and(|matrix| plain.contains_key(matrix)))
    };
    let wrong = |key: &str, why: String| PackError::Tensor { key: key.to_owned(), why };
    let keys = plain.keys().filter(|key| !of_another(key));
    keys.map(|key| Ok((key.clone(), tensor(&plain, key).map_err(|why| wrong(key, why))?))).collect()
}

/// The container's tensors: type, shape, bytes.
type Plain = BTreeMap<String, (DType, Vec<usize>, Bytes)>;

/// One tensor, checked.
fn tensor(plain: &Plain, key: &str) -> Result<Stored, String> {
    let (dtype, shape, bytes) = &plain[key];
    let beside = |suffix| plain.get(&format!("{key}{suffix}")).map(|(d, s, b)| (*d, s.as_slice(), &b[..]));
    let integers = match dtype {
        DType::F32 => {
            let values = floats(bytes);
            let finite = values.iter().all(|value| value.is_finite());
            let fault = not_filled(shape, values.len()).or_else(|| (!finite).then(|| NOT_FINITE.into()));
            return fault.map_or_else(|| Ok(Stored::Floats(Weight { shape: shape.clone(), values })), Err);
        }
        DType::I8 => {
            let values: Vec<i8> = bytemuck::cast_slice(bytes).to_vec();
            let (block, run, scales) = match beside(SCALES) {
                Some((DType::F32, scale_shape, scales)) => {
                    let fits = matches!((shape.as_slice(), scale_shape),
                        ([rows, columns], [r, blocks]) if rows == r && Some(*columns) == blocks.checked_mul(BLOCK));
                    if !fits {
                        return Err(format!(
                            "scales {scale_shape:?} do not fit values {shape:?} in blocks of {BLOCK}"
                        ));
                    }
                    (BLOCK, values.len(), floats(scales))
                }
                Some((DType::F16, scale_shape, scales)) => {
                    (WIDE_BLOCK, run_of(shape, scale_shape, values.len())?, halves(scales))
                }
                _ => return Err(format!("it is 8-bit, but there is no `{key}{SCALES}` in f32 or f16")),
            };
            Integers { shape: shape.clone(), values, bits: Bits::Eight, block, run: run.max(1), scales }
        }
        DType::U8 => {
            let (Some((DType::F16, _, scales)), Some((DType::I32, _, lengths))) =
                (beside(SCALES), beside(SHAPE))
            else {
                return Err(format!("it is 4-bit, but there is no `{key}{SCALES}` and `{key}{SHAPE}`"));
            };
            let (shape, count) = lengths_of(lengths)
                .filter(|(_, count)| count.div_ceil(2) == bytes.len())
                .ok_or_else(|| format!("its {} bytes do not fill its shape", bytes.len()))?;
            let nibbles = bytes.iter().flat_map(|byte| [(byte & 15) as i8 - 8, (byte >> 4) as i8 - 8]);
            let values = nibbles.take(count).collect();
            Integers {
                shape,
                values,
                bits: Bits::Four,
                block: BLOCK,
                run: count.max(1),
                scales: halves(scales),
            }
        }
        other => return Err(format!("{other:?} is not used by this format")),
    };
    integers.fault().map_or(Ok(Stored::Integers(integers)), Err)
}

/// Values after which blocks of 64 begin anew: a row where scales are stated by row, else all `count`.
fn run_of(shape: &[usize], scale_shape: &[usize], count: usize) -> Result<usize, String> {
    let [rows, blocks] = *scale_shape else { return Ok(count) };
    let row = row_len(shape).filter(|row| shape.first() == Some(&rows) && row.div_ceil(WIDE_BLOCK) == blocks);
    row.ok_or_else(|| {
        format!("scales {scale_shape:?} do not fit values {shape:?} in blocks of {WIDE_BLOCK} within rows")
    })
}

/// A shape and how many values fill it; `None` where a length is negative or the product overflows.
fn lengths_of(bytes: &[u8]) -> Option<(Vec<usize>, usize)> {
    let lengths = bytes.chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let shape: Vec<usize> = lengths.map(|length| usize::try_from(length).ok()).collect::<Option<_>>()?;
    let count = shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length))?;
    Some((shape, count))
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn halves(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
}
