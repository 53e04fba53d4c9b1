//! `gestalt models` and what every command that takes a model shares: finding its folder and getting it ready.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use gestalt_observers::{Compute, Layer, LoadedModel, ModelFiles, TopK};
use gestalt_protocol::api::ModelListed;
use gestalt_protocol::{Device, Name, Sha256};
use image::RgbImage;

use crate::import::{self, ImportArgs};
use crate::look::{self, LookArgs};
use crate::time::{self, TimeArgs};

/// Where models are looked for by name.
pub const MODELS: &str = "models";

/// Import, check or list models.
#[derive(Subcommand)]
pub enum ModelsCommand {
    /// Make a model of a public checkpoint.
    Import(Box<ImportArgs>),
    /// Hold a model to its known answer on every device of this machine.
    Check(CheckArgs),
    /// Draw what a model sees where.
    Look(LookArgs),
    /// Time a model on this machine.
    Time(TimeArgs),
    /// Write the list of models that the site offers.
    Index(IndexArgs),
}

/// Which model.
#[derive(Args)]
#[command(after_help = "Example: gestalt models check scene-mae-s8")]
pub struct CheckArgs {
    /// A name in models/, or a model's folder.
    model: String,
}

/// Which models.
#[derive(Args)]
#[command(after_help = "Example: gestalt models index models")]
pub struct IndexArgs {
    /// Folder of the models' folders; gets `index.json`.
    #[arg(default_value = MODELS)]
    folder: PathBuf,
}

/// A device by name.
#[derive(Clone, Copy, ValueEnum)]
pub enum DeviceName {
    /// The processor.
    Cpu,
    /// A graphics processor through WebGPU.
    Webgpu,
    /// A graphics processor through CUDA.
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
    /// The layer to read: `mean`, `cls`, `patches`, `blocks.3.mean`, `stages.2.mean`, … [default: the card's]
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
    /// The model, ready, with the layer and the sparsity asked for.
    pub fn load(&self) -> Result<(LoadedModel, Layer, Option<TopK>)> {
        let model = load(&self.model, self.device.into())?;
        let layer = self.layer.map_or_else(|| model.default_layer(), Ok)?;
        let top_k =
            self.top_k.map(|kept| TopK::new(kept).context("--top-k: more than 0 and at most 1 is needed"));
        Ok((model, layer, top_k.transpose()?))
    }
}

/// A picture from a file.
pub fn picture(file: &Path) -> Result<RgbImage> {
    let picture =
        image::open(file).with_context(|| format!("{} cannot be read as a picture", file.display()))?;
    Ok(picture.to_rgb8())
}

/// Does what was asked.
pub fn run(command: &ModelsCommand) -> Result<()> {
    match command {
        ModelsCommand::Import(args) => import::run(args),
        ModelsCommand::Check(args) => check(&args.model),
        ModelsCommand::Look(args) => look::run(args),
        ModelsCommand::Time(args) => time::run(args),
        ModelsCommand::Index(args) => index(&args.folder),
    }
}

/// Loads a model by name or folder onto a device and holds it to its known answer there.
pub fn load(model: &str, device: Device) -> Result<LoadedModel> {
    let folder = folder(model)?;
    let read = |name: &str| {
        let file = folder.join(name);
        std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))
    };
    let (card, weights, known_answer) =
        (read("card.json")?, read("weights.bpk")?, read("known-answer.json")?);
    let files = ModelFiles { card: &card, weights: &weights, known_answer: &known_answer };
    pollster::block_on(async { LoadedModel::from_bytes(files, Compute::of_kind(device).await?).await })
        .with_context(|| format!("{} cannot be used", folder.display()))
}

fn folder(model: &str) -> Result<PathBuf> {
    let candidates = [PathBuf::from(model), Path::new(MODELS).join(model)];
    let found = candidates.into_iter().find(|folder| folder.join("card.json").is_file());
    found.with_context(|| {
        format!("`{model}` is neither a folder with a card.json nor the name of one in {MODELS}/")
    })
}

fn check(model: &str) -> Result<()> {
    let mut passed = 0;
    for device in [Device::Cpu, Device::Webgpu, Device::Cuda] {
        match load(model, device) {
            Ok(loaded) => {
                println!("{device:?} ({}): passed, {}", loaded.compute().adapter(), loaded.verdict());
                passed += 1;
            }
            Err(error) => println!("{device:?}: {error:#}"),
        }
    }
    if passed == 0 {
        bail!("`{model}` passed its known answer on no device of this machine");
    }
    Ok(())
}

fn index(folder: &Path) -> Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.retain(|folder| folder.join("card.json").is_file());
    folders.sort();
    let listed: Vec<ModelListed> = folders.iter().map(|folder| listed(folder)).collect::<Result<_>>()?;
    let file = folder.join("index.json");
    let text = serde_json::to_string_pretty(&listed)? + "\n";
    std::fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
    println!("{} models in {}", listed.len(), file.display());
    Ok(())
}

/// One line of the list, from a model that passes its known answer.
fn listed(folder: &Path) -> Result<ModelListed> {
    let model = load(&folder.to_string_lossy(), Device::Cpu)?;
    let card = model.card();
    Ok(ModelListed {
        name: Name::new(card.name.clone())?,
        summary: card.objective.clone(),
        size_bytes: card.weights.bytes,
        weights_hash: Sha256::try_from(card.weights.sha256.clone())?,
    })
}
