//! All that is measured of one trial's pictures, so that no picture has to be kept in memory after it.

use gestalt_protocol::Trial;
use gestalt_stimuli::synthesis::measure::Comparison;
use gestalt_stimuli::synthesis::portilla_simoncelli::{Group, Statistics};
use gestalt_stimuli::trial_set::{Problem, TrialSetFolder};
use image::RgbImage;
use serde::Serialize;

use crate::colour::colour_statistics;
use crate::whole::kept_whole;

/// Orientations of the texture statistics, as in the paper (Portilla and Simoncelli 2000).
pub(crate) const ORIENTATIONS: usize = 4;
/// Scales of the texture statistics where the pictures are large enough, as in the paper.
pub(crate) const MOST_SCALES: usize = 4;

/// How two pictures of a trial compare.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pair {
    /// Share of the structured windows that show nearly the same at the same place in both, 0 to 1.
    pub kept_in_place: f64,
    /// Largest share of the structured windows that show nearly the same at one common displacement, 0 to 1.
    pub kept_whole: f64,
    /// Pearson correlation of colours averaged over cells of one patch size, −1 to 1.
    pub layout_r: f64,
    /// Sliced Wasserstein distance of the distributions of 7 × 7 patches, in grey levels; 0 means the same texture.
    pub texture_distance: f64,
}

impl Pair {
    fn of(first: &RgbImage, second: &RgbImage, scale_px: u32) -> Self {
        let Comparison { kept_in_place, layout_r, texture_distance } =
            Comparison::of(first, second, scale_px);
        Self { kept_in_place, kept_whole: kept_whole(first, second, scale_px), layout_r, texture_distance }
    }
}

/// The three pairs of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pairs {
    /// The intact picture with each of its distortions, in the order of the trial.
    pub with_intact: [Pair; 2],
    /// The two distortions with each other.
    pub between: Pair,
}

/// What is kept of one trial. Pictures come in the order intact, first distortion, second distortion.
pub(crate) struct Measured {
    pub(crate) pairs: Pairs,
    /// Texture distance of the intact picture to the next trial's.
    pub(crate) to_another: Option<f64>,
    pub(crate) colour: [Vec<f32>; 3],
    /// Empty where the pictures are too small.
    pub(crate) texture: [Vec<f32>; 3],
}

/// The places of the intact picture and of the two distortions in `trial.images`, the distortions as the trial lists them.
pub(crate) fn places(trial: &Trial) -> [usize; 3] {
    match trial.intact.index() {
        0 => [0, 1, 2],
        1 => [1, 0, 2],
        _ => [2, 0, 1],
    }
}

/// Reads and measures a trial; `another` is the trial whose intact picture serves as a different picture.
pub(crate) fn measure(
    folder: &TrialSetFolder,
    trial: &Trial,
    another: Option<&Trial>,
    (scale_px, scales): (u32, usize),
) -> Result<Measured, Problem> {
    let read = |place: usize| folder.read_image(&trial.images[place]);
    let [intact, first, second] = places(trial).map(read);
    let pictures = [intact?, first?, second?];
    let [intact, first, second] = &pictures;
    let to_another = match another {
        Some(trial) => {
            let other = folder.read_image(&trial.images[trial.intact.index()])?;
            Some(Comparison::of(intact, &other, scale_px).texture_distance)
        }
        None => None,
    };
    Ok(Measured {
        pairs: Pairs {
            with_intact: [Pair::of(intact, first, scale_px), Pair::of(intact, second, scale_px)],
            between: Pair::of(first, second, scale_px),
        },
        to_another,
        colour: pictures.each_ref().map(colour_statistics),
        texture: pictures.each_ref().map(|picture| texture_statistics(picture, scales)),
    })
}

/// Portilla and Simoncelli's statistics; none for a picture that is too small.
fn texture_statistics(picture: &RgbImage, scales: usize) -> Vec<f32> {
    Statistics::of_luma(picture, scales, ORIENTATIONS)
        .map(|statistics| statistics.to_vector().iter().map(|value| *value as f32).collect())
        .unwrap_or_default()
}

/// The groups of the texture statistics with their places in the vector.
pub(crate) fn texture_groups(scales: usize) -> Vec<(Group, std::ops::Range<usize>)> {
    // Which groups there are depends on nothing but the number of scales and orientations.
    let side_px = (16 << scales) as u32;
    let Ok(statistics) = Statistics::of_luma(&RgbImage::new(side_px, side_px), scales, ORIENTATIONS) else {
        return Vec::new();
    };
    let mut start = 0;
    let place = |(group, values): (Group, &[f64])| {
        start += values.len();
        (group, start - values.len()..start)
    };
    statistics.groups().map(place).collect()
}
