//! `gestalt models import`: a public checkpoint becomes a model's folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use gestalt_models::card::{CARD_VERSION, ModelCard, WeightsFile};
use gestalt_models::folder::{CARD_FILE, NewModel, NewWeights};
use gestalt_models::import;
use gestalt_models::import::{ImportError, ImportReport, Imported, Layout};
use gestalt_networks::architectures::Published;
use gestalt_networks::readout::Layer;
use gestalt_training::compare::compare;
use gestalt_types::Sha256;

use crate::calibrate::calibrated;
pub use crate::import_args::ImportArgs;
use crate::import_args::{Bits, chosen};
use crate::model_args::MODELS;
use crate::progress;

/// Reads, accounts for every key, writes the folder.
pub fn run(args: &ImportArgs) -> Result<()> {
    let out = args.out.clone().unwrap_or_else(|| Path::new(MODELS).join(args.name.as_str()));
    if out.join(CARD_FILE).exists() && !args.force {
        bail!("{} holds a model already; give another --out, or --force to replace it", out.display());
    }
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
    let hash = Sha256::of(&std::fs::read(&args.weights)?);
    let card = |file| card(args, wanted, imported, (default_layer, hash), file);
    let mut new = pollster::block_on(NewModel::new(weights, card, &reference_layers))?;
    if let Some(original) = &new.original {
        let bar = progress::bar(u64::from(args.compare_on), "pictures compared");
        new.card.measured =
            compare(args.compare_on, &new.stored, original, default_layer, &mut || bar.inc(1))?;
        bar.finish_and_clear();
    }
    new.write(out)?;
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
