//! Initial weights from a seed, so that a trained model's untrained twin is exactly the network it started
//! from.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Tensor, TensorData};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Draws every trained parameter as the authors of the masked autoencoder do: matrices Xavier-uniform,
/// biases zero, norms one and zero, class and mask token normal with deviation 0.02; convolutions as He et
/// al. (2015), for the ReLU behind them. Each parameter has a stream of its own, picked by its name, so that
/// the draw does not depend on the order or on the rest of the network.
pub fn draw<M: Module>(module: M, seed: u64) -> M {
    module.map(&mut Draw { seed, path: Vec::new(), holders: Vec::new() })
}

struct Draw {
    seed: u64,
    path: Vec<String>,
    /// Types of what holds each part of the path.
    holders: Vec<String>,
}

impl Draw {
    fn values(&self, shape: &[usize]) -> Option<Vec<f32>> {
        let name = self.path.join(".");
        let count = shape.iter().product();
        let mut random = gestalt_types::random::generator(self.seed, &format!("weights {name}"));
        match (self.path.last().map(String::as_str), shape) {
            (Some("pos_embed" | "decoder_pos"), _) => None,
            (Some("bias" | "beta"), _) => Some(vec![0.0; count]),
            (Some("gamma"), _) => Some(vec![1.0; count]),
            (_, [from, to]) => {
                let bound = (6.0 / (from + to) as f64).sqrt();
                Some((0..count).map(|_| random.random_range(-bound..bound) as f32).collect())
            }
            (_, [out, from, height, width]) => {
                // A transposed convolution's channels are the other way round.
                let transposed = self.holders.last().is_some_and(|holder| holder.contains("Transpose"));
                let channels = if transposed { out } else { from };
                let bound = (6.0 / (channels * height * width) as f64).sqrt();
                Some((0..count).map(|_| random.random_range(-bound..bound) as f32).collect())
            }
            _ => Some((0..count).map(|_| 0.02 * normal(&mut random)).collect()),
        }
    }
}

impl ModuleMapper for Draw {
    fn enter_module(&mut self, name: &str, holder: &str) {
        self.path.push(name.to_owned());
        self.holders.push(holder.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
        self.holders.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let shape: [usize; D] = param.lazy_shape().dims();
        let Some(values) = self.values(&shape) else { return param };
        param.map(|old| {
            let trained = old.is_require_grad();
            Tensor::from_data(TensorData::new(values, shape), &old.device()).set_require_grad(trained)
        })
    }
}

/// A standard normal number (Box and Muller 1958).
fn normal(random: &mut ChaCha8Rng) -> f32 {
    let u: f64 = random.random_range(f64::MIN_POSITIVE..1.0);
    let v: f64 = random.random_range(0.0..std::f64::consts::TAU);
    ((-2.0 * u.ln()).sqrt() * v.cos()) as f32
}
