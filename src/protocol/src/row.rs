//! The row: one answer of one observer, person or model, to one trial. NDJSON is its canonical form.

use gestalt_types::json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::showing::Showing;
use crate::study::SecondLook;
use crate::trial_set::{Role, Trial};
use gestalt_types::FieldError;
use gestalt_types::{Name, Sha256, Slot};

/// The version of the row that this software writes, and the newest that it reads.
pub const ROW_VERSION: u32 = 1;

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObserverKind {
    /// A person (or a simulated one, whose `observer` says so).
    Human,
    /// A network.
    Model,
}

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// One slot was chosen.
    Answered,
    /// No response before the deadline.
    Missed,
    /// The decision rule found two slots equally odd: no choice.
    Tie,
    /// A feature or a distance was not a finite number: no choice.
    NonFinite,
    /// Attention was lost; `showing.interrupted_by` says how. Whether the trial comes again is the study's rule.
    Interrupted,
}

/// Where a model computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// A graphics processor through WebGPU.
    Webgpu,
    /// The processor.
    Cpu,
    /// A graphics processor through CUDA.
    Cuda,
}

/// How a model's three distances become a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The image with the largest mean distance to the other two (DiST).
    MeanDistance,
    /// The image outside the most similar pair (Brain-Score's odd-one-out).
    OddPair,
}

/// How a model read a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Where it computed.
    pub device: Device,
    /// The class of the adapter, for example `swiftshader` or `x86_64 simd`.
    pub adapter: Option<String>,
    /// For example `q8 block 32`.
    pub quantisation: Option<String>,
    /// The layer that was read.
    pub layer: String,
    /// The decision rule.
    pub rule: Rule,
    /// Fraction of activations kept, where Top-K sparsity was applied.
    #[serde(default)]
    pub top_k_fraction: Option<f64>,
    /// Distances of the slots 1–2, 1–3 and 2–3; null where not finite.
    pub distances: [Option<f64>; 3],
    /// How much odder the chosen slot is than the next, in units of distance; null without a choice.
    pub margin: Option<f64>,
    /// The device reproduced the model's known answer before this run.
    pub known_answer_passed: bool,
    /// The device that was asked for first, where that one failed its known answer.
    #[serde(default)]
    pub fell_back_from: Option<Device>,
    /// Time to compute the answer.
    pub compute_ms: Option<f64>,
}

/// One answer to one trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Version of this format.
    pub row_version: u32,
    /// Unique; a UUIDv7, so that it also says when.
    pub row_id: Uuid,
    /// Name of the study.
    pub study: Name,
    /// The session.
    pub session: Uuid,
    /// Person or model.
    pub observer_kind: ObserverKind,
    /// A person's pseudonym, or a model's name.
    pub observer: Name,
    /// SHA-256 of a model's weights file.
    #[serde(default)]
    pub weights_hash: Option<Sha256>,
    /// Version of this software.
    pub app_version: String,

    /// Hash of the trial set.
    pub trial_set: Sha256,
    /// Id of the trial in it.
    pub trial: Name,
    /// Test, practice or catch.
    pub role: Role,
    /// Block, counted from 0; practice is block 0.
    pub block: u32,
    /// Running number of the row in its session, from 0.
    pub index: u32,
    /// How often this trial was shown before in this session.
    #[serde(default)]
    pub repeat: u32,
    /// Of the trial.
    pub category: Name,
    /// Of the trial.
    pub condition: Name,
    /// The three images in the order in which they were shown, left to right.
    pub shown: [Sha256; 3],
    /// Where the intact image was; null until the row is scored.
    pub intact_slot: Option<Slot>,

    /// How the trial ended.
    pub outcome: Outcome,
    /// Null unless answered.
    pub chosen_slot: Option<Slot>,
    /// Null unless answered and scored.
    pub correct: Option<bool>,
    /// From onset to the response's own time stamp; null unless answered by a person.
    pub reaction_time_ms: Option<f64>,

    /// People only.
    #[serde(default)]
    pub showing: Option<Showing>,
    /// Models only.
    #[serde(default)]
    pub reading: Option<Reading>,
}

impl Row {
    /// Reads one row and checks it. The error names the field and the reason.
    pub fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        let row: Self = json::read(bytes)?;
        row.check()?;
        Ok(row)
    }

    /// Fills in where the intact image was and whether the answer is correct.
    ///
    /// An answer that is not `answered` is never correct or wrong: it stays null.
    pub fn score(&mut self, trial: &Trial) -> Result<(), FieldError> {
        if trial.id != self.trial {
            return Err(FieldError::new("trial", format!("is `{}`, scored as `{}`", self.trial, trial.id)));
        }
        let (mut listed, mut shown) = (trial.images.clone(), self.shown.clone());
        listed.sort();
        shown.sort();
        if listed != shown {
            return Err(FieldError::new(
                "shown",
                format!("these are not the images of trial `{}`", trial.id),
            ));
        }
        let intact = &trial.images[trial.intact.index()];
        self.intact_slot = self.shown.iter().position(|hash| hash == intact).and_then(Slot::from_index);
        self.correct = match self.outcome {
            Outcome::Answered => Some(self.chosen_slot == self.intact_slot),
            _ => None,
        };
        Ok(())
    }

    /// The trial is over with this row: it was answered or missed, or interrupted in a way after which it does not come again.
    pub fn ends_trial(&self, second_look: SecondLook) -> bool {
        let seen = self.showing.as_ref().is_some_and(|showing| showing.already_seen_ms.is_some());
        self.outcome != Outcome::Interrupted || (seen && second_look == SecondLook::Drop)
    }

    /// One line of NDJSON, without the line end.
    ///
    /// # Errors
    /// Only where a later field could not be written as JSON: a log must then fail, not lose the line.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}
