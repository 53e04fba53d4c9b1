//! A network that has learned nothing: the control for what an architecture sees by itself.

use gestalt_networks::weight::{Weight, Weights};
use gestalt_types::random::generator;
use rand::RngExt;

/// Random weights in the shapes of `trained`: each output channel's are drawn uniformly with the standard
/// deviation that it had, so that activations stay in range; biases are 0. Normalisation must be folded into
/// the weights, as in imported networks.
pub fn untrained(trained: &Weights, seed: u64) -> Weights {
    let drawn = |(key, weight): (&String, &Weight)| {
        let mut random = generator(seed, key);
        let channels = weight.shape.first().copied().unwrap_or(1).max(1);
        let each = (weight.values.len() / channels).max(1);
        let values = weight.values.chunks(each).flat_map(|channel| {
            // A uniform number within ± √3 standard deviations has that deviation.
            let square = channel.iter().map(|value| value * value).sum::<f32>() / channel.len() as f32;
            let bound = if weight.shape.len() > 1 { (3.0 * square).sqrt() } else { 0.0 };
            channel.iter().map(|_| bound * (2.0 * random.random::<f32>() - 1.0)).collect::<Vec<f32>>()
        });
        (key.clone(), Weight { values: values.collect(), shape: weight.shape.clone() })
    };
    trained.iter().map(drawn).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn weight(shape: &[usize], value: impl Fn(usize) -> f32) -> Weight {
        let count = shape.iter().product();
        Weight { shape: shape.to_vec(), values: (0..count).map(value).collect() }
    }

    #[test]
    fn channels_keep_their_size_and_nothing_else_and_biases_are_zero() {
        let trained = Weights::from([
            ("conv.weight".to_owned(), weight(&[2, 50, 3, 3], |at| if at < 450 { 0.5 } else { 8.0 })),
            ("conv.bias".to_owned(), weight(&[2], |_| 3.0)),
        ]);
        let drawn = untrained(&trained, 1);
        assert_eq!(drawn["conv.bias"].values, [0.0, 0.0]);
        assert_eq!(drawn["conv.weight"].shape, [2, 50, 3, 3]);
        for (channel, size) in drawn["conv.weight"].values.chunks(450).zip([0.5_f32, 8.0]) {
            let mean = channel.iter().sum::<f32>() / 450.0;
            let sd = (channel.iter().map(|v| v * v).sum::<f32>() / 450.0).sqrt();
            assert!(mean.abs() < 0.15 * size && (sd / size - 1.0).abs() < 0.1, "{mean} {sd}");
        }
        assert_eq!(untrained(&trained, 1), drawn);
        assert_ne!(untrained(&trained, 2)["conv.weight"], drawn["conv.weight"]);
    }
}
