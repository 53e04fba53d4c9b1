//! `[[steps]]`: the steps of a session, in order. A kind of step is one file here and one line in the table
//! below.

use serde::{Deserialize, Serialize};

use super::checks::Checks;

mod calibration;
mod completion;
mod consent;
mod debrief;
mod information;
mod instructions;
mod models;
mod order;
mod practice;
mod questionnaire;
mod screening;
mod trials;

pub use calibration::{Calibration, Distance};
pub use completion::Completion;
pub use consent::Consent;
pub use debrief::Debrief;
pub use information::Information;
pub use instructions::Instructions;
pub use models::Models;
pub use practice::Practice;
pub use questionnaire::Questionnaire;
pub use screening::{DeviceKind, Screening};
pub use trials::TrialsStep;

pub(super) use order::check_order;

/// What a study names in a file beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Markdown, one file for each language.
    Text,
    /// Questions (TOML), in all languages.
    Questions,
    /// A quiz (TOML), in all languages.
    Quiz,
}

/// A kind of step: its settings, the files that it names, and its checks.
pub(super) trait StepKind {
    /// The files that it names: key, path, kind.
    fn files(&self) -> Vec<(&'static str, &str, FileKind)> {
        Vec::new()
    }

    /// Checks its own values; `at` is the path of the step.
    fn check(&self, _at: &str, _checks: &mut Checks) {}
}

macro_rules! step_kinds {
    ($($name:literal $kind:ident),+ $(,)?) => {
        /// One step of a session.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(tag = "kind")]
        pub enum Step {
            $(#[doc = concat!("`", $name, "`")] #[serde(rename = $name)] $kind($kind),)+
        }

        impl Step {
            /// The names of all kinds.
            pub const KINDS: &[&str] = &[$($name),+];

            /// The name of its kind.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$kind(_) => $name,)+ }
            }

            fn settings(&self) -> &dyn StepKind {
                match self { $(Self::$kind(step) => step,)+ }
            }

            /// Reads the settings of a step of this kind.
            pub(super) fn read<'de, D: serde::Deserializer<'de>>(kind: &str, settings: D) -> Result<Self, D::Error> {
                match kind {
                    $($name => $kind::deserialize(settings).map(Self::$kind),)+
                    other => Err(serde::de::Error::unknown_variant(other, Self::KINDS)),
                }
            }
        }
    };
}

step_kinds! {
    "information" Information,
    "consent" Consent,
    "screening" Screening,
    "calibration" Calibration,
    "instructions" Instructions,
    "practice" Practice,
    "trials" TrialsStep,
    "questionnaire" Questionnaire,
    "models" Models,
    "debrief" Debrief,
    "completion" Completion,
}

impl Step {
    /// The files that it names: key, path, kind.
    pub fn files(&self) -> Vec<(&'static str, &str, FileKind)> {
        self.settings().files()
    }

    pub(super) fn check(&self, at: &str, checks: &mut Checks) {
        self.settings().check(at, checks);
    }

    /// The steps of a study that names none.
    pub(super) fn usual() -> Vec<Self> {
        vec![
            Self::Consent(Consent::default()),
            Self::Practice(Practice::default()),
            Self::TrialsStep(TrialsStep::default()),
            Self::Completion(Completion::default()),
        ]
    }
}
