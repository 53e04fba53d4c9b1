//! Rounds matrices to 4 bits so that what a layer computes changes least, not its weights one by one.
//!
//! Frantar et al., "GPTQ" (2023), in the form of Chee et al., "QuIP" (2023), section 3: with the second moments H = E[x xᵀ] of a layer's
//! inputs and H = (U + I) D (U + I)ᵀ, U strictly upper triangular, row k of the weights is rounded after
//! w_k + Σ_{i<k} U_{ik} (w_i − ŵ_i), so that each row makes up for the errors of those before it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use nalgebra::{Cholesky, DMatrix};

use crate::card::Architecture;
use crate::cpu::{CpuNetwork, Moments};
use crate::pack::{self, Weight, Weights};

/// What is added to the diagonal of H, as a share of its mean: inputs that the pictures never showed together.
const DAMPING: f64 = 0.01;

/// What the layers of a network were given while it looked at pictures.
#[derive(Debug)]
pub struct Calibration {
    moments: BTreeMap<String, Arc<Mutex<Moments>>>,
}

impl Calibration {
    /// Runs pictures, `[3, px, px]` each and normalised as the card says, through the network. `None` for an architecture without a forward
    /// pass in plain Rust, whose layers cannot be listened to.
    pub fn on(
        architecture: &Architecture,
        weights: &Weights,
        pictures: impl Iterator<Item = Vec<f32>>,
    ) -> Option<Self> {
        let mut network = CpuNetwork::from_weights(architecture, weights)?;
        let mut moments = BTreeMap::new();
        network.each_linear(&mut |key, linear| {
            moments.insert(format!("{key}.weight"), linear.listen());
        });
        let last =
            architecture.layers().into_iter().rfind(|layer| layer.site == crate::readout::Site::Norm)?;
        pictures.for_each(|picture| drop(network.read(&picture, last, None)));
        Some(Self { moments })
    }

    /// The tensors that [`rounded`](Self::rounded) knows.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.moments.keys().map(String::as_str)
    }

    /// `weight`, `[in, out]`, on values that 4 bits hold exactly. `None` where the layer was not listened to, or blocks do not fill rows.
    pub fn rounded(&self, key: &str, weight: &Weight) -> Option<Weight> {
        let moments = self.moments.get(key)?.lock().unwrap_or_else(PoisonError::into_inner);
        let [inputs, outputs] = *weight.shape.as_slice() else { return None };
        if moments.width() != inputs || !outputs.is_multiple_of(pack::BLOCK) {
            return None;
        }
        let feedback = feedback(&moments)?;
        drop(moments);
        let mut values = weight.values.clone();
        // Errors of the rows so far, [rows, outputs].
        let mut errors: Vec<f32> = Vec::with_capacity(values.len());
        for (k, row) in values.chunks_exact_mut(outputs).enumerate() {
            let exact = row.to_vec();
            for (error, factor) in errors.chunks_exact(outputs).zip(feedback.column(k).iter()) {
                row.iter_mut().zip(error).for_each(|(value, error)| *value += factor * error);
            }
            row.copy_from_slice(&pack::in_four_bits(row));
            errors.extend(exact.iter().zip(&*row).map(|(exact, rounded)| exact - rounded));
        }
        Some(Weight { shape: weight.shape.clone(), values })
    }
}

/// U of H = (U + I) D (U + I)ᵀ. `None` where H is not finite.
fn feedback(moments: &Moments) -> Option<DMatrix<f32>> {
    let n = moments.width();
    // Cholesky's factor is lower triangular: of H with its order reversed, it is the upper one reversed.
    let mut reversed =
        DMatrix::from_fn(n, n, |row, column| f64::from(moments.get(n - 1 - row, n - 1 - column)));
    let damping = DAMPING * reversed.trace() / n as f64 + f64::MIN_POSITIVE;
    (0..n).for_each(|i| reversed[(i, i)] += damping);
    let lower = Cholesky::new(reversed)?.unpack();
    Some(DMatrix::from_fn(n, n, |row, column| {
        let (row, column) = (n - 1 - row, n - 1 - column);
        if row > column { (lower[(row, column)] / lower[(column, column)]) as f32 } else { 0.0 }
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::readout::Layer;
    use crate::vit::VitConfig;
    use burn::tensor::Device;

    /// Numbers of about a normal distribution that need no generator.
    fn noise(count: usize, seed: usize) -> Vec<f32> {
        let one = |i: usize| (i.wrapping_mul(2_654_435_761) % 1_000_003) as f32 / 1_000_003.0 - 0.5;
        (0..count).map(|i| (0..6).map(|part| one(6 * (i + 7919 * seed) + part)).sum()).collect()
    }

    fn pictures(px: usize, seeds: std::ops::Range<usize>) -> impl Iterator<Item = Vec<f32>> {
        // A brightness that all pixels share, as in photographs: inputs are far from independent.
        seeds.map(move |seed| {
            let light = 3.0 * noise(1, 1000 + seed)[0];
            noise(3 * px * px, seed).iter().map(|value| light + value).collect()
        })
    }

    #[test]
    fn features_change_less_than_by_rounding_each_weight() {
        let config =
            VitConfig { image_px: 32, patch_px: 8, width: 64, heads: 2, depth: 3, ..VitConfig::default() };
        let architecture = Architecture::Vit(config);
        let mut weights = config.init(&Device::flex()).map(|vit| crate::keys::collect(&vit)).unwrap();
        for (seed, (key, weight)) in weights.iter_mut().enumerate() {
            let spread = if weight.shape.len() == 2 { 1.4 / (weight.shape[0] as f32).sqrt() } else { 0.1 };
            let centre = if key.contains("norm") && key.ends_with("weight") { 1.0 } else { 0.0 };
            weight.values = noise(weight.values.len(), seed).iter().map(|v| centre + spread * v).collect();
        }
        let calibration = Calibration::on(&architecture, &weights, pictures(32, 0..40)).unwrap();
        assert_eq!(calibration.keys().count(), 1 + 4 * 3);
        let (mut rounded, mut nearest) = (weights.clone(), weights.clone());
        for key in calibration.keys() {
            let better = calibration.rounded(key, &weights[key]).unwrap();
            // What is on the grid stays there when it is packed.
            assert_eq!(pack::in_four_bits(&better.values), better.values, "{key}");
            nearest.get_mut(key).unwrap().values = pack::in_four_bits(&weights[key].values);
            rounded.insert(key.to_owned(), better);
        }
        // On pictures that it was not calibrated on.
        let features = |weights: &Weights| -> Vec<f32> {
            let network = CpuNetwork::from_weights(&architecture, weights).unwrap();
            pictures(32, 50..60)
                .flat_map(|picture| network.read(&picture, Layer::MEAN, None).concat())
                .collect()
        };
        let exact = features(&weights);
        let error = |found: Vec<f32>| -> f32 { found.iter().zip(&exact).map(|(a, b)| (a - b).powi(2)).sum() };
        let (with, without) = (error(features(&rounded)), error(features(&nearest)));
        assert!(with < 0.6 * without, "{with} against {without}");
    }

    #[test]
    fn a_matrix_of_another_shape_is_left_alone() {
        let config =
            VitConfig { image_px: 16, patch_px: 8, width: 8, heads: 2, depth: 1, ..VitConfig::default() };
        let weights = config.init(&Device::flex()).map(|vit| crate::keys::collect(&vit)).unwrap();
        let calibration = Calibration::on(&Architecture::Vit(config), &weights, pictures(16, 0..2)).unwrap();
        // 24 outputs are no whole blocks.
        assert_eq!(
            calibration.rounded("blocks.0.attn.qkv.weight", &weights["blocks.0.attn.qkv.weight"]),
            None
        );
        assert_eq!(calibration.rounded("norm.weight", &weights["norm.weight"]), None);
    }
}
