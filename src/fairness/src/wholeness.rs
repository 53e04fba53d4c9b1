//! Judges a set by networks that the caller brings: what is solved without seeing the whole, beside what is
//! solved by seeing it.

use std::sync::atomic::{AtomicUsize, Ordering};

use gestalt_analysis::CHANCE;
use gestalt_observers::decide;
use gestalt_protocol::{Outcome, Rule, Trial};
use gestalt_stats::{Proportion, chance_p, holm};
use gestalt_trial_sets::{Problem, TrialSetFolder};
use image::RgbImage;
use rayon::prelude::*;
use serde::Serialize;

use crate::encoding::must_be_fair;

/// A set of which an observer solves more than this share without seeing anything as large as the structure
/// that is kept measures more than the whole. Chance is 1/3.
pub const BOUND: f64 = 0.5;

/// How much of a picture an observer sees at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// Patches of this side in pixels, one by one, without their places.
    Patches(u32),
    /// The picture.
    Whole,
}

/// An observer whose features are computed outside this crate.
pub struct Outside<'a> {
    /// As reports call it.
    pub name: String,
    /// How much it sees at once.
    pub sight: Sight,
    /// The features of a picture, or why there are none.
    pub features: &'a (dyn Fn(&RgbImage) -> Result<Vec<f32>, String> + Sync),
}

/// How one of them did, by DiST's rule: the odd picture has the largest mean distance, 1 − Pearson's r, to
/// the other two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutsideResult {
    /// As reports call it.
    pub name: String,
    /// How much it sees at once.
    pub sight: Sight,
    /// Correct of all judged trials, with Wilson's 95 % interval; a tie is not correct.
    pub accuracy: Proportion,
    /// Probability of at least this many correct answers by guessing (exact binomial, one-sided).
    pub p_chance: Option<f64>,
    /// The same, corrected for the number of local-only observers (Holm 1979); none for those that see the
    /// whole.
    pub p_holm: Option<f64>,
}

/// What networks make of a set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wholeness {
    /// The smallest scale of the judged trials: structure up to this size is kept, in pixels; none where the
    /// set states none.
    pub scale_px: Option<u32>,
    /// Trials that were judged.
    pub judged: usize,
    /// Trials that count.
    pub counted: usize,
    /// One result an observer.
    pub results: Vec<OutsideResult>,
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

impl Wholeness {
    /// Observers that see less than the structure that is kept.
    pub fn local_only(&self) -> impl Iterator<Item = &OutsideResult> {
        self.results.iter().filter(|result| match (result.sight, self.scale_px) {
            (Sight::Patches(side_px), Some(scale_px)) => side_px < scale_px,
            _ => false,
        })
    }

    /// The best of them.
    pub fn best_local(&self) -> Option<&OutsideResult> {
        self.local_only().max_by(|a, b| a.accuracy.estimate.total_cmp(&b.accuracy.estimate))
    }

    /// The best observer that sees the whole.
    pub fn best_whole(&self) -> Option<&OutsideResult> {
        let whole = self.results.iter().filter(|result| result.sight == Sight::Whole);
        whole.max_by(|a, b| a.accuracy.estimate.total_cmp(&b.accuracy.estimate))
    }

    /// Whether a local-only observer solves more than [`BOUND`] of the trials.
    pub fn is_solved_locally(&self) -> bool {
        self.best_local().is_some_and(|best| best.accuracy.estimate > BOUND)
    }

    /// The figure that means something: accuracy with the whole picture minus the best local-only accuracy.
    pub fn whole_minus_local(&self) -> Option<f64> {
        Some(self.best_whole()?.accuracy.estimate - self.best_local()?.accuracy.estimate)
    }
}

/// Lets `observers` take at most `most` of the counted trials, evenly spaced over the set; `progress` is
/// told how many of how many are done, from several threads.
///
/// # Errors
/// When an image is missing, altered or broken, an observer gives no features, or no trial counts.
pub fn judge(
    folder: &TrialSetFolder,
    observers: &[Outside<'_>],
    most: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Wholeness, JudgeError> {
    let set = folder.set();
    let counts = must_be_fair(set);
    let counted: Vec<&Trial> = set.trials().iter().filter(|trial| counts(trial)).collect();
    let judged = evenly(&counted, most);
    if judged.is_empty() {
        return Err(JudgeError::NoTrials);
    }
    let done = AtomicUsize::new(0);
    let take = |trial: &&Trial| -> Result<Vec<bool>, JudgeError> {
        let answers = answers(folder, trial, observers)?;
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, judged.len());
        Ok(answers)
    };
    let answers = judged.par_iter().map(take).collect::<Result<Vec<_>, _>>()?;
    let scales = judged.iter().filter_map(|trial| set.made().scale_px_of(&trial.condition));
    let mut wholeness = Wholeness {
        scale_px: scales.min(),
        judged: judged.len(),
        counted: counted.len(),
        results: Vec::new(),
    };
    for (at, observer) in observers.iter().enumerate() {
        let correct = answers.iter().filter(|answers| answers[at]).count() as u64;
        let of = judged.len() as u64;
        wholeness.results.extend(Proportion::new(correct, of).map(|accuracy| OutsideResult {
            name: observer.name.clone(),
            sight: observer.sight,
            accuracy,
            p_chance: chance_p(correct, of, CHANCE),
            p_holm: None,
        }));
    }
    correct_together(&mut wholeness.results);
    Ok(wholeness)
}

/// At most `most` of `all`, evenly spaced.
fn evenly<'a>(all: &[&'a Trial], most: usize) -> Vec<&'a Trial> {
    let count = most.min(all.len());
    (0..count).map(|at| all[at * all.len() / count]).collect()
}

/// Whether each observer named the intact picture.
fn answers(
    folder: &TrialSetFolder,
    trial: &Trial,
    observers: &[Outside<'_>],
) -> Result<Vec<bool>, JudgeError> {
    let mut pictures = Vec::with_capacity(3);
    for hash in &trial.images {
        pictures.push(folder.read_image(hash)?);
    }
    let answer = |observer: &Outside<'_>| {
        let of = |slot: usize| (observer.features)(&pictures[slot]);
        let features = [of(0), of(1), of(2)].map(|features| {
            features.map_err(|why| JudgeError::Features {
                observer: observer.name.clone(),
                trial: trial.id.to_string(),
                why,
            })
        });
        let [first, second, third] = features;
        let decision = decide(&[first?, second?, third?], Rule::MeanDistance);
        Ok(decision.outcome == Outcome::Answered && decision.chosen_slot == Some(trial.intact))
    };
    observers.iter().map(answer).collect()
}

/// Corrects the p values of local-only observers for their number.
fn correct_together(results: &mut [OutsideResult]) {
    let mut local: Vec<&mut OutsideResult> = results
        .iter_mut()
        .filter(|result| result.sight != Sight::Whole && result.p_chance.is_some())
        .collect();
    let p_values: Vec<f64> = local.iter().filter_map(|result| result.p_chance).collect();
    for (result, p) in local.iter_mut().zip(holm(&p_values)) {
        result.p_holm = Some(p);
    }
}
