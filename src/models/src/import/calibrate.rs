//! Rounds matrices to 4 bits so that what a layer computes changes least, not its weights one by one.
//!
//! Frantar et al., "GPTQ" (2023), in the form of Chee et al., "QuIP" (2023), section 3: with the second
//! moments H = E[x xᵀ] of a layer's inputs and H = (U + I) D (U + I)ᵀ, U strictly upper triangular, row
//! k of the weights is rounded after w_k + Σ_{i<k} U_{ik} (w_i − ŵ_i), so that each row makes up for
//! the errors of those before it. What then is left in the layer's outputs is Σ_k D_k ‖η_k‖², η_k being
//! what rounding changed in row k: where that is too much, the layer stays in 8 bits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::factors::Factors;
use crate::pack;
use gestalt_networks::architectures::Architecture;
use gestalt_networks::cpu::{CpuNetwork, Moments};
use gestalt_networks::weight::{Weight, Weights};

/// Where what a layer puts out would err by more than this share of its root mean square, the layer
/// stays in 8 bits.
const MOST_OUTPUT_ERROR: f64 = pack::MOST_RELATIVE_ERROR;
/// And where its weights would: more than of weights rounded one by one, because rows make up for one
/// another.
const MOST_WEIGHT_ERROR: f64 = 2.0 * pack::MOST_RELATIVE_ERROR;

/// What the layers of a network were given while it looked at pictures.
#[derive(Debug)]
pub struct Calibration {
    moments: BTreeMap<String, Arc<Mutex<Moments>>>,
}

impl Calibration {
    /// Runs pictures, `[3, px, px]` each and normalised as the card says, through the network. `None`
    /// for an architecture without a forward pass in plain Rust, whose layers cannot be listened to.
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
        let last = architecture
            .layers()
            .into_iter()
            .rfind(|layer| layer.site == gestalt_networks::readout::Site::Norm)?;
        pictures.for_each(|picture| drop(network.read(&picture, last, None)));
        Some(Self { moments })
    }

    /// The tensors that [`rounded`](Self::rounded) knows.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.moments.keys().map(String::as_str)
    }

    /// `weight`, `[in, out]`, in 4 bits, unless they err too much. `None` where the layer was not
    /// listened to, or blocks do not fill rows.
    pub fn rounded(&self, key: &str, weight: &Weight) -> Option<Rounded> {
        let moments = self.moments.get(key)?.lock().unwrap_or_else(PoisonError::into_inner);
        let [inputs, outputs] = *weight.shape.as_slice() else { return None };
        if moments.width() != inputs || !outputs.is_multiple_of(pack::BLOCK) {
            return None;
        }
        let factors = Factors::of(&moments)?;
        drop(moments);
        let mut values = weight.values.clone();
        // Errors of the rows so far, [rows, outputs].
        let mut errors: Vec<f32> = Vec::with_capacity(values.len());
        let (mut power, mut lost) = (0.0, 0.0);
        for (k, row) in values.chunks_exact_mut(outputs).enumerate() {
            let share = factors.diagonal(k);
            let exact = row.to_vec();
            power += share * squares(&factors.with_those_before(k, &exact, &weight.values));
            let wanted = factors.with_those_before(k, &exact, &errors);
            row.copy_from_slice(&pack::in_four_bits(&wanted));
            lost += share * squares(&differences(&wanted, row));
            errors.extend(differences(&exact, row));
        }
        // Inputs that the pictures never showed weigh nothing in the outputs: the weights themselves
        // must not go far astray either.
        let astray = (squares(&errors) / squares(&weight.values).max(f64::MIN_POSITIVE)).sqrt();
        let in_outputs = (lost / power.max(f64::MIN_POSITIVE)).sqrt();
        Some(if in_outputs > MOST_OUTPUT_ERROR || astray > MOST_WEIGHT_ERROR {
            Rounded::Eight
        } else {
            Rounded::Four(Weight { shape: weight.shape.clone(), values })
        })
    }
}

/// What became of a layer's weights.
#[derive(Clone, Debug, PartialEq)]
pub enum Rounded {
    /// On values that 4 bits hold exactly.
    Four(Weight),
    /// 4 bits change what the layer computes, or its weights, too much: it stays in 8.
    Eight,
}

fn squares(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value).powi(2)).sum()
}

fn differences(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use gestalt_networks::architectures::ArchitectureConfig;
    use gestalt_networks::architectures::vit::VitConfig;
    use gestalt_networks::readout::Layer;

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
        let mut weights =
            config.init(&Device::flex()).map(|vit| gestalt_networks::keys::collect(&vit)).unwrap();
        for (seed, (key, weight)) in weights.iter_mut().enumerate() {
            let spread = if weight.shape.len() == 2 { 1.4 / (weight.shape[0] as f32).sqrt() } else { 0.1 };
            let centre = if key.contains("norm") && key.ends_with("weight") { 1.0 } else { 0.0 };
            weight.values = noise(weight.values.len(), seed).iter().map(|v| centre + spread * v).collect();
        }
        let calibration = Calibration::on(&architecture, &weights, pictures(32, 0..40)).unwrap();
        assert_eq!(calibration.keys().count(), 1 + 4 * 3);
        let (mut rounded, mut nearest) = (weights.clone(), weights.clone());
        for key in calibration.keys() {
            let Some(Rounded::Four(better)) = calibration.rounded(key, &weights[key]) else {
                panic!("{key}")
            };
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
    fn a_layer_that_four_bits_would_change_too_much_stays_in_eight() {
        let config =
            VitConfig { image_px: 16, patch_px: 8, width: 32, heads: 2, depth: 2, ..VitConfig::default() };
        let mut weights =
            config.init(&Device::flex()).map(|vit| gestalt_networks::keys::collect(&vit)).unwrap();
        for (seed, (key, weight)) in weights.iter_mut().enumerate() {
            // Blocks of even sizes; but one large value in each block of one layer leaves no steps for
            // the others.
            let uneven = key == "blocks.1.mlp.fc1.weight";
            let large = |i: usize| if uneven && i % pack::BLOCK == 7 { 20.0 } else { 1.0 };
            let values = noise(weight.values.len(), seed).into_iter().enumerate();
            weight.values = values.map(|(i, value)| large(i) * value.clamp(-0.5, 0.5)).collect();
        }
        let calibration = Calibration::on(&Architecture::Vit(config), &weights, pictures(16, 0..20)).unwrap();
        for key in calibration.keys() {
            let rounded = calibration.rounded(key, &weights[key]).unwrap();
            assert_eq!(rounded == Rounded::Eight, key == "blocks.1.mlp.fc1.weight", "{key}");
        }
        // Once rounded, a layer looks as if 4 bits held it well: only the calibration knows better.
        let values = pack::in_four_bits(&weights["blocks.1.mlp.fc1.weight"].values);
        let shape = weights["blocks.1.mlp.fc1.weight"].shape.clone();
        let snapped = Weights::from([("a.weight".to_owned(), Weight { shape, values })]);
        assert!(pack::too_coarse(&snapped).is_empty());
    }

    #[test]
    fn a_matrix_of_another_shape_is_left_alone() {
        let config =
            VitConfig { image_px: 16, patch_px: 8, width: 8, heads: 2, depth: 1, ..VitConfig::default() };
        let weights = config.init(&Device::flex()).map(|vit| gestalt_networks::keys::collect(&vit)).unwrap();
        let calibration = Calibration::on(&Architecture::Vit(config), &weights, pictures(16, 0..2)).unwrap();
        // 24 outputs are no whole blocks.
        assert_eq!(
            calibration.rounded("blocks.0.attn.qkv.weight", &weights["blocks.0.attn.qkv.weight"]),
            None
        );
        assert_eq!(calibration.rounded("norm.weight", &weights["norm.weight"]), None);
    }
}
