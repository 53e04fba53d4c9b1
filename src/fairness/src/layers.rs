//! Which texture statistics the distortions keep, kind by kind and level by level of the pyramid.

use gestalt_stimuli::synthesis::portilla_simoncelli::Level;
use serde::Serialize;

use crate::assess::Mean;
use crate::measures::texture_groups;

/// How much of one kind of statistics is kept at one level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Layer {
    /// The kind, as in `gestalt_stimuli::synthesis::portilla_simoncelli::Group`.
    pub kind: &'static str,
    /// The level: `picture`, `highpass`, `scale 0` (finest) …, `lowpass`.
    pub level: String,
    /// How many statistics of it vary in the set.
    pub statistics: usize,
    /// One where every distortion has its intact picture's statistics, 0 where it is as far from them as another intact picture of
    /// the set is; below 0 where it is further. Mean over the trials with its interval.
    pub kept: Mean,
}

/// For each kind and level: 1 − squared difference between intact picture and distortion, over the squared difference expected between two
/// intact pictures of the set (twice their variance), averaged over the statistics of the group, both distortions, and trials.
///
/// Nothing where the set has fewer than two trials, or its pictures are too small for the statistics. The intact picture comes first.
pub(crate) fn layers(trials: &[[Vec<f32>; 3]], scales: usize) -> Vec<Layer> {
    if trials.len() < 2 || trials.iter().flatten().any(Vec::is_empty) {
        return Vec::new();
    }
    let variances: Vec<f64> = (0..trials[0][0].len()).map(|at| intact_variance(trials, at)).collect();
    let of_group =
        |(group, range): (gestalt_stimuli::synthesis::portilla_simoncelli::Group, std::ops::Range<usize>)| {
            let varying: Vec<usize> = range.filter(|&at| variances[at] > 0.0).collect();
            let kept = |[intact, first, second]: &[Vec<f32>; 3]| {
                let lost = |distortion: &Vec<f32>| {
                    let each = varying
                        .iter()
                        .map(|&at| f64::from(intact[at] - distortion[at]).powi(2) / (2.0 * variances[at]));
                    each.sum::<f64>() / varying.len() as f64
                };
                1.0 - (lost(first) + lost(second)) / 2.0
            };
            let kept = (!varying.is_empty()).then(|| trials.iter().map(kept).collect::<Vec<f64>>())?;
            Some(Layer {
                kind: group.name,
                level: group.level.to_string(),
                statistics: varying.len(),
                kept: Mean::of(&kept)?,
            })
        };
    texture_groups(scales).into_iter().filter_map(of_group).collect()
}

/// The levels in the order of the pyramid, from fine to coarse, as layers name them.
pub(crate) fn levels(scales: usize) -> Vec<String> {
    let scales = (0..scales).map(Level::Scale);
    let all = [Level::Picture, Level::Highpass].into_iter().chain(scales).chain([Level::Lowpass]);
    all.map(|level| level.to_string()).collect()
}

/// Sample variance of a statistic over the intact pictures; what is within rounding of its mean does not vary.
fn intact_variance(trials: &[[Vec<f32>; 3]], at: usize) -> f64 {
    let values = || trials.iter().map(|trial| f64::from(trial[0][at]));
    let mean = values().sum::<f64>() / trials.len() as f64;
    let variance = values().map(|v| (v - mean).powi(2)).sum::<f64>() / (trials.len() - 1) as f64;
    if variance.sqrt() > 1e-6 * mean.abs() { variance } else { 0.0 }
}
