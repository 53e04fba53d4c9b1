//! `gestalt models import`: a public checkpoint becomes a model's folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use gestalt_files::output;
use gestalt_files::unfinished::fields;
use gestalt_models::FeatureExtractor;
use gestalt_models::card::{CARD_VERSION, ModelCard, WeightsFile};
use gestalt_models::folder::{CARD_FILE, NewModel, NewWeights};
use gestalt_models::import;
use gestalt_models::import::{ImportError, ImportReport, Imported, Layout};
use gestalt_networks::architectures::Published;
use gestalt_networks::readout::Layer;
use gestalt_training::compare::{Compared, compare_scene, summed_up};
use gestalt_types::Sha256;
use serde_json::json;

use crate::calibrate::calibrated;
pub use crate::import_args::ImportArgs;
use crate::import_args::{Bits, chosen};
use crate::kept::Kept;
use crate::model_args::MODELS;
use crate::progress;

/// Reads, accounts for every key, writes the folder.
pub fn run(args: &ImportArgs) -> Result<()> {
    let out = args.out.clone().unwrap_or_else(|| Path::new(MODELS).join(args.name.as_str()));
    if out.join(CARD_FILE).exists() && !args.force {
        bail!("{} holds a model already; give another --out, or --force to replace it", out.display());
    }
    output::check_folder(&out)?;
    let layout = Layout::from(args.layout);
    let wanted = chosen(args, layout)?;
    let tensors = import::read(&args.weights)?;
    let imported = match import::import(tensors, &wanted.architecture, layout) {
        Err(ImportError::Keys(report)) => {
            print(&report);
            return Err(ImportError::Keys(report)).with_context(|| args.weights.display().to_string());
        }
        other => other.with_context(|| args.weights.display().to_string())?,
    };
    print(&imported.report);
    write(args, &wanted, &imported, &out)
}

fn print(report: &ImportReport) {
    for key in &report.used {
        println!("used {key}");
    }
    for (key, why) in &report.ignored {
        println!("ignored {key}: {why}");
    }
    for key in &report.missing {
        println!("missing {key}");
    }
    for change in &report.changed {
        println!("note: {change}");
    }
    println!("{report}");
}

fn write(args: &ImportArgs, wanted: &Published, imported: &Imported, out: &Path) -> Result<()> {
    let (stored, in_8_bits) = match args.quantize {
        Bits::Q4 => calibrated(imported, &wanted.preprocess, args.calibrate_on)?,
        Bits::None | Bits::Q8 => (imported.weights.clone(), BTreeSet::new()),
    };
    let layers = imported.architecture.layers();
    let default_layer = args.layer.unwrap_or(wanted.default_layer);
    if !layers.contains(&default_layer) {
        bail!("--layer: this architecture has no `{default_layer}`");
    }
    let mut reference_layers = vec![default_layer];
    reference_layers.extend([Layer::MEAN, Layer::CLS].into_iter().filter(|layer| layers.contains(layer)));
    let weights = NewWeights {
        original: &imported.weights,
        stored: &stored,
        quantisation: args.quantize.into(),
        in_8_bits: &in_8_bits,
    };
    let hash = import::hash(&args.weights)?;
    let card = |file| card(args, wanted, imported, (default_layer, hash), file);
    let mut new = pollster::block_on(NewModel::new(weights, card, &reference_layers))?;
    std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let mut kept = begin(args, &new, default_layer, out)?;
    if let Some(original) = &new.original {
        new.card.measured = compared(args, &new.stored, original, default_layer, &mut kept)?;
    }
    new.write(out)?;
    kept.end()?;
    for (name, value) in &new.card.measured {
        println!("{name}: {value:.6}");
    }
    println!(
        "{} in {}, {:.1} MB ({})",
        new.card.name,
        out.display(),
        new.card.weights.bytes as f64 / 1e6,
        new.card.quantisation.label()
    );
    Ok(())
}

/// Begins the comparison, the longest part of an import, or resumes it.
fn begin(args: &ImportArgs, new: &NewModel, layer: Layer, out: &Path) -> Result<Kept> {
    // The hash of the stored weights covers whatever decides them.
    let recipe = fields(json!({
        "weights": new.card.weights.sha256, "from": new.card.source, "layer": layer.to_string(),
        "compare_on": args.compare_on, "software": env!("CARGO_PKG_VERSION"),
    }));
    let pictures = if new.original.is_some() { args.compare_on } else { 0 };
    let bar = progress::bar(u64::from(pictures), "pictures compared");
    Kept::begin(&out.join(CARD_FILE), &recipe, args.force, bar)
}

/// How far the stored weights are from those of the file, for the card.
fn compared(
    args: &ImportArgs,
    stored: &FeatureExtractor,
    original: &FeatureExtractor,
    layer: Layer,
    kept: &mut Kept,
) -> Result<BTreeMap<String, f64>> {
    let mut compared: Vec<Compared> = Vec::new();
    kept.each(|line| {
        compared.push(serde_json::from_str(line)?);
        Ok(())
    })?;
    for number in compared.len() as u32..args.compare_on {
        let one = compare_scene(number, stored, original, layer).with_context(|| kept.stopped())?;
        kept.add(&serde_json::to_string(&one)?)?;
        compared.push(one);
    }
    Ok(summed_up(&compared))
}

/// What the options and the file say. `hash` is that of the checkpoint.
fn card(
    args: &ImportArgs,
    wanted: &Published,
    imported: &Imported,
    (default_layer, hash): (Layer, Sha256),
    weights: WeightsFile,
) -> ModelCard {
    let file_name = args.weights.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
    ModelCard {
        card_version: CARD_VERSION,
        name: args.name.to_string(),
        architecture: imported.architecture.clone(),
        objective: args.objective.clone().unwrap_or_else(|| format!("as published: {}", args.architecture)),
        training_data: args.training_data.clone(),
        source: format!(
            "{}gestalt models import, version {}, from {file_name} (SHA-256 {hash})",
            args.origin.as_ref().map_or(String::new(), |origin| format!("{origin}; ")),
            env!("CARGO_PKG_VERSION"),
        ),
        licence: args.licence.clone(),
        preprocess: wanted.preprocess,
        layers: imported.architecture.layers().iter().map(ToString::to_string).collect(),
        default_layer: default_layer.to_string(),
        quantisation: args.quantize.into(),
        in_8_bits: Vec::new(),
        weights,
        measured: BTreeMap::new(),
        notes: args.note.iter().chain(&imported.report.changed).cloned().collect(),
    }
}
