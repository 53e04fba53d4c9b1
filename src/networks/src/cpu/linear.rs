//! Layers with weights that are made ready once: products with a bias, and norms.

use std::sync::{Arc, Mutex, PoisonError};

use super::functions::layer_norm;
use super::product::{COLUMNS, Panels, Rows};
use crate::weight::{Weight, Weights};

/// `y = x · W + b`.
#[derive(Debug, Clone)]
pub struct Linear {
    weight: Panels,
    /// Filled up with zeros to whole panels.
    bias: Vec<f32>,
    /// Gathers what the layer is given; only while a network is calibrated.
    moments: Option<Arc<Mutex<Moments>>>,
}

/// Sums of products of a layer's inputs, over all rows that it was given: Σ xᵢ xⱼ.
#[derive(Debug, Clone)]
pub struct Moments {
    width: usize,
    /// `[width, width]`
    sums: Vec<f32>,
}

impl Moments {
    /// Numbers in an input row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Of inputs `i` and `j`.
    pub fn get(&self, i: usize, j: usize) -> f32 {
        self.sums[i * self.width + j]
    }

    fn add(&mut self, rows: Rows<'_>) {
        let width = self.width;
        let at = |row: usize, place: usize| rows.values[row * rows.stride + place];
        let turned: Vec<f32> =
            (0..width).flat_map(|place| (0..rows.count).map(move |row| at(row, place))).collect();
        let mut products = vec![0.0; width * width];
        let panels = Panels::new(rows.count, width, at);
        panels.multiply(Rows::packed(&turned, rows.count), &mut products, width, |_, _| ());
        super::functions::add(&mut self.sums, &products);
    }
}

impl Linear {
    /// From `KEY.weight`, `[in, out]`, and `KEY.bias` where there is one; `None` where there is no such
    /// matrix.
    pub fn from_weights(weights: &Weights, key: &str) -> Option<Self> {
        let Weight { shape, values } = weights.get(&format!("{key}.weight"))?;
        let [depth, columns] = shape.as_slice() else { return None };
        let weight = Panels::new(*depth, *columns, |row, column| values[row * columns + column]);
        Some(Self { weight, bias: bias(weights, key, *columns), moments: None })
    }

    /// From a convolution whose stride is its size, `KEY.weight` `[out, in, p, p]`: the layer of a
    /// patch's numbers in the order row, column, channel.
    pub fn from_patches(weights: &Weights, key: &str) -> Option<Self> {
        let Weight { shape, values } = weights.get(&format!("{key}.weight"))?;
        let [columns, channels, p, _] = shape.as_slice() else { return None };
        let (depth, area) = (channels * p * p, p * p);
        let weight = Panels::new(depth, *columns, |row, column| {
            let (position, channel) = (row / channels, row % channels);
            values[column * depth + channel * area + position]
        });
        Some(Self { weight, bias: bias(weights, key, *columns), moments: None })
    }

    /// Numbers in an output row.
    pub fn width(&self) -> usize {
        self.weight.columns()
    }

    /// Numbers in an input row.
    pub fn depth(&self) -> usize {
        self.weight.depth()
    }

    /// From now on gathers what the layer is given.
    pub fn listen(&mut self) -> Arc<Mutex<Moments>> {
        let width = self.weight.depth();
        let moments = Arc::new(Mutex::new(Moments { width, sums: vec![0.0; width * width] }));
        self.moments = Some(moments.clone());
        moments
    }

    /// `[rows, in]` → `[rows, out]`
    pub fn forward(&self, rows: Rows<'_>, out: &mut [f32], activation: impl Fn(&mut [f32; COLUMNS])) {
        if let Some(moments) = &self.moments {
            moments.lock().unwrap_or_else(PoisonError::into_inner).add(rows);
        }
        self.weight.multiply(rows, out, self.width(), |column, sums| {
            let bias = &self.bias[column..column + COLUMNS];
            sums.iter_mut().zip(bias).for_each(|(sum, bias)| *sum += bias);
            activation(sums);
        });
    }
}

/// Filled up with zeros to whole panels; all zeros where there is none.
fn bias(weights: &Weights, key: &str, columns: usize) -> Vec<f32> {
    let mut bias = weights.get(&format!("{key}.bias")).map(|bias| bias.values.clone()).unwrap_or_default();
    bias.resize(columns.div_ceil(COLUMNS) * COLUMNS, 0.0);
    bias
}

/// A layer norm.
#[derive(Debug, Clone)]
pub struct LayerNorm {
    scale: Vec<f32>,
    shift: Vec<f32>,
    eps: f32,
}

impl LayerNorm {
    /// From `KEY.weight` and `KEY.bias`; `None` where one is missing.
    pub fn from_weights(weights: &Weights, key: &str, eps: f64) -> Option<Self> {
        let values = |part: &str| Some(weights.get(&format!("{key}.{part}"))?.values.clone());
        Some(Self { scale: values("weight")?, shift: values("bias")?, eps: eps as f32 })
    }

    /// `[rows, w]` → `[rows, w]`
    pub fn forward(&self, rows: &[f32], out: &mut [f32]) {
        layer_norm(rows, &self.scale, &self.shift, self.eps, out);
    }

    /// As [`forward`](Self::forward), into a new vector.
    pub fn normalised(&self, rows: &[f32]) -> Vec<f32> {
        let mut normed = vec![0.0; rows.len()];
        self.forward(rows, &mut normed);
        normed
    }
}
