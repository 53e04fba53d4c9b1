//! Files of weights: safetensors and PyTorch's `.pth`. Nothing of a file is ever executed.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use burn::tensor::{bf16, f16};
use pytorch_reader::{DType, PytorchReader};
use safetensors::{Dtype, SafeTensors};

use gestalt_networks::weight::Weight;

/// A file's tensors by key; `None` for those that are not floating point.
pub type Tensors = BTreeMap<String, Option<Weight>>;

/// Why a file gives no tensors.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file itself.
    #[error("{file} cannot be read: {source}")]
    File {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// Its contents.
    #[error("{file} is no whole {kind} file: {why}; fetch it again")]
    Contents {
        /// The file.
        file: String,
        /// What it was taken for.
        kind: &'static str,
        /// Why.
        why: String,
    },
    /// Another file, saved under this name.
    #[error("{file} is {what}")]
    Other {
        /// The file.
        file: String,
        /// What it is, and what helps.
        what: &'static str,
    },
    /// One of several files of which the checkpoint consists.
    #[error("{file}: {why}")]
    Shards {
        /// The index.
        file: String,
        /// What is wrong, and what helps.
        why: String,
    },
    /// One tensor.
    #[error("{file}: `{key}` cannot be used: {why}; fetch the file again")]
    Tensor {
        /// The file.
        file: String,
        /// Which one.
        key: String,
        /// Why.
        why: String,
    },
}

/// Larger files are none that this software can run.
const MOST_BYTES: u64 = 16 << 30;

/// Reads every tensor of a file: safetensors by its name's ending, else PyTorch's container.
///
/// # Errors
/// When a length or an offset is wrong, or a value is not finite. What a file claims is checked against
/// its own length before anything is allocated for it.
pub fn read(path: &Path) -> Result<Tensors, ReadError> {
    let file = path.display().to_string();
    let failed = |source| ReadError::File { file: file.clone(), source };
    let length = std::fs::metadata(path).map_err(failed)?.len();
    if length > MOST_BYTES {
        return Err(failed(std::io::Error::other("it is larger than 16 GiB")));
    }
    refuse_others(path)?;
    let tensors = if path.extension().is_some_and(|ending| ending == "safetensors") {
        safetensors(&file, &std::fs::read(path).map_err(failed)?)
    } else {
        pytorch(&file, path, length)
    }?;
    for (key, tensor) in &tensors {
        if tensor.as_ref().is_some_and(|weight| weight.values.iter().any(|value| !value.is_finite())) {
            let why = "it holds a value that is not finite".to_owned();
            return Err(ReadError::Tensor { file, key: key.clone(), why });
        }
    }
    Ok(tensors)
}

/// What people save under the name of a checkpoint by mistake.
///
/// # Errors
/// When the file cannot be read, or is a pointer of Git LFS or a web page.
pub(super) fn refuse_others(path: &Path) -> Result<(), ReadError> {
    let file = path.display().to_string();
    let mut start = Vec::new();
    let opened = std::fs::File::open(path);
    opened
        .and_then(|opened| opened.take(64).read_to_end(&mut start))
        .map_err(|source| ReadError::File { file: file.clone(), source })?;
    let what = if start.starts_with(b"version https://git-lfs") {
        "a pointer of Git LFS, not the weights; get them with `git lfs pull`, or download the file itself"
    } else if start.trim_ascii_start().starts_with(b"<") {
        "a web page (HTML), not weights; open it to see what the server said, and fetch the file again"
    } else {
        return Ok(());
    };
    Err(ReadError::Other { file, what })
}

fn safetensors(file: &str, bytes: &[u8]) -> Result<Tensors, ReadError> {
    let broken = |why: String| ReadError::Contents { file: file.to_owned(), kind: "safetensors", why };
    let parsed = SafeTensors::deserialize(bytes).map_err(|e| broken(e.to_string()))?;
    let tensors =
        parsed.iter().map(|(key, view)| {
            let values = match view.dtype() {
                Dtype::F32 => Some(of_f32(view.data())),
                Dtype::F16 => Some(of_f16(view.data())),
                Dtype::BF16 => Some(of_bf16(view.data())),
                Dtype::F64 => Some(of_f64(view.data())),
                _ => None,
            };
            weight(view.shape(), values)
                .map(|weight| (key.to_owned(), weight))
                .map_err(|why| ReadError::Tensor { file: file.to_owned(), key: key.to_owned(), why })
        });
    tensors.collect()
}

/// Makes numbers of the bytes of one type.
type Decode = fn(&[u8]) -> Vec<f32>;

fn pytorch(file: &str, path: &Path, length: u64) -> Result<Tensors, ReadError> {
    let reader = PytorchReader::new(path).map_err(|e| ReadError::Contents {
        file: file.to_owned(),
        kind: "PyTorch",
        why: e.to_string(),
    })?;
    let tensors = reader.into_tensors().into_iter().map(|(key, tensor)| {
        let wrong = |why: String| ReadError::Tensor { file: file.to_owned(), key: key.clone(), why };
        let elements = tensor.shape().iter().try_fold(1_u64, |product, &n| product.checked_mul(n as u64));
        // A view may repeat what it is stored as, but a network's weights do not.
        if elements.and_then(|n| n.checked_mul(tensor.dtype().size() as u64)).is_none_or(|n| n > length) {
            return Err(wrong(format!("its shape {:?} is larger than the file", tensor.shape())));
        }
        let of: Option<Decode> = match tensor.dtype() {
            DType::F32 => Some(of_f32),
            DType::F16 => Some(of_f16),
            DType::BF16 => Some(of_bf16),
            DType::F64 => Some(of_f64),
            _ => None,
        };
        let values = match of {
            Some(of) => Some(of(&tensor.read().map_err(|e| wrong(e.to_string()))?)),
            None => None,
        };
        let weight = weight(tensor.shape(), values).map_err(wrong)?;
        Ok((key, weight))
    });
    tensors.collect()
}

fn weight(shape: &[usize], values: Option<Vec<f32>>) -> Result<Option<Weight>, String> {
    let Some(values) = values else { return Ok(None) };
    let wanted = shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length));
    if wanted != Some(values.len()) {
        return Err(format!("{} values do not fill the shape {shape:?}", values.len()));
    }
    Ok(Some(Weight { shape: shape.to_vec(), values }))
}

fn of_f32(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn of_f16(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
}

fn of_bf16(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(2).map(|b| bf16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
}

fn of_f64(bytes: &[u8]) -> Vec<f32> {
    let eight = |b: &[u8]| f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]);
    bytes.chunks_exact(8).map(|b| eight(b) as f32).collect()
}
