//! From a trained encoder to a model folder, for the trained model and its untrained control alike.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gestalt_files::whole_file;
use gestalt_models::card::{CARD_VERSION, ModelCard, Quantisation, WeightsFile};
use gestalt_models::folder::{NewModel, NewWeights};
use gestalt_networks::architectures::Architecture;
use gestalt_networks::preprocess::{Normalise, Preprocess};
use gestalt_networks::readout::Layer;
use gestalt_networks::resize::Filter;
use gestalt_networks::weight::Weights;

use crate::compare;
use crate::curve::Point;
use crate::data::Data;
use crate::error::TrainError;
use crate::probe;
use crate::recipe::Recipe;

/// Layers whose features the reference output holds.
fn reference_layers(architecture: &Architecture) -> Vec<Layer> {
    match architecture {
        Architecture::Vit(_) => vec![Layer::MEAN, Layer::CLS],
        other => vec![other.default_layer()],
    }
}

/// A network and how it came to be.
pub struct Learned {
    /// The network's weights.
    pub weights: Weights,
    /// What was learned, for the card.
    pub objective: String,
    /// The objective's own figures, for the card.
    pub measured: BTreeMap<String, f64>,
    /// The loss; empty for the untrained control.
    pub curve: Vec<Point>,
}

impl Learned {
    /// The untrained control.
    pub fn nothing(weights: Weights) -> Self {
        let objective = "untrained control: random initial weights".to_owned();
        Self { weights, objective, measured: BTreeMap::new(), curve: Vec::new() }
    }
}

/// Writes `recipe.toml` and the model folder (8 bits) into `out`.
pub fn publish(
    out: &Path,
    recipe: &Recipe,
    normalise: &Normalise,
    learned: &Learned,
) -> Result<(), TrainError> {
    let wrong = |why: String| TrainError::Publish { name: recipe.name.clone(), why };
    let weights = NewWeights {
        original: &learned.weights,
        stored: &learned.weights,
        quantisation: Quantisation::Q8Block32,
        in_8_bits: &BTreeSet::new(),
    };
    let layers = reference_layers(&recipe.model);
    let new = NewModel::new(weights, |file| card(recipe, normalise, learned, file), &layers);
    let mut new = pollster::block_on(new).map_err(|e| wrong(e.to_string()))?;
    if let Some(original) = &new.original {
        let compared =
            compare::compare(recipe.compare_on, &new.stored, original, recipe.model.default_layer());
        new.card.measured.extend(compared.map_err(|e| wrong(e.to_string()))?);
    }
    if recipe.probe_on > 0 {
        // A network of patches is probed as a bag: by the mean of a scene's patches.
        let (patch_px, size_px) = (recipe.schedule.crop_px, recipe.data.size_px());
        let probe = probe::Probe { held_out: recipe.probe_on, patch_px, size_px, ..probe::Probe::default() };
        let probed = probe::probe(&new.stored, recipe.model.default_layer(), probe, &mut || ());
        new.card.measured.extend(probed.map_err(|e| wrong(e.to_string()))?);
    }
    if let Some(quality) = &recipe.quality {
        let reached = quality.reached(&new.card.measured);
        reached.map_err(|why| TrainError::Quality { name: recipe.name.clone(), why })?;
    }
    let recipe_text = toml::to_string(recipe).map_err(|e| wrong(e.to_string()))?;
    let recipe_file = out.join("recipe.toml");
    whole_file::write(&recipe_file, recipe_text.as_bytes())
        .map_err(|e| TrainError::file("write", &recipe_file, e))?;
    new.write(out).map_err(|e| wrong(e.to_string()))
}

/// Names of the layers that the card offers.
fn layers(architecture: &Architecture) -> Vec<String> {
    let blocks = if let Architecture::Vit(shape) = architecture { shape.depth } else { 0 };
    (0..blocks)
        .flat_map(|block| [format!("blocks.{block}.mean"), format!("blocks.{block}.cls")])
        .chain(reference_layers(architecture).iter().map(ToString::to_string))
        .collect()
}

/// What a reader of the card must know about a network that was trained on patches.
fn bag_note(px: u32) -> String {
    format!(
        "trained on patches of {px} px: the probe reads the mean of a scene's patches; as an observer the network sees \
         the whole picture made small, not a bag of patches"
    )
}

fn card(recipe: &Recipe, normalise: &Normalise, learned: &Learned, weights: WeightsFile) -> ModelCard {
    let (mut measured, curve) = (learned.measured.clone(), &learned.curve);
    let shown = curve.last().map_or(0, |point| point.pictures);
    if let Some(point) = curve.last() {
        measured.insert("training_loss_at_the_end".into(), point.loss);
        measured.insert("pictures_shown".into(), point.pictures as f64);
        if let Some(loss) = point.held_out_loss {
            measured.insert("held_out_loss_at_the_end".into(), loss);
        }
    }
    let training_data = match &recipe.data {
        _ if recipe.schedule.steps() == 0 => "none".to_owned(),
        Data::Scenes { count, seed, size_px } => format!(
            "{count} scenes of {size_px} px rendered by gestalt-scenes, seeds from {seed}, shown {shown} times \
             in random crops and reflections"
        ),
        Data::Figures { set, count, seed } => {
            format!(
                "{count} training pictures of the Good Gestalt set {}, seed {seed}, shown {shown} times as they are",
                set.0
            )
        }
        Data::Folder { path, .. } => format!(
            "the pictures of the folder {}, shown {shown} times in random crops and reflections",
            path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        ),
    };
    let px = recipe.model.image_px();
    let start = recipe.start.as_ref().and_then(|folder| folder.file_name());
    let start =
        start.map_or(String::new(), |name| format!(", from the weights of {}", name.to_string_lossy()));
    ModelCard {
        card_version: CARD_VERSION,
        name: recipe.name.clone(),
        architecture: recipe.model.clone(),
        objective: format!("{}{start}", learned.objective),
        training_data,
        source: format!("gestalt train, version {}, recipe.toml beside this card", env!("CARGO_PKG_VERSION")),
        licence: recipe.licence.clone(),
        preprocess: Preprocess {
            resize_px: px,
            crop_px: px,
            normalise: *normalise,
            filter: Filter::Bilinear,
        },
        layers: layers(&recipe.model),
        default_layer: recipe.model.default_layer().to_string(),
        quantisation: Quantisation::Q8Block32,
        in_8_bits: Vec::new(),
        weights,
        measured,
        notes: recipe.schedule.crop_px.map(bag_note).into_iter().collect(),
    }
}
