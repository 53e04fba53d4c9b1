//! From a trained encoder to a model folder, for the trained model and its untrained control alike.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gestalt_files::whole_file;
use gestalt_models::card::{CARD_VERSION, ModelCard, Quantisation, WeightsFile};
use gestalt_models::folder::{NewModel, NewWeights};
use gestalt_networks::architectures::Architecture;
use gestalt_networks::architectures::vit::Vit;
use gestalt_networks::keys;
use gestalt_networks::preprocess::{Normalise, Preprocess};
use gestalt_networks::readout::Layer;
use gestalt_networks::resize::Filter;

use crate::compare;
use crate::curve::Point;
use crate::data::Data;
use crate::error::TrainError;
use crate::recipe::Recipe;

/// Layers whose features the reference output holds.
const REFERENCE_LAYERS: [Layer; 2] = [Layer::MEAN, Layer::CLS];

/// An encoder and how it came to be.
pub struct Learned {
    /// The encoder, without autodiff.
    pub encoder: Vit,
    /// What was learned, for the card.
    pub objective: String,
    /// The objective's own figures, for the card.
    pub measured: BTreeMap<String, f64>,
    /// The loss; empty for the untrained control.
    pub curve: Vec<Point>,
}

impl Learned {
    /// The untrained control.
    pub fn nothing(encoder: Vit) -> Self {
        let objective = "untrained control: random initial weights".to_owned();
        Self { encoder, objective, measured: BTreeMap::new(), curve: Vec::new() }
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
    let trained = keys::collect(&learned.encoder);
    let weights = NewWeights {
        original: &trained,
        stored: &trained,
        quantisation: Quantisation::Q8Block32,
        in_8_bits: &BTreeSet::new(),
    };
    let new = NewModel::new(weights, |file| card(recipe, normalise, learned, file), &REFERENCE_LAYERS);
    let mut new = pollster::block_on(new).map_err(|e| wrong(e.to_string()))?;
    if let Some(original) = &new.original {
        let compared = compare::compare(recipe.compare_on, &new.stored, original, Layer::MEAN, &mut || ());
        new.card.measured.extend(compared.map_err(|e| wrong(e.to_string()))?);
    }
    let recipe_text = toml::to_string(recipe).map_err(|e| wrong(e.to_string()))?;
    let recipe_file = out.join("recipe.toml");
    whole_file::write(&recipe_file, recipe_text.as_bytes())
        .map_err(|e| TrainError::file("write", &recipe_file, e))?;
    new.write(out).map_err(|e| wrong(e.to_string()))
}

fn card(recipe: &Recipe, normalise: &Normalise, learned: &Learned, weights: WeightsFile) -> ModelCard {
    let (mut measured, curve) = (learned.measured.clone(), &learned.curve);
    let shown = curve.last().map_or(0, |point| point.pictures);
    if let Some(point) = curve.last() {
        measured.insert("training_loss_at_the_end".into(), point.loss);
        measured.insert("pictures_shown".into(), point.pictures as f64);
    }
    let training_data = match &recipe.data {
        _ if recipe.schedule.steps() == 0 => "none".to_owned(),
        Data::Scenes { count, seed, size_px } => format!(
            "{count} scenes of {size_px} px rendered by gestalt-scenes, seeds from {seed}, shown {shown} times in random crops and reflections"
        ),
        Data::Folder { path, .. } => format!(
            "the pictures of the folder {}, shown {shown} times in random crops and reflections",
            path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        ),
    };
    let px = recipe.model.image_px;
    ModelCard {
        card_version: CARD_VERSION,
        name: recipe.name.clone(),
        architecture: Architecture::Vit(recipe.model),
        objective: learned.objective.clone(),
        training_data,
        source: format!("gestalt train, version {}, recipe.toml beside this card", env!("CARGO_PKG_VERSION")),
        licence: recipe.licence.clone(),
        preprocess: Preprocess {
            resize_px: px,
            crop_px: px,
            normalise: *normalise,
            filter: Filter::Bilinear,
        },
        layers: (0..recipe.model.depth)
            .flat_map(|block| [format!("blocks.{block}.mean"), format!("blocks.{block}.cls")])
            .chain(REFERENCE_LAYERS.map(|layer| layer.to_string()))
            .collect(),
        default_layer: Layer::MEAN.to_string(),
        quantisation: Quantisation::Q8Block32,
        in_8_bits: Vec::new(),
        weights,
        measured,
        notes: Vec::new(),
    }
}
