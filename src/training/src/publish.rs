//! From a trained network to a model folder, for the trained model and its untrained control alike.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use burn::module::Module;
use gestalt_files::whole_file;
use gestalt_models::card::{CARD_VERSION, ModelCard, Quantisation, WeightsFile};
use gestalt_models::folder::{NewModel, NewWeights};
use gestalt_networks::architectures::Architecture;
use gestalt_networks::keys;
use gestalt_networks::preprocess::{Normalise, Preprocess};
use gestalt_networks::readout::Layer;
use gestalt_networks::resize::Filter;

use crate::TrainError;
use crate::compare;
use crate::curve::Point;
use crate::mae::Mae;
use crate::recipe::{Data, Recipe};

/// Layers whose features the reference output holds.
const REFERENCE_LAYERS: [Layer; 2] = [Layer::MEAN, Layer::CLS];

/// Writes `recipe.toml` and the model folder (8 bits) into `out`.
pub fn publish(
    out: &Path,
    recipe: &Recipe,
    normalise: &Normalise,
    model: &Mae,
    curve: &[Point],
) -> Result<ModelCard, TrainError> {
    let wrong = |why: String| TrainError::Publish { name: recipe.name.clone(), why };
    let trained = keys::collect(&model.encoder.valid());
    let weights = NewWeights {
        original: &trained,
        stored: &trained,
        quantisation: Quantisation::Q8Block32,
        in_8_bits: &BTreeSet::new(),
    };
    let new = NewModel::new(weights, |file| card(recipe, normalise, curve, file), &REFERENCE_LAYERS);
    let mut new = pollster::block_on(new).map_err(|e| wrong(e.to_string()))?;
    if let Some(original) = &new.original {
        let compared = compare::compare(recipe.compare_on, &new.stored, original, Layer::MEAN, &mut || ());
        new.card.measured.extend(compared.map_err(|e| wrong(e.to_string()))?);
    }
    let recipe_text = toml::to_string(recipe).map_err(|e| wrong(e.to_string()))?;
    let recipe_file = out.join("recipe.toml");
    whole_file::write(&recipe_file, recipe_text.as_bytes())
        .map_err(|e| TrainError::file("write", &recipe_file, e))?;
    new.write(out).map_err(|e| wrong(e.to_string()))?;
    Ok(new.card)
}

fn card(recipe: &Recipe, normalise: &Normalise, curve: &[Point], weights: WeightsFile) -> ModelCard {
    let mut measured = BTreeMap::new();
    let shown = curve.last().map_or(0, |point| point.pictures);
    if let Some(point) = curve.last() {
        measured.insert("training_loss_at_the_end".into(), point.loss);
        measured.insert("pictures_shown".into(), point.pictures as f64);
    }
    let objective = if recipe.steps() == 0 {
        "untrained control: random initial weights".to_owned()
    } else {
        format!(
            "masked autoencoder (He et al. 2022): {:.0} % of the patches hidden, their normalised pixels predicted",
            100.0 * recipe.objective.mask_ratio
        )
    };
    let training_data = match &recipe.data {
        _ if recipe.steps() == 0 => "none".to_owned(),
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
        objective,
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
