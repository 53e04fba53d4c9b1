//! A network that is ready to compute: through burn, or in plain Rust on the processor of a browser.

use burn::tensor::{Tensor, TensorData};
use gestalt_models::card::ModelCard;
use gestalt_models::weights;
use gestalt_networks::cpu::CpuNetwork;
use gestalt_networks::network::Network;
use gestalt_networks::readout::Layer;
use gestalt_networks::sparsity::TopK;
use gestalt_protocol::Device;

use crate::device::Compute;
use crate::model::ObserveError;

/// One of the two ways to compute the same network.
#[derive(Debug)]
pub enum Engine {
    /// Through burn, on any device.
    Burn(Network),
    /// In plain Rust. A browser's processor has neither threads nor wide registers, for which burn's CPU backend is made: there this way
    /// is faster (docs/measurements.md).
    Plain(CpuNetwork),
}

impl Engine {
    /// Checks the weights and builds the network for `compute`.
    pub fn load(card: &ModelCard, bytes: &[u8], compute: &Compute) -> Result<Self, ObserveError> {
        if cfg!(target_family = "wasm")
            && compute.kind() == Device::Cpu
            && let Some(network) = weights::load_plain(card, bytes, compute.device())?
        {
            return Ok(Self::Plain(network));
        }
        Ok(Self::Burn(weights::load(card, bytes, compute.device())?))
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
                let vectors = network.read(input, layer, top_k);
                let [_, width] = vectors.dims();
                let data =
                    vectors.into_data_async().await.map_err(|e| ObserveError::Stopped(e.to_string()))?;
                let data: Vec<f32> = data.iter::<f32>().collect();
                Ok(data.chunks_exact(width).map(<[f32]>::to_vec).collect())
            }
            Self::Plain(network) => Ok(network.read(&pictures, layer, top_k)),
        }
    }
}
