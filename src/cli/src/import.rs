//! `gestalt models import`: a public checkpoint becomes a model's folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use gestalt_models::card::{CARD_VERSION, ModelCard, Quantisation, WeightsFile};
use gestalt_models::import;
use gestalt_models::import::{ImportError, ImportReport, Imported, Layout};
use gestalt_models::names::Published;
use gestalt_models::weights;
use gestalt_observers::known_answer::{KNOWN_ANSWER_VERSION, KnownAnswer, cosine};
use gestalt_observers::{Compute, Layer, LoadedModel, UncheckedModel};
use gestalt_training::compare::compare;
use gestalt_types::Sha256;

use crate::calibrate::calibrated;
pub use crate::import_args::ImportArgs;
use crate::import_args::{Bits, chosen};
use crate::model_args::MODELS;
use crate::progress;

/// Reads, accounts for every key, writes the folder.
pub fn run(args: &ImportArgs) -> Result<()> {
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
    let out = args.out.clone().unwrap_or_else(|| Path::new(MODELS).join(args.name.as_str()));
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
    let quantisation = Quantisation::from(args.quantize);
    let (stored, in_eight) = match args.quantize {
        Bits::Q4 => calibrated(imported, &wanted.preprocess, args.calibrate_on)?,
        Bits::None | Bits::Q8 => (imported.weights.clone(), BTreeSet::new()),
    };
    let (bytes, file) = weights::pack_for_card(&stored, quantisation, &in_eight)?;
    let layers = imported.architecture.layers();
    let default_layer = args.layer.unwrap_or(wanted.default_layer);
    if !layers.contains(&default_layer) {
        bail!("--layer: this architecture has no `{default_layer}`");
    }
    let mut card = ModelCard {
        in_8_bits: in_eight.into_iter().collect(),
        default_layer: default_layer.to_string(),
        ..card(args, wanted, imported, file)?
    };
    card.check()?;
    let stored = LoadedModel::new_without_known_answer(card.clone(), &bytes, Compute::cpu()?)?;
    let mut known_layers = vec![default_layer];
    known_layers.extend([Layer::MEAN, Layer::CLS].into_iter().filter(|layer| layers.contains(layer)));
    let features = pollster::block_on(stored.known_features(&known_layers))?;
    let mut known = KnownAnswer {
        known_answer_version: KNOWN_ANSWER_VERSION,
        features,
        cosine_to_unquantised: BTreeMap::new(),
    };
    if quantisation != Quantisation::None {
        let before = unquantised(&card, imported)?;
        let features = pollster::block_on(before.known_features(&known_layers))?;
        let cosines = known
            .features
            .iter()
            .filter_map(|(layer, stored)| Some((layer.clone(), cosine(stored, features.get(layer)?)?)));
        known.cosine_to_unquantised = cosines.collect();
        let bar = progress::bar(u64::from(args.compare_on), "pictures compared");
        card.measured = compare(args.compare_on, &stored, &before, default_layer, &mut || bar.inc(1))?;
        bar.finish_and_clear();
    }
    save(out, &card, &known, bytes)
}

/// What the options and the file say.
fn card(
    args: &ImportArgs,
    wanted: &Published,
    imported: &Imported,
    weights: WeightsFile,
) -> Result<ModelCard> {
    let hash = Sha256::of(&std::fs::read(&args.weights)?);
    let file_name = args.weights.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
    Ok(ModelCard {
        card_version: CARD_VERSION,
        name: args.name.to_string(),
        architecture: imported.architecture.clone(),
        objective: format!("as published: {}", args.architecture),
        training_data: "as published".into(),
        source: format!(
            "gestalt models import, version {}, from {file_name} (SHA-256 {hash})",
            env!("CARGO_PKG_VERSION"),
        ),
        licence: args.licence.clone(),
        preprocess: wanted.preprocess,
        layers: imported.architecture.layers().iter().map(ToString::to_string).collect(),
        default_layer: wanted.default_layer.to_string(),
        quantisation: args.quantize.into(),
        in_8_bits: Vec::new(),
        weights,
        measured: BTreeMap::new(),
        notes: imported.report.changed.clone(),
    })
}

/// The model with the file's own weights.
fn unquantised(card: &ModelCard, imported: &Imported) -> Result<UncheckedModel> {
    let quantisation = Quantisation::None;
    let (bytes, weights) = weights::pack_for_card(&imported.weights, quantisation, &BTreeSet::new())?;
    let card = ModelCard { weights, quantisation, in_8_bits: Vec::new(), ..card.clone() };
    Ok(LoadedModel::new_without_known_answer(card, &bytes, Compute::cpu()?)?)
}

fn save(out: &Path, card: &ModelCard, known: &KnownAnswer, weights: Vec<u8>) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let files = [
        ("known-answer.json", known.to_json().into_bytes()),
        (weights::WEIGHTS_FILE, weights),
        // Last: a folder with a card is whole.
        ("card.json", card.to_json().into_bytes()),
    ];
    for (name, content) in files {
        let file = out.join(name);
        std::fs::write(&file, content).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    for (name, value) in &card.measured {
        println!("{name}: {value:.6}");
    }
    println!(
        "{} in {}, {:.1} MB ({})",
        card.name,
        out.display(),
        card.weights.bytes as f64 / 1e6,
        card.quantisation.label()
    );
    Ok(())
}
