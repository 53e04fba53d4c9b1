//! A linear layer: a product with weights that were cut into panels once, and a bias.

use super::product::{COLUMNS, Panels, Rows};
use crate::pack::{Weight, Weights};

/// `y = x · W + b`.
#[derive(Debug, Clone)]
pub struct Linear {
    weight: Panels,
    /// Filled up with zeros to whole panels.
    bias: Vec<f32>,
}

impl Linear {
    /// From `KEY.weight`, `[in, out]`, and `KEY.bias` where there is one; `None` where there is no such matrix.
    pub fn from_weights(weights: &Weights, key: &str) -> Option<Self> {
        let Weight { shape, values } = weights.get(&format!("{key}.weight"))?;
        let [depth, columns] = shape.as_slice() else { return None };
        let weight = Panels::new(*depth, *columns, |row, column| values[row * columns + column]);
        let mut bias =
            weights.get(&format!("{key}.bias")).map(|bias| bias.values.clone()).unwrap_or_default();
        bias.resize(columns.div_ceil(COLUMNS) * COLUMNS, 0.0);
        Some(Self { weight, bias })
    }

    /// Numbers in an output row.
    pub fn width(&self) -> usize {
        self.weight.columns()
    }

    /// `[rows, in]` → `[rows, out]`
    pub fn forward(&self, rows: Rows<'_>, out: &mut [f32], activation: impl Fn(&mut [f32; COLUMNS])) {
        self.weight.multiply(rows, out, self.width(), |column, sums| {
            let bias = &self.bias[column..column + COLUMNS];
            sums.iter_mut().zip(bias).for_each(|(sum, bias)| *sum += bias);
            activation(sums);
        });
    }
}
