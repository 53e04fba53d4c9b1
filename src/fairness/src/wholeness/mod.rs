//! Judges a set by networks that the caller brings: what is solved without seeing the whole, beside what is
//! solved by seeing it.

mod draw;

use std::sync::atomic::{AtomicUsize, Ordering};

use gestalt_analysis::CHANCE;
use gestalt_observers::decide;
use gestalt_protocol::{JudgeResult, Outcome, Rule, ScaleWholeness, Sight, Trial, Wholeness, is_local_only};
use gestalt_stats::chance_p;
use gestalt_trial_sets::{Problem, TrialSetFolder};
use gestalt_types::{Name, Sha256};
use image::RgbImage;
use rayon::prelude::*;

use self::draw::drawn;
use crate::encoding::must_be_fair;
use crate::holm::correct_together;

/// An observer whose features are computed outside this crate.
pub struct Outside<'a> {
    /// As reports call it.
    pub name: String,
    /// How much it sees at once.
    pub sight: Sight,
    /// The scales whose trials it takes, in pixels; none: every trial.
    pub scales_px: Option<Vec<Option<u32>>>,
    /// The features of a picture, or why there are none.
    pub features: &'a (dyn Fn(&RgbImage) -> Result<Vec<f32>, String> + Sync),
}

impl Outside<'_> {
    fn takes(&self, scale_px: Option<u32>) -> bool {
        self.scales_px.as_ref().is_none_or(|scales_px| scales_px.contains(&scale_px))
    }
}

/// Who judges a set, and how much of it.
pub struct Judges<'a> {
    /// The network behind the observers.
    pub network: Name,
    /// SHA-256 of its weights.
    pub weights: Sha256,
    /// The observers.
    pub observers: Vec<Outside<'a>>,
    /// At most so many trials are judged, drawn alike from all conditions and categories.
    pub most: usize,
}

/// Why a set cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// An image of it is missing, altered or broken.
    #[error(transparent)]
    Image(#[from] Problem),
    /// An observer gave no features.
    #[error("{observer} gives no features of trial {trial}: {why}")]
    Features {
        /// The observer.
        observer: String,
        /// The trial's id.
        trial: String,
        /// Why.
        why: String,
    },
    /// No trial counts.
    #[error("the set has no test trials: there is nothing to judge")]
    NoTrials,
}

/// The scales of the test trials that count, in the order of the set; none stands for trials that state no
/// scale.
pub fn counted_scales_px(folder: &TrialSetFolder) -> Vec<Option<u32>> {
    let set = folder.set();
    let mut scales_px = Vec::new();
    for trial in set.trials().iter().filter(|trial| must_be_fair(set)(trial)) {
        let scale_px = set.made().scale_px_of(&trial.condition);
        if !scales_px.contains(&scale_px) {
            scales_px.push(scale_px);
        }
    }
    scales_px
}

/// Lets the observers take trials of the set; `progress` is told how many of how many are done, from several
/// threads.
///
/// # Errors
/// When an image is missing, altered or broken, an observer gives no features, or no trial counts.
pub fn judge(
    folder: &TrialSetFolder,
    judges: Judges<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Wholeness, JudgeError> {
    let Judges { network, weights, observers, most } = judges;
    let set = folder.set();
    let counts = must_be_fair(set);
    let counted: Vec<&Trial> = set.trials().iter().filter(|trial| counts(trial)).collect();
    let judged = drawn(set, &counted, most);
    if judged.is_empty() {
        return Err(JudgeError::NoTrials);
    }
    let scale_px = |trial: &Trial| set.made().scale_px_of(&trial.condition);
    let done = AtomicUsize::new(0);
    let take = |trial: &&Trial| -> Result<Vec<Option<bool>>, JudgeError> {
        let answers = answers(folder, trial, scale_px(trial), &observers)?;
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, judged.len());
        Ok(answers)
    };
    let answers = judged.par_iter().map(take).collect::<Result<Vec<_>, _>>()?;
    let of_scale = |at: Option<u32>| {
        let here = || judged.iter().zip(&answers).filter(|(trial, _)| scale_px(trial) == at);
        ScaleWholeness {
            scale_px: at,
            judged: here().count(),
            counted: counted.iter().filter(|trial| scale_px(trial) == at).count(),
            results: results(&observers, here().map(|(_, answers)| answers)),
        }
    };
    let mut scales: Vec<ScaleWholeness> = counted_scales_px(folder).into_iter().map(of_scale).collect();
    scales.retain(|scale| scale.judged > 0);
    correct_local_only(&mut scales);
    Ok(Wholeness {
        trial_set: set.hash().clone(),
        judge: network,
        judge_weights: weights,
        software: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).into(),
        scales,
    })
}

/// Whether each observer named the intact picture; none of one that does not take trials of this scale.
fn answers(
    folder: &TrialSetFolder,
    trial: &Trial,
    scale_px: Option<u32>,
    observers: &[Outside<'_>],
) -> Result<Vec<Option<bool>>, JudgeError> {
    let mut pictures = Vec::with_capacity(3);
    for hash in &trial.images {
        pictures.push(folder.read_image(hash)?);
    }
    let answer = |observer: &Outside<'_>| {
        if !observer.takes(scale_px) {
            return Ok(None);
        }
        let of = |slot: usize| {
            (observer.features)(&pictures[slot]).map_err(|why| JudgeError::Features {
                observer: observer.name.clone(),
                trial: trial.id.to_string(),
                why,
            })
        };
        let decision = decide(&[of(0)?, of(1)?, of(2)?], Rule::MeanDistance);
        let chose_intact = decision.chosen_slot == Some(trial.intact);
        Ok(Some(decision.outcome == Outcome::Answered && chose_intact))
    };
    observers.iter().map(answer).collect()
}

/// The results of those observers that took any of these trials.
fn results<'a>(
    observers: &[Outside<'_>],
    answers: impl Iterator<Item = &'a Vec<Option<bool>>> + Clone,
) -> Vec<JudgeResult> {
    let of = |(at, observer): (usize, &Outside<'_>)| {
        let taken = answers.clone().filter_map(move |answers| answers[at]);
        let (of, correct) = (taken.clone().count() as u64, taken.filter(|correct| *correct).count() as u64);
        (of > 0).then(|| JudgeResult {
            name: observer.name.clone(),
            sight: observer.sight,
            correct,
            of,
            p_chance: chance_p(correct, of, CHANCE),
            p_holm: None,
        })
    };
    observers.iter().enumerate().filter_map(of).collect()
}

/// Corrects the p values of all local-only results of the set for their number.
fn correct_local_only(scales: &mut [ScaleWholeness]) {
    let local_only = scales.iter_mut().flat_map(|scale| {
        let scale_px = scale.scale_px;
        scale.results.iter_mut().filter(move |result| is_local_only(result.sight, scale_px))
    });
    correct_together(local_only.map(|result| (result.p_chance, &mut result.p_holm)));
}
