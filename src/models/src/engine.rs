//! A network that is ready to compute: through burn, or in plain Rust on the CPU of a browser.

use burn::tensor::{Tensor, TensorData};
use gestalt_networks::architectures::Network;
use gestalt_networks::architectures::vae::Vae;
use gestalt_networks::cpu::CpuNetwork;
use gestalt_networks::readout::Layer;
use gestalt_networks::sparsity::TopK;
use gestalt_networks::weight::Weights;
use gestalt_protocol::Device;

use crate::card::ModelCard;
use crate::device::Compute;
use crate::error::ModelError;
use crate::weights;

/// One of the two ways to compute the same network.
#[derive(Debug)]
pub(crate) enum Engine {
    /// Through burn, on any device.
    Burn(Network),
    /// In plain Rust. A browser's CPU backend has neither threads nor wide registers, for which burn's
    /// is made: there this is faster (docs/measurements.md).
    Plain(CpuNetwork),
}

impl Engine {
    /// Checks the weights and builds the network for `compute`.
    pub(crate) fn load(card: &ModelCard, bytes: &[u8], compute: &Compute) -> Result<Self, ModelError> {
        if cfg!(target_family = "wasm")
            && compute.kind() == Device::Cpu
            && let Some(network) = weights::load_plain(card, bytes, compute.device())?
        {
            return Ok(Self::Plain(network));
        }
        Ok(Self::Burn(weights::load(card, bytes, compute.device())?))
    }

    /// As [`load`](Self::load), through burn, of weights that are unpacked already.
    pub(crate) fn of_weights(
        card: &ModelCard,
        unpacked: &Weights,
        compute: &Compute,
    ) -> Result<Self, ModelError> {
        Ok(Self::Burn(weights::load_unpacked(card, unpacked, compute.device())?))
    }

    /// The network as an autoencoder, which can also decode; `None` for any other.
    pub(crate) fn autoencoder(&self) -> Option<&Vae> {
        match self {
            Self::Burn(Network::Vae(network)) => Some(network),
            _ => None,
        }
    }

    /// One vector for each of `count` pictures of `px` pixels, `[count, 3, px, px]`.
    pub(crate) async fn features(
        &self,
        pictures: Vec<f32>,
        (count, px): (usize, usize),
        layer: Layer,
        top_k: Option<TopK>,
        compute: &Compute,
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        match self {
            Self::Burn(network) => {
                let data = TensorData::new(pictures, [count, 3, px, px]);
                let input = Tensor::from_data(data, compute.device());
                let vectors = network.read(input, layer, top_k);
                let [_, width] = vectors.dims();
                let data = vectors.into_data_async().await.map_err(|e| ModelError::Stopped(e.to_string()))?;
                let data: Vec<f32> = data.iter::<f32>().collect();
                Ok(data.chunks_exact(width).map(<[f32]>::to_vec).collect())
            }
            Self::Plain(network) => Ok(network.read(&pictures, layer, top_k)),
        }
    }
}
