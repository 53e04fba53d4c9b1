//! A network that is ready to compute: through burn, or in plain Rust on the processor of a browser.

use burn::tensor::{Tensor, TensorData};
use gestalt_networks::card::ModelCard;
use gestalt_networks::cpu::CpuVit;
use gestalt_networks::sparsity::TopK;
use gestalt_networks::vit::Vit;
use gestalt_networks::weights;
use gestalt_protocol::Device;

use crate::device::Compute;
use crate::layer::{Layer, Pool};
use crate::model::ObserveError;

/// One of the two ways to compute the same network.
#[derive(Debug)]
pub enum Network {
    /// Through burn, on any device.
    Burn(Box<Vit>),
    /// In plain Rust. A browser's processor has neither threads nor wide registers, for which burn's CPU backend is made: there this way
    /// is two to three times faster (docs/measurements.md).
    Plain(Box<CpuVit>),
}

impl Network {
    /// Checks the weights and builds the network for `compute`.
    pub fn load(card: &ModelCard, bytes: &[u8], compute: &Compute) -> Result<Self, ObserveError> {
        if cfg!(target_family = "wasm") && compute.kind() == Device::Cpu {
            Ok(Self::Plain(Box::new(weights::load_cpu(card, bytes)?)))
        } else {
            Ok(Self::Burn(Box::new(weights::load(card, bytes, compute.device())?)))
        }
    }

    /// One vector for each of `count` pictures of `px` pixels, `[count, 3, px, px]`.
    pub async fn features(
        &self,
        pictures: Vec<f32>,
        (count, px): (usize, usize),
        layer: Layer,
        top_k: Option<TopK>,
        compute: &Compute,
    ) -> Result<Vec<Vec<f32>>, ObserveError> {
        match self {
            Self::Burn(network) => {
                let data = TensorData::new(pictures, [count, 3, px, px]);
                let input = Tensor::from_data(data, compute.device());
                let pooled = layer.pool(network.forward_to(input, layer.site, top_k));
                let [_, width] = pooled.dims();
                let data =
                    pooled.into_data_async().await.map_err(|e| ObserveError::Stopped(e.to_string()))?;
                let data: Vec<f32> = data.iter::<f32>().collect();
                Ok(data.chunks_exact(width).map(<[f32]>::to_vec).collect())
            }
            Self::Plain(network) => {
                let tokens = network.forward_to(&pictures, layer.site, top_k);
                let of_one = tokens.chunks_exact(tokens.len() / count);
                Ok(of_one.map(|tokens| pooled(tokens, network.width(), layer.pool)).collect())
            }
        }
    }
}

/// As [`Layer::pool`], of one picture's tokens `[1 + n, w]`.
fn pooled(tokens: &[f32], width: usize, pool: Pool) -> Vec<f32> {
    let (class, patches) = tokens.split_at(width);
    match pool {
        Pool::Cls => class.to_vec(),
        Pool::Mean => {
            let mut sums = vec![0.0; width];
            for patch in patches.chunks_exact(width) {
                sums.iter_mut().zip(patch).for_each(|(sum, value)| *sum += value);
            }
            let count = (patches.len() / width) as f32;
            sums.into_iter().map(|sum| sum / count).collect()
        }
    }
}
