//! What every command with a model shares: its options, finding its folder, loading it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use gestalt_models::folder::{CARD_FILE, ModelFolder};
use gestalt_models::{Compute, LoadedModel};
use gestalt_networks::readout::Layer;
use gestalt_networks::sparsity::TopK;
use gestalt_protocol::Device;

use crate::carried;

/// Where models are looked for by name.
pub const MODELS: &str = "models";

/// A device by name.
#[derive(Clone, Copy, ValueEnum)]
pub enum DeviceName {
    /// The CPU.
    Cpu,
    /// A GPU through WebGPU.
    Webgpu,
    /// A GPU through CUDA.
    Cuda,
}

impl From<DeviceName> for Device {
    fn from(name: DeviceName) -> Device {
        match name {
            DeviceName::Cpu => Device::Cpu,
            DeviceName::Webgpu => Device::Webgpu,
            DeviceName::Cuda => Device::Cuda,
        }
    }
}

/// A model, and how it is read.
#[derive(Args)]
pub struct ReadArgs {
    /// A name in models/, or a model's folder.
    #[arg(long)]
    pub model: String,
    /// The layer to read: `mean`, `cls`, `patches`, `blocks.3.mean`, `stages.2.mean`, … [default: the
    /// card's]
    #[arg(long)]
    layer: Option<Layer>,
    /// Keep only this fraction of activations, spatially per channel (Top-K sparsity).
    #[arg(long)]
    top_k: Option<f64>,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
}

impl ReadArgs {
    /// The fraction of activations to keep, as given.
    pub fn top_k(&self) -> Option<f64> {
        self.top_k
    }

    /// The model, ready, with the layer and the sparsity asked for.
    pub fn load(&self) -> Result<(LoadedModel, Layer, Option<TopK>)> {
        let model = load(&self.model, self.device.into())?;
        let layer = self.layer.map_or_else(|| model.default_layer(), Ok)?;
        let top_k =
            self.top_k.map(|kept| TopK::new(kept).context("--top-k: more than 0 and at most 1 is needed"));
        Ok((model, layer, top_k.transpose()?))
    }
}

/// Loads a model by name or folder onto a device and holds it to its reference output there.
pub fn load(model: &str, device: Device) -> Result<LoadedModel> {
    let folder = folder(model)?;
    let files = ModelFolder::read(&folder)?;
    let load = async { LoadedModel::from_bytes(files.files(), Compute::of_kind(device).await?).await };
    pollster::block_on(load).with_context(|| format!("{} cannot be used", folder.display()))
}

/// The folder of a model given by name or folder.
pub fn folder(model: &str) -> Result<PathBuf> {
    let is_model = |folder: &PathBuf| folder.join(CARD_FILE).is_file();
    let candidates = [PathBuf::from(model), Path::new(MODELS).join(model)];
    if let Some(found) = candidates.into_iter().find(is_model) {
        return Ok(found);
    }
    let carried = carried::site()?.map(|site| site.join(MODELS).join(model));
    carried.filter(is_model).with_context(|| {
        format!("`{model}` is neither a folder with a card.json nor the name of one in {MODELS}/")
    })
}
