//! `gestalt models`: import models, check them, look at them, list them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use gestalt_files::whole_file;
use gestalt_protocol::Device;
use gestalt_protocol::api::ModelListed;
use gestalt_types::{Name, Sha256, json};

use crate::import::{self, ImportArgs};
use crate::look::{self, LookArgs};
use crate::model_args::{MODELS, load};
use crate::time::{self, TimeArgs};

/// Import, check or list models.
#[derive(Subcommand)]
pub enum ModelsCommand {
    /// Make a model of a public checkpoint.
    Import(Box<ImportArgs>),
    /// Check on every device of this machine that a model reproduces its reference output.
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
        bail!("`{model}` reproduced its reference output on no device of this machine");
    }
    Ok(())
}

/// The site offers models in the order of the list: what is listed keeps its place, new models follow by
/// name.
fn index(folder: &Path) -> Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.retain(|folder| folder.join("card.json").is_file());
    folders.sort();
    let mut models: Vec<ModelListed> = folders.iter().map(|folder| listed(folder)).collect::<Result<_>>()?;
    let file = folder.join("index.json");
    let before = listed_before(&file)?;
    models.sort_by_key(|model| before.iter().position(|name| *name == model.name).unwrap_or(before.len()));
    let text = serde_json::to_string_pretty(&models)? + "\n";
    whole_file::write(&file, text.as_bytes())
        .with_context(|| format!("{} cannot be written", file.display()))?;
    println!("{} models in {}", models.len(), file.display());
    Ok(())
}

/// The names in today's list; none where there is no list yet.
fn listed_before(file: &Path) -> Result<Vec<Name>> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let models: Vec<ModelListed> = json::read(&bytes)
        .with_context(|| format!("{} is no list of models; remove it and list again", file.display()))?;
    Ok(models.into_iter().map(|model| model.name).collect())
}

/// One entry of the list, of a model that reproduces its reference output.
fn listed(folder: &Path) -> Result<ModelListed> {
    let model = load(&folder.to_string_lossy(), Device::Cpu)?;
    let card = model.card();
    let network = card.architecture.init(model.compute().device())?;
    let numbers: usize = network.parameters().iter().map(|one| one.shape.iter().product::<usize>()).sum();
    Ok(ModelListed {
        name: Name::new(card.name.clone())?,
        summary: card.objective.clone(),
        size_bytes: card.weights.bytes,
        weights_hash: Sha256::try_from(card.weights.sha256.clone())?,
        unpacked_bytes: Some((numbers * size_of::<f32>()) as u64),
    })
}
