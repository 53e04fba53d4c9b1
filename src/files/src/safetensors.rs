//! The head of a safetensors file, for tensors that are too large to be in memory together.

use serde_json::{Map, Value, json};

/// A tensor by its name, kind of numbers and shape.
#[derive(Debug, Clone, Copy)]
pub struct Tensor<'a> {
    /// Its name.
    pub name: &'a str,
    /// `F32` or `U8`.
    pub dtype: Dtype,
    /// The lengths of its dimensions.
    pub shape: &'a [u64],
}

/// A kind of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dtype {
    /// 32-bit floats, little endian.
    F32,
    /// Bytes.
    U8,
}

impl Tensor<'_> {
    /// Length of its data in bytes.
    pub fn bytes(&self) -> u64 {
        let size = match self.dtype {
            Dtype::F32 => 4,
            Dtype::U8 => 1,
        };
        size * self.shape.iter().product::<u64>()
    }
}

/// The bytes before the data: their length, and the JSON that tells what lies where. The data follow, tensor
/// by tensor, without gaps. Padded with spaces so that they begin at a multiple of eight.
pub fn head(metadata: Map<String, Value>, tensors: &[Tensor<'_>]) -> Vec<u8> {
    let mut header = Map::from_iter([("__metadata__".to_owned(), Value::Object(metadata))]);
    let mut start = 0;
    for tensor in tensors {
        let end = start + tensor.bytes();
        let dtype = match tensor.dtype {
            Dtype::F32 => "F32",
            Dtype::U8 => "U8",
        };
        let entry = json!({"dtype": dtype, "shape": tensor.shape, "data_offsets": [start, end]});
        header.insert(tensor.name.to_owned(), entry);
        start = end;
    }
    let mut text = Value::Object(header).to_string().into_bytes();
    text.resize(text.len().next_multiple_of(8), b' ');
    [&(text.len() as u64).to_le_bytes()[..], &text].concat()
}
