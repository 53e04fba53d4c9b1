//! How far stored weights are from those that were trained or imported: in features of rendered scenes, and
//! in choices among them and their distortions.

use std::collections::BTreeMap;

use gestalt_models::{FeatureExtractor, ModelError};
use gestalt_networks::preprocess::{NotAPicture, Rgb8};
use gestalt_networks::readout::Layer;
use gestalt_observers::{cosine, decide};
use gestalt_protocol::Rule;
use gestalt_scenes::{Category, render};
use gestalt_synthesis::{PatchSynthesis, ScaleError};
use image::RgbImage;
use serde::{Deserialize, Serialize};

/// Why two models could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// A model stopped.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A scene is no picture.
    #[error(transparent)]
    Picture(#[from] NotAPicture),
    /// The distortions cannot be made.
    #[error(transparent)]
    Scale(#[from] ScaleError),
    /// Features that have no direction.
    #[error("`{0}` is not finite, or the same in all its numbers; give another layer")]
    Features(Layer),
}

/// Side of the scenes in pixels.
const SIDE_PX: u32 = 224;
/// Patches of the distortions in pixels, as in the demo set.
const SCALE_PX: u32 = 56;
/// One scene of so many becomes a trial.
const TRIAL_EVERY: u32 = 4;

/// How a scene, and where it becomes one, its trial, compares.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// Of the z-scored features, as the decision rule compares them.
    pub cosine: f64,
    /// Whether the choice differs; of one scene in four.
    pub is_choice_changed: Option<bool>,
}

/// Compares two models on the scene of this number.
///
/// # Errors
/// When a model stops, or its features have no direction.
pub fn compare_scene(
    number: u32,
    stored: &FeatureExtractor,
    before: &FeatureExtractor,
    layer: Layer,
) -> Result<Compared, CompareError> {
    let features = |picture: &RgbImage| -> Result<[Vec<f32>; 2], CompareError> {
        let view = [Rgb8::new(picture.as_raw(), SIDE_PX as usize, SIDE_PX as usize)?];
        let of = |model: &FeatureExtractor| -> Result<Vec<f32>, CompareError> {
            Ok(pollster::block_on(model.features(&view, layer, None))?.swap_remove(0))
        };
        Ok([of(stored)?, of(before)?])
    };
    let category = Category::ALL[number as usize % Category::ALL.len()];
    let scene = render(category, u64::from(number), SIDE_PX);
    let intact = features(&scene)?;
    let [a, b] = &intact;
    let cosine = cosine(a, b).ok_or(CompareError::Features(layer))?;
    if !number.is_multiple_of(TRIAL_EVERY) {
        return Ok(Compared { cosine, is_choice_changed: None });
    }
    let synthesis = PatchSynthesis::new(SCALE_PX)?;
    let distorted = |copy: u32| features(&synthesis.distort(&scene, u64::from(2 * number + copy)));
    let triplet = [intact, distorted(0)?, distorted(1)?];
    let choice = |model: usize| {
        decide(&triplet.each_ref().map(|of| of[model].clone()), Rule::MeanDistance).chosen_slot
    };
    Ok(Compared { cosine, is_choice_changed: Some(choice(0) != choice(1)) })
}

/// For the card: mean and least cosine, and how many choices differ of how many. Empty where nothing was
/// compared.
pub fn summed_up(compared: &[Compared]) -> BTreeMap<String, f64> {
    if compared.is_empty() {
        return BTreeMap::new();
    }
    let cosines = || compared.iter().map(|one| one.cosine);
    let choices = || compared.iter().filter_map(|one| one.is_choice_changed);
    let numbers = [
        ("cosine_to_unquantised_mean", cosines().sum::<f64>() / compared.len() as f64),
        ("cosine_to_unquantised_least", cosines().fold(1.0, f64::min)),
        ("cosine_scenes", compared.len() as f64),
        ("choices_changed", choices().filter(|is_changed| *is_changed).count() as f64),
        ("choices", choices().count() as f64),
    ];
    numbers.map(|(name, value)| (name.to_owned(), value)).into()
}

/// Compares two models on `count` scenes.
///
/// # Errors
/// As of [`compare_scene`].
pub fn compare(
    count: u32,
    stored: &FeatureExtractor,
    before: &FeatureExtractor,
    layer: Layer,
) -> Result<BTreeMap<String, f64>, CompareError> {
    let compared = (0..count).map(|number| compare_scene(number, stored, before, layer));
    Ok(summed_up(&compared.collect::<Result<Vec<_>, _>>()?))
}
