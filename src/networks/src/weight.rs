//! Tensors outside a network, as files and the CPU hold them.

use std::collections::BTreeMap;

use burn::tensor::TensorData;

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
