//! The row: one answer of one observer, person or model, to one trial. NDJSON is its canonical form.

use gestalt_types::{FieldError, Name, Sha256, Slot, UtcTime, json};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::readout::Readout;
use crate::row_asked::RowTask;
use crate::row_v1;
use crate::showing::Showing;
use crate::study::{Prompt, SecondLook};
use crate::trial_set::Role;

/// The version of the row that this software writes, and the newest that it reads.
pub const ROW_VERSION: u32 = 2;
/// No trial shows more pictures, and none has more choices.
pub const MAX_CHOICES: usize = 3;

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObserverKind {
    /// A person.
    Human,
    /// A network.
    Model,
    /// A simulated person: for trying a study out. Never counted among people.
    Simulated,
}

impl ObserverKind {
    /// Takes trials as people do: in a plan, with exposures and reaction times.
    pub fn is_shown_trials(self) -> bool {
        self != Self::Model
    }
}

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// One of the choices was taken.
    Answered,
    /// No response before the deadline.
    Missed,
    /// The decision rule found two slots equally odd: no choice.
    Tie,
    /// A feature or a distance was not a finite number: no choice.
    NonFinite,
    /// Attention was lost; `interrupted_by` says how. Whether the trial comes again is the study's rule.
    Interrupted,
}

/// One answer to one trial. On a line of a log all fields stand side by side: those of [`Showing`] and
/// [`Readout`] too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Version of this format.
    pub row_version: u32,
    /// Unique; a UUIDv7, so that it also says when.
    pub row_id: Uuid,
    /// Name of the study.
    pub study: Name,
    /// Hash of the study's snapshot at the server: its file, texts, trial set and software. Null without a
    /// server.
    #[serde(default)]
    pub study_hash: Option<Sha256>,
    /// The session.
    pub session: Uuid,
    /// Person, model or simulated person.
    pub observer_kind: ObserverKind,
    /// A person's pseudonym, or a model's name.
    pub observer: Name,
    /// SHA-256 of a model's weights file.
    #[serde(default)]
    pub weights_hash: Option<Sha256>,
    /// Version of this software.
    pub app_version: String,
    /// When the server stored the row, by its own clock; null before.
    #[serde(default)]
    pub received_at: Option<UtcTime>,

    /// The kind of question.
    pub task: RowTask,
    /// How it was put; null in rows of version 1.
    #[serde(default)]
    pub prompt: Option<Prompt>,
    /// Hash of the trial set.
    pub trial_set: Sha256,
    /// Id of the trial in it.
    pub trial: Name,
    /// The source picture, which trials of several scales share; null until the row is scored.
    #[serde(default)]
    pub item: Option<Name>,
    /// Test, practice, catch or control.
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
    /// Size of the local structure that the distortions keep, in pixels of the image; null where there is
    /// none, and until the row is scored.
    #[serde(default)]
    pub scale_px: Option<f64>,
    /// The images in the order in which they were shown, left to right.
    #[schemars(length(min = 1, max = MAX_CHOICES))]
    pub shown: Vec<Sha256>,
    /// What could be chosen; `1`, `2`, `3` are the slots, left to right.
    #[schemars(length(min = 2, max = MAX_CHOICES))]
    pub choices: Vec<Name>,
    /// The right choice; null until the row is scored.
    #[serde(default)]
    pub target: Option<Name>,

    /// How the trial ended.
    pub outcome: Outcome,
    /// Null unless answered.
    #[serde(default)]
    pub chosen: Option<Name>,
    /// Null unless answered and scored.
    #[serde(default)]
    pub correct: Option<bool>,
    /// From onset to the response's own time stamp; null unless answered by a person.
    #[serde(default)]
    pub reaction_time_ms: Option<f64>,

    /// How it was shown; all null for models.
    #[serde(flatten)]
    pub showing: Showing,
    /// How it was read; all null for people.
    #[serde(flatten)]
    pub readout: Readout,
}

impl Row {
    /// Reads one row of any version and checks it. The error names the field and the reason.
    pub fn parse(bytes: &[u8]) -> Result<Self, FieldError> {
        let row = match json::read::<Self>(bytes) {
            Ok(row) => row,
            // A row of an earlier version, or one whose error is to name a field of `showing` or `readout`.
            Err(_) => Self::of_value(json::read(bytes)?)?,
        };
        row.check()?;
        Ok(row)
    }

    /// As [`Row::parse`], from JSON that was parsed before, or that was put together from the columns of a
    /// table.
    pub fn from_value(value: Value) -> Result<Self, FieldError> {
        let row = Self::of_value(value)?;
        row.check()?;
        Ok(row)
    }

    /// For serde's `deserialize_with`: a row of any version, checked.
    ///
    /// # Errors
    /// As [`Row::parse`].
    pub fn any_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }

    fn of_value(mut value: Value) -> Result<Self, FieldError> {
        if value.get("row_version").and_then(Value::as_u64) == Some(1) {
            row_v1::convert(&mut value);
        }
        json::from_value::<Self>(&value).map_err(|error| {
            // serde does not say where in a flattened part it found the error.
            let part = json::from_value::<Showing>(&value).err();
            part.or_else(|| json::from_value::<Readout>(&value).err()).unwrap_or(error)
        })
    }

    /// The trial is over with this row: it was answered or missed, or interrupted in a way after which it
    /// does not come again.
    pub fn ends_trial(&self, second_look: SecondLook) -> bool {
        let seen = self.showing.already_seen_ms.is_some();
        self.outcome != Outcome::Interrupted || (seen && second_look == SecondLook::Drop)
    }

    /// The place in `choices` that was chosen, from 0: where each choice is a picture, its place in `shown`.
    pub fn chosen_place(&self) -> Option<usize> {
        self.place(self.chosen.as_ref())
    }

    /// The place in `choices` that is right, from 0; nothing until the row is scored.
    pub fn target_place(&self) -> Option<usize> {
        self.place(self.target.as_ref())
    }

    /// The picture that was chosen, where each choice is a picture.
    pub fn chosen_picture(&self) -> Option<&Sha256> {
        self.picture(self.chosen_place())
    }

    /// The picture that is right, where each choice is a picture; nothing until the row is scored.
    pub fn target_picture(&self) -> Option<&Sha256> {
        self.picture(self.target_place())
    }

    fn place(&self, choice: Option<&Name>) -> Option<usize> {
        choice.and_then(|choice| self.choices.iter().position(|one| one == choice))
    }

    fn picture(&self, place: Option<usize>) -> Option<&Sha256> {
        place.filter(|_| self.shown.len() == self.choices.len()).and_then(|place| self.shown.get(place))
    }

    /// One line of NDJSON, without the line end.
    ///
    /// # Errors
    /// Only where a later field could not be written as JSON: a log must then fail, not lose the line.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// The choices of a triplet: its slots, left to right.
pub fn slot_choices() -> Vec<Name> {
    Slot::ALL.map(Name::from).into()
}

/// The JSON Schema of a row (draft 2020-12).
///
/// # Errors
/// Only where the schema could not be written as JSON.
pub fn row_schema() -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(&schemars::schema_for!(Row))? + "\n")
}
