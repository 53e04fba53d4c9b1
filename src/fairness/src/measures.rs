//! All that is measured of one trial's pictures, so that no picture has to be kept in memory after it.

use std::iter;

use gestalt_protocol::{Made, Trial, TrialSet};
use gestalt_synthesis::SynthesisError;
use gestalt_synthesis::gram::{gram_matrices, smallest_px};
use gestalt_synthesis::measure::Comparison;
use gestalt_synthesis::portilla_simoncelli::{Level, Statistics};
use gestalt_trial_sets::{Problem, TrialSetFolder};
use gestalt_types::Name;
use image::RgbImage;
use serde::{Deserialize, Serialize};

use crate::colour::colour_statistics;
use crate::encoding::colour_differences;
use crate::layers::Group;
use crate::whole::kept_whole;

/// Orientations of the texture statistics, as in the paper (Portilla and Simoncelli 2000).
pub(crate) const ORIENTATIONS: usize = 4;
/// Scales of the texture statistics, and levels of the filter bank, where the pictures are large enough; as
/// in the paper.
const MOST_SCALES: usize = 4;

/// How coarse the measures of a set go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Depth {
    /// Shorter side of the smallest picture, in pixels.
    smallest_side_px: u32,
    /// Scales of the texture statistics; 0 where the pictures are too small for any.
    pub(crate) texture_scales: usize,
    /// Levels of the filter bank; 0 where the pictures are too small for any.
    pub(crate) bank_levels: usize,
}

impl Depth {
    /// As coarse as the smallest picture of the set allows.
    pub(crate) fn of(set: &TrialSet) -> Self {
        let sides = set.images().iter().map(|image| (image.width_px, image.height_px));
        let smallest_side_px = sides.clone().map(|(width, height)| width.min(height)).min().unwrap_or(0);
        let scales = sides.map(|(width, height)| Statistics::most_scales(width, height)).min();
        let fits = |levels: &usize| smallest_px(*levels) <= smallest_side_px;
        Self {
            smallest_side_px,
            texture_scales: scales.unwrap_or(0).min(MOST_SCALES),
            bank_levels: (1..=MOST_SCALES).take_while(fits).count(),
        }
    }

    /// Size of the windows and cells that a condition is measured with, in pixels: its own scale, or an
    /// eighth of the pictures where none is stated.
    pub(crate) fn scale_px(self, made: &Made, condition: &Name) -> u32 {
        let scale_px = made.scale_px_of(condition).unwrap_or(self.smallest_side_px / 8);
        scale_px.clamp(1, self.smallest_side_px.max(1))
    }

    /// The groups of the texture statistics.
    pub(crate) fn texture_groups(self) -> Vec<Group> {
        // Which groups there are depends on nothing but the number of scales and orientations.
        let side_px = (16 << self.texture_scales) as u32;
        let any = RgbImage::new(side_px, side_px);
        let Ok(statistics) = Statistics::of_luma(&any, self.texture_scales, ORIENTATIONS) else {
            return Vec::new();
        };
        let groups = statistics.groups();
        groups
            .map(|(group, values)| Group {
                kind: group.name,
                level: group.level.to_string(),
                statistics: values.len(),
            })
            .collect()
    }

    /// The groups of the filter bank's statistics: every level has as many.
    pub(crate) fn bank_groups(self, bank: &[[&[f32]; 3]]) -> Vec<Group> {
        let all = bank.first().map_or(0, |[intact, ..]| intact.len());
        let group = |level| Group {
            kind: "gram",
            level: Level::Scale(level).to_string(),
            statistics: all / self.bank_levels,
        };
        (0..self.bank_levels).map(group).collect()
    }
}

/// How two pictures of a trial compare.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Share of the structured windows that show nearly the same at the same place in both, 0 to 1.
    pub kept_in_place: f64,
    /// Largest share of the structured windows that show nearly the same at one common displacement, 0 to 1.
    pub kept_whole: f64,
    /// Pearson correlation of colours averaged over cells of one patch size, −1 to 1.
    pub layout_r: f64,
    /// Sliced Wasserstein distance of the distributions of 7 × 7 patches, in grey levels; 0 means the same
    /// texture.
    pub texture_distance: f64,
}

impl Pair {
    fn of(first: &RgbImage, second: &RgbImage, scale_px: u32) -> Self {
        let Comparison { kept_in_place, layout_r, texture_distance, .. } =
            Comparison::of(first, second, scale_px);
        Self { kept_in_place, kept_whole: kept_whole(first, second, scale_px), layout_r, texture_distance }
    }
}

/// The three pairs of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    /// The intact picture with each of its distortions, in the order of the trial.
    pub with_intact: [Pair; 2],
    /// The two distortions with each other.
    pub between: Pair,
}

/// What is kept of one trial. Pictures come in the order intact, first distortion, second distortion.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) pairs: Pairs,
    /// Texture distance of the intact picture to another trial's.
    pub(crate) to_another: Option<f64>,
    pub(crate) colour: [Vec<f32>; 3],
    /// Empty where the pictures are too small.
    texture: [Vec<f32>; 3],
    /// Gram matrices of the filter bank; empty where the pictures are too small.
    bank: [Vec<f32>; 3],
}

impl Measured {
    /// The texture statistics: those of the luma, which have layers, and after them those of the colour
    /// differences.
    pub(crate) fn texture(&self) -> [&[f32]; 3] {
        self.texture.each_ref().map(Vec::as_slice)
    }

    /// The Gram matrices.
    pub(crate) fn bank(&self) -> [&[f32]; 3] {
        self.bank.each_ref().map(Vec::as_slice)
    }
}

/// The places of the intact picture and of the two distortions in `trial.images`, the distortions as the
/// trial lists them.
pub(crate) fn places(trial: &Trial) -> [usize; 3] {
    match trial.intact.index() {
        0 => [0, 1, 2],
        1 => [1, 0, 2],
        _ => [2, 0, 1],
    }
}

/// Reads and measures a trial in windows of `scale_px`; `another` is the trial whose intact picture serves
/// as a different picture.
pub(crate) fn measure(
    folder: &TrialSetFolder,
    trial: &Trial,
    another: Option<&Trial>,
    Depth { texture_scales, bank_levels, .. }: Depth,
    scale_px: u32,
) -> Result<Measured, Problem> {
    let read = |place: usize| folder.read_image(&trial.images[place]);
    let [intact, first, second] = places(trial).map(read);
    let pictures = [intact?, first?, second?];
    let [intact, first, second] = &pictures;
    // Where it cannot be read its own trial is left out, and this one lacks nothing but the comparison.
    let other = another.and_then(|trial| folder.read_image(&trial.images[trial.intact.index()]).ok());
    let to_another = other.map(|other| Comparison::of(intact, &other, scale_px).texture_distance);
    Ok(Measured {
        pairs: Pairs {
            with_intact: [Pair::of(intact, first, scale_px), Pair::of(intact, second, scale_px)],
            between: Pair::of(first, second, scale_px),
        },
        to_another,
        colour: pictures.each_ref().map(colour_statistics),
        texture: pictures.each_ref().map(|picture| texture_statistics(picture, texture_scales)),
        bank: pictures.each_ref().map(|picture| gram_matrices(picture, intact, bank_levels).concat()),
    })
}

/// Portilla and Simoncelli's statistics of the luma, and after them of the two colour differences; none for
/// a picture that is too small.
fn texture_statistics(picture: &RgbImage, scales: usize) -> Vec<f32> {
    let of_plane = |plane: Vec<f32>| Statistics::of_plane(&plane, picture.width(), scales, ORIENTATIONS);
    let all = iter::once(Statistics::of_luma(picture, scales, ORIENTATIONS))
        .chain(colour_differences(picture).into_iter().map(of_plane));
    let all: Result<Vec<Statistics>, SynthesisError> = all.collect();
    let values = all.unwrap_or_default().into_iter().flat_map(|statistics| statistics.to_vector());
    values.map(|value| value as f32).collect()
}
