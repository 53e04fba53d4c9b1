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

/// For the card: mean and least cosine of the z-scored features of `count` scenes, as the decision rule
/// compares them, and how many choices of a quarter as many trials differ. Empty where `count` is 0. `done`
/// is called after every scene.
pub fn compare(
    count: u32,
    stored: &FeatureExtractor,
    before: &FeatureExtractor,
    layer: Layer,
    done: &mut dyn FnMut(),
) -> Result<BTreeMap<String, f64>, CompareError> {
    let features = |picture: &RgbImage| -> Result<[Vec<f32>; 2], CompareError> {
        let view = [Rgb8::new(picture.as_raw(), SIDE_PX as usize, SIDE_PX as usize)?];
        let of = |model: &FeatureExtractor| -> Result<Vec<f32>, CompareError> {
            Ok(pollster::block_on(model.features(&view, layer, None))?.swap_remove(0))
        };
        Ok([of(stored)?, of(before)?])
    };
    let synthesis = PatchSynthesis::new(SCALE_PX)?;
    let mut cosines = Vec::new();
    let (mut trials, mut changed) = (0u32, 0u32);
    for number in 0..count {
        let category = Category::ALL[number as usize % Category::ALL.len()];
        let scene = render(category, u64::from(number), SIDE_PX);
        let intact = features(&scene)?;
        let [a, b] = &intact;
        cosines.push(cosine(a, b).ok_or(CompareError::Features(layer))?);
        if number % TRIAL_EVERY == 0 {
            let distorted = |copy: u32| features(&synthesis.distort(&scene, u64::from(2 * number + copy)));
            let triplet = [intact, distorted(0)?, distorted(1)?];
            let [a, b] = [0, 1].map(|model| {
                decide(&triplet.each_ref().map(|of| of[model].clone()), Rule::MeanDistance).chosen_slot
            });
            trials += 1;
            changed += u32::from(a != b);
        }
        done();
    }
    if count == 0 {
        return Ok(BTreeMap::new());
    }
    let numbers = [
        ("cosine_to_unquantised_mean", cosines.iter().sum::<f64>() / cosines.len() as f64),
        ("cosine_to_unquantised_least", cosines.iter().copied().fold(1.0, f64::min)),
        ("cosine_scenes", f64::from(count)),
        ("choices_changed", f64::from(changed)),
        ("choices", f64::from(trials)),
    ];
    Ok(numbers.map(|(name, value)| (name.to_owned(), value)).into())
}
