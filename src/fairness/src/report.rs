//! What there is to say about the fairness of a set, trial by trial and in sum.

use gestalt_protocol::{Made, Role, Wholeness};
use gestalt_types::{Name, Sha256};
use serde::Serialize;

use crate::control::Control;
use crate::encoding::EncodingReport;
use crate::layers::Layer;
use crate::mean::Mean;
use crate::measures::Pairs;

/// From where on a distortion is flagged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Thresholds {
    /// A distortion of which more than this share stands together as in the intact picture kept the whole.
    pub kept_above: f64,
    /// A distortion whose texture distance to the intact picture is more than this share of the mean
    /// distance between intact pictures of the set lost the texture.
    pub texture_above: f64,
}

impl Thresholds {
    /// Chosen from the demo set's distribution, see `docs/stimuli.md`.
    pub const DEFAULT: Self = Self { kept_above: 0.5, texture_above: 0.4 };
}

/// Why a trial should be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// A distortion kept the whole picture: too easy to miss.
    KeptWhole,
    /// A distortion lost the texture: too easy to see.
    LostTexture,
}

/// One trial with all that was measured of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrialReport {
    /// As in the set.
    pub id: Name,
    /// As in the set.
    pub role: Role,
    /// Whether it is counted and may be flagged: test trials are, but for the controls that `gestalt trials
    /// make` adds.
    pub counted: bool,
    /// As in the set.
    pub category: Name,
    /// As in the set.
    pub condition: Name,
    /// The intact picture.
    pub intact: Sha256,
    /// The distortions, in the order of the trial.
    pub distortions: [Sha256; 2],
    /// The three pairs of pictures.
    pub pairs: Pairs,
    /// Texture distance of each distortion to the intact picture, over the mean distance between intact
    /// pictures at its scale.
    pub texture_share: [Option<f64>; 2],
    /// Texture distance of the intact picture to that of the next counted trial of its scale, in grey
    /// levels.
    pub to_another: Option<f64>,
    /// The larger of each measure over its threshold, of both distortions: above 1 is flagged, and the
    /// smaller the better.
    pub severity: f64,
    /// Why it should be looked at; empty is fine.
    pub flags: Vec<Flag>,
}

/// What is measured at the scale of a condition, and what its distortions keep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConditionReport {
    /// As in the set.
    pub condition: Name,
    /// Its counted trials.
    pub trials: usize,
    /// Size of the windows and cells of its measures, in pixels: its scale, or an eighth of the pictures
    /// where none is stated.
    pub scale_px: u32,
    /// Mean texture distance between intact pictures of different trials at this scale, in grey levels.
    pub other_pictures: Option<Mean>,
    /// Statistics kept and lost.
    pub layers: Vec<Layer>,
}

/// A trial that could not be measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// As in the set.
    pub id: Name,
    /// Which image is missing, altered or broken.
    pub reason: String,
}

/// What there is to say about the fairness of a set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The software that made the report.
    pub software: &'static str,
    /// The set's name.
    pub set: Name,
    /// The set's hash.
    pub set_hash: Sha256,
    /// How the set was made.
    pub made: Made,
    /// Scales of the texture statistics; 0 where the pictures are too small for any.
    pub texture_scales: usize,
    /// Levels of the filter bank; 0 where the pictures are too small for any.
    pub bank_levels: usize,
    /// From where on trials are flagged.
    pub thresholds: Thresholds,
    /// What networks make of it without the whole and with it, where one was there to judge.
    pub wholeness: Option<Wholeness>,
    /// Observers that see something else than the arrangement.
    pub controls: Vec<Control>,
    /// What the encoding of the files gives away, in the counted trials.
    pub encoding: EncodingReport,
    /// The conditions of the counted trials, in the order of the set.
    pub conditions: Vec<ConditionReport>,
    /// Every trial that was measured, in the order of the set.
    pub trials: Vec<TrialReport>,
    /// The others.
    pub left_out: Vec<LeftOut>,
}

impl Report {
    /// The trials that count.
    pub fn counted(&self) -> impl Iterator<Item = &TrialReport> {
        self.trials.iter().filter(|trial| trial.counted)
    }

    /// Counted trials of a condition.
    pub fn counted_of(&self, condition: &Name) -> impl Iterator<Item = &TrialReport> {
        self.counted().filter(move |trial| trial.condition == *condition)
    }

    /// Counted trials with this flag.
    pub fn flagged(&self, flag: Flag) -> impl Iterator<Item = &TrialReport> {
        self.counted().filter(move |trial| trial.flags.contains(&flag))
    }
}
