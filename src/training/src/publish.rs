//! From a trained network to a model's folder: the one writer, for the trained model and its untrained twin alike.

use std::collections::BTreeMap;
use std::path::Path;

use burn::module::Module;
use gestalt_models::card::{CARD_VERSION, ModelCard, Quantisation, WeightsFile};
use gestalt_models::weights;
use gestalt_networks::architecture::Architecture;
use gestalt_networks::preprocess::{Normalise, Preprocess};
use gestalt_networks::resize::Filter;
use gestalt_observers::known_answer::{KNOWN_ANSWER_VERSION, KnownAnswer, cosine};
use gestalt_observers::{Compute, Layer, LoadedModel, ObserveError, UncheckedModel};

use crate::TrainError;
use crate::compare;
use crate::curve::Point;
use crate::mae::Mae;
use crate::recipe::{Data, Recipe};

/// Layers whose features the known answer holds.
const KNOWN_LAYERS: [Layer; 2] = [Layer::MEAN, Layer::CLS];

/// Writes `weights.bpk` (8 bits), `known-answer.json`, `card.json` and `recipe.toml` into `out`.
pub fn publish(
    out: &Path,
    recipe: &Recipe,
    normalise: &Normalise,
    model: &Mae,
    curve: &[Point],
) -> Result<ModelCard, TrainError> {
    let encoder = model.encoder.valid();
    let wrong = |why: String| TrainError::Publish { name: recipe.name.clone(), why };
    let unchecked = |card: &ModelCard, bytes: &[u8]| unchecked(card, bytes).map_err(|e| wrong(e.to_string()));
    let quantised = Quantisation::Q8Block32;
    let (bytes, file) = weights::save(&encoder, quantised).map_err(|e| wrong(e.to_string()))?;
    let (plain, plain_file) =
        weights::save(&encoder, Quantisation::None).map_err(|e| wrong(e.to_string()))?;

    let mut card = card(recipe, normalise, curve, file);
    card.check().map_err(|e| wrong(e.to_string()))?;
    let unquantised = ModelCard { weights: plain_file, quantisation: Quantisation::None, ..card.clone() };
    let (stored, trained) = (unchecked(&card, &bytes)?, unchecked(&unquantised, &plain)?);
    let known_features = |model: &UncheckedModel| {
        pollster::block_on(model.known_features(&KNOWN_LAYERS)).map_err(|e| wrong(e.to_string()))
    };
    let (features, before) = (known_features(&stored)?, known_features(&trained)?);
    card.measured.extend(
        compare::compare(recipe.compare_on, &stored, &trained, Layer::MEAN, &mut || ())
            .map_err(|e| wrong(e.to_string()))?,
    );
    let known = KnownAnswer {
        known_answer_version: KNOWN_ANSWER_VERSION,
        cosine_to_unquantised: features
            .iter()
            .filter_map(|(layer, values)| Some((layer.clone(), cosine(values, before.get(layer)?)?)))
            .collect(),
        features,
    };

    let recipe_text = toml::to_string(recipe).map_err(|e| wrong(e.to_string()))?;
    let texts = [
        ("known-answer.json", known.to_json().into_bytes()),
        ("recipe.toml", recipe_text.into_bytes()),
        (weights::WEIGHTS_FILE, bytes),
        // Last: a folder with a card is whole.
        ("card.json", card.to_json().into_bytes()),
    ];
    for (name, content) in texts {
        let path = out.join(name);
        std::fs::write(&path, content).map_err(|e| TrainError::file("write", &path, e))?;
    }
    Ok(card)
}

/// A model that has no known answer yet, on the processor.
fn unchecked(card: &ModelCard, bytes: &[u8]) -> Result<UncheckedModel, ObserveError> {
    LoadedModel::new_without_known_answer(card.clone(), bytes, Compute::cpu()?)
}

fn card(recipe: &Recipe, normalise: &Normalise, curve: &[Point], weights: WeightsFile) -> ModelCard {
    let mut measured = BTreeMap::new();
    let shown = curve.last().map_or(0, |point| point.pictures);
    if let Some(point) = curve.last() {
        measured.insert("training_loss_at_the_end".into(), point.loss);
        measured.insert("pictures_shown".into(), point.pictures as f64);
    }
    let objective = if recipe.steps() == 0 {
        "none: the initial weights, a control".to_owned()
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
            .chain(KNOWN_LAYERS.map(|layer| layer.to_string()))
            .collect(),
        default_layer: Layer::MEAN.to_string(),
        quantisation: Quantisation::Q8Block32,
        in_8_bits: Vec::new(),
        weights,
        measured,
        notes: Vec::new(),
    }
}
