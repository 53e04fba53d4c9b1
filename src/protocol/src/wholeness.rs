//! What networks make of a trial set with the whole picture and without it: the file `wholeness.json` beside
//! `trials.json`.

use gestalt_types::{Name, Sha256};
use serde::{Deserialize, Serialize};

/// The file's name in a trial set's folder.
pub const WHOLENESS_FILE: &str = "wholeness.json";

/// A set of which an observer solves more than this share without seeing anything as large as the structure
/// that is kept measures more than the whole. Chance is 1/3.
pub const WHOLENESS_BOUND: f64 = 0.5;

/// How much of a picture an observer sees at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// Patches of this side in pixels, one by one, without their places.
    Patches(u32),
    /// The picture.
    Whole,
}

/// How one observer did on the trials of one scale, by DiST's rule: the odd picture has the largest mean
/// distance, 1 − Pearson's r, to the other two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgeResult {
    /// As reports call it.
    pub name: String,
    /// How much it sees at once.
    pub sight: Sight,
    /// Trials in which it named the intact picture; a tie is not correct.
    pub correct: u64,
    /// Trials that it took.
    pub of: u64,
    /// Probability of at least this many correct answers by guessing (exact binomial, one-sided).
    pub p_chance: Option<f64>,
    /// The same, corrected for all local-only results of the set together (Holm 1979); none for other
    /// observers.
    pub p_holm: Option<f64>,
}

impl JudgeResult {
    /// Correct answers as a share of the trials, 0 to 1; 0 without trials.
    pub fn share(&self) -> f64 {
        self.correct as f64 / self.of.max(1) as f64
    }
}

/// What came of the trials of one scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScaleWholeness {
    /// The scale of these trials: structure up to this size is kept, in pixels; none where the set states
    /// none.
    pub scale_px: Option<u32>,
    /// Trials of this scale that were judged.
    pub judged: usize,
    /// Test trials of this scale.
    pub counted: usize,
    /// One result an observer.
    pub results: Vec<JudgeResult>,
}

impl ScaleWholeness {
    /// Observers that see less at once than the structure that is kept.
    pub fn local_only(&self) -> impl Iterator<Item = &JudgeResult> {
        self.results.iter().filter(|result| is_local_only(result.sight, self.scale_px))
    }

    /// The best of them.
    pub fn best_local(&self) -> Option<&JudgeResult> {
        self.local_only().max_by(|a, b| a.share().total_cmp(&b.share()))
    }

    /// The best observer that sees the whole.
    pub fn best_whole(&self) -> Option<&JudgeResult> {
        let whole = self.results.iter().filter(|result| result.sight == Sight::Whole);
        whole.max_by(|a, b| a.share().total_cmp(&b.share()))
    }

    /// Whether a local-only observer solves more than [`WHOLENESS_BOUND`] of the trials.
    pub fn is_solved_locally(&self) -> bool {
        self.best_local().is_some_and(|best| best.share() > WHOLENESS_BOUND)
    }

    /// The figure that means something: accuracy with the whole picture minus the best local-only accuracy.
    pub fn whole_minus_local(&self) -> Option<f64> {
        Some(self.best_whole()?.share() - self.best_local()?.share())
    }
}

/// Whether an observer sees less at once than the structure that is kept. Where a set states no scale, every
/// observer of patches counts.
pub fn is_local_only(sight: Sight, scale_px: Option<u32>) -> bool {
    matches!(sight, Sight::Patches(side_px) if scale_px.is_none_or(|scale_px| side_px < scale_px))
}

/// What networks make of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wholeness {
    /// The hash of the judged set.
    pub trial_set: Sha256,
    /// The network that judged.
    pub judge: Name,
    /// SHA-256 of its weights.
    pub judge_weights: Sha256,
    /// Name and version of the software.
    pub software: String,
    /// One entry a scale, in the order of the set.
    pub scales: Vec<ScaleWholeness>,
}

impl Wholeness {
    /// Reads `wholeness.json`; `None` where it cannot be read or speaks of another set: a set that was made
    /// again is not judged by its predecessor's numbers.
    pub fn of_set(bytes: &[u8], set: &Sha256) -> Option<Self> {
        serde_json::from_slice::<Self>(bytes).ok().filter(|found| found.trial_set == *set)
    }

    /// The text of `wholeness.json`.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Trials that were judged, of all scales.
    pub fn judged(&self) -> usize {
        self.scales.iter().map(|scale| scale.judged).sum()
    }

    /// Whether a local-only observer solves the trials of any scale.
    pub fn is_solved_locally(&self) -> bool {
        self.scales.iter().any(ScaleWholeness::is_solved_locally)
    }

    /// Whether every scale has a local-only observer and one that sees the whole.
    pub fn is_complete(&self) -> bool {
        !self.scales.is_empty() && self.scales.iter().all(|scale| scale.whole_minus_local().is_some())
    }
}
