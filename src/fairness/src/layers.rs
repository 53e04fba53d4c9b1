//! Which statistics the distortions keep, kind by kind and level by level.

use gestalt_synthesis::portilla_simoncelli::Level;
use serde::Serialize;

use crate::mean::Mean;

/// How much of one kind of statistics is kept at one level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Layer {
    /// The kind, as in `gestalt_synthesis::portilla_simoncelli::Group`, or `gram` for the Gram matrices of
    /// the filter bank.
    pub kind: &'static str,
    /// The level: `picture`, `highpass`, `scale 0` (finest) …, `lowpass`.
    pub level: String,
    /// How many statistics of it vary in the set.
    pub statistics: usize,
    /// One where every distortion has its intact picture's statistics, 0 where it is as far from them as
    /// another intact picture of the set is; below 0 where it is further. Mean over the trials with its
    /// interval.
    pub kept: Mean,
}

/// Statistics of one kind and level, as many as follow each other in the vector of a picture.
pub(crate) struct Group {
    pub(crate) kind: &'static str,
    pub(crate) level: String,
    pub(crate) statistics: usize,
}

/// For each group: 1 − squared difference between intact picture and distortion, over the squared difference
/// expected between two intact pictures of the set (twice their variance), averaged over the statistics of
/// the group, both distortions, and trials.
///
/// Nothing where the set has fewer than two trials, or its pictures are too small for the statistics. The
/// intact picture comes first.
pub(crate) fn layers(trials: &[[&[f32]; 3]], groups: &[Group]) -> Vec<Layer> {
    if trials.len() < 2 || trials.iter().flatten().any(|statistics| statistics.is_empty()) {
        return Vec::new();
    }
    let mut end = 0;
    let of_group = |group: &Group| {
        let start = end;
        end += group.statistics;
        let varying: Vec<(usize, f64)> = (start..end)
            .map(|at| (at, intact_variance(trials, at)))
            .filter(|(_, variance)| *variance > 0.0)
            .collect();
        let kept = |[intact, first, second]: &[&[f32]; 3]| {
            let lost = |distortion: &[f32]| {
                let squared = |at: usize| f64::from(intact[at] - distortion[at]).powi(2);
                let each = varying.iter().map(|&(at, variance)| squared(at) / (2.0 * variance));
                each.sum::<f64>() / varying.len() as f64
            };
            1.0 - (lost(first) + lost(second)) / 2.0
        };
        let kept = (!varying.is_empty()).then(|| trials.iter().map(kept).collect::<Vec<f64>>())?;
        Some(Layer {
            kind: group.kind,
            level: group.level.clone(),
            statistics: varying.len(),
            kept: Mean::of(&kept)?,
        })
    };
    groups.iter().filter_map(of_group).collect()
}

/// The levels in the order of the pyramid, from fine to coarse, as layers name them.
pub(crate) fn levels(scales: usize) -> Vec<String> {
    let scales = (0..scales).map(Level::Scale);
    let all = [Level::Picture, Level::Highpass].into_iter().chain(scales).chain([Level::Lowpass]);
    all.map(|level| level.to_string()).collect()
}

/// Sample variance of a statistic over the intact pictures; what is within rounding of its mean does not
/// vary.
fn intact_variance(trials: &[[&[f32]; 3]], at: usize) -> f64 {
    let values = || trials.iter().map(|trial| f64::from(trial[0][at]));
    let mean = values().sum::<f64>() / trials.len() as f64;
    let variance = values().map(|v| (v - mean).powi(2)).sum::<f64>() / (trials.len() - 1) as f64;
    if variance.sqrt() > 1e-6 * mean.abs() { variance } else { 0.0 }
}
