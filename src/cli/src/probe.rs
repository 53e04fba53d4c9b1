//! `gestalt probe`: how much of a scene's category a model's features tell.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use gestalt_files::output;
use gestalt_models::card::ModelCard;
use gestalt_models::folder::ModelFolder;
use gestalt_models::{Compute, FeatureExtractor};
use gestalt_networks::readout::Layer;
use gestalt_stats::wilson;
use gestalt_training::probe::{Probe, probe};

use crate::results::{self, Figure};
use crate::{model_args, progress};

/// Probe a model: a linear probe and nearest neighbours on held-out rendered scenes.
///
/// The probe is a multinomial logistic regression on standardised features of 3,000 scenes, tested on 1,500
/// others; 20 nearest neighbours vote by cosine. Chance is 1 / 15.
#[derive(Args)]
#[command(after_help = "Example: gestalt probe --model scene-mae-s8 --out probe.json")]
pub struct ProbeArgs {
    /// A name in models/, or a model's folder.
    #[arg(long)]
    model: String,
    /// The layer to read [default: the card's]
    #[arg(long)]
    layer: Option<Layer>,
    /// Scenes that the probe learns from.
    #[arg(long, default_value_t = Probe::default().learned)]
    learned: usize,
    /// Scenes that it is tested on.
    #[arg(long, default_value_t = Probe::default().held_out)]
    held_out: usize,
    /// Cut each scene into patches of this side in pixels, and probe the mean of their vectors (a bag of
    /// patches).
    #[arg(long)]
    patch_px: Option<u32>,
    /// Side of the scenes in pixels.
    #[arg(long, default_value_t = Probe::default().size_px)]
    scene_px: u32,
    /// Seed of the first scene.
    #[arg(long, default_value_t = Probe::default().seed)]
    seed: u64,
    /// The figures (JSON) [default: they are only printed]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Replace --out where it exists.
    #[arg(long)]
    force: bool,
}

/// Prints the figures, and writes them where asked.
pub fn run(args: &ProbeArgs) -> Result<()> {
    if let Some(out) = &args.out {
        output::check(out, args.force)?;
    }
    let folder = model_args::folder(&args.model)?;
    let files = ModelFolder::read(&folder)?;
    let card = ModelCard::parse(files.files().card)?;
    let model = FeatureExtractor::new(card, files.files().weights, Compute::cpu()?)?;
    let layer = args.layer.map_or_else(|| model.default_layer(), Ok)?;
    let settings = Probe {
        learned: args.learned,
        held_out: args.held_out,
        seed: args.seed,
        size_px: args.scene_px,
        patch_px: args.patch_px,
    };
    let bar = progress::bar((args.learned + args.held_out) as u64, "scenes");
    let figures = probe(&model, layer, settings, &mut || bar.inc(50))?;
    bar.finish_and_clear();
    let accuracy = |name: &str| {
        let value = figures.get(name).copied().unwrap_or_default();
        let hits = (value * args.held_out as f64).round() as u64;
        let interval = Some(wilson(hits, args.held_out as u64));
        Figure { name: name.to_owned(), value, interval, n: args.held_out }
    };
    let figures = ["linear_probe_accuracy", "knn_accuracy"].map(accuracy);
    for figure in &figures {
        println!("{}\t{:.4}\tof {} scenes, layer {layer}", figure.name, figure.value, figure.n);
    }
    if let Some(out) = &args.out {
        results::write(out, Some(model.card()), &figures)?;
    }
    Ok(())
}
