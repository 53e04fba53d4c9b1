//! The study: one file that a scientist writes (TOML, version 2), with texts beside it. Checked when it is
//! read.

use gestalt_types::{FieldError, Name, json, text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::release::Release;

mod answers;
mod checks;
mod display;
mod exclude;
mod groups;
mod language;
pub mod markdown;
mod mistake;
mod moment;
#[cfg(not(target_arch = "wasm32"))]
mod on_disk;
mod panel;
mod presented;
mod questions;
mod record;
mod recruitment;
mod schema;
mod steps;
mod storage;
mod texts;
mod timing;
mod toml_reader;
mod trials;
mod version1;

pub use answers::{AnswerFault, Answers};
use checks::Checks;
pub use display::{Display, Photodiode, Picture};
pub use exclude::{Exclude, TimingBounds};
pub use groups::Group;
pub use language::{Language, Localised};
pub use mistake::{Mistake, StudyError};
pub use moment::Moment;
#[cfg(not(target_arch = "wasm32"))]
pub use on_disk::{STUDY_FILES, study_file_in};
pub use panel::{MAX_PANEL_ID_BYTES, MTURK_HOSTS, PanelError, PanelVisit, is_id};
pub use questions::{
    MAXIMUM_ANSWER_LENGTH, Question, QuestionKind, QuestionOption, Questions, Quiz, QuizQuestion,
};
pub use record::{StepContent, StepRecord};
pub use recruitment::{Codes, Panel, Recruitment};
pub use schema::study_schema;
pub use steps::{
    Calibration, Completion, Consent, Debrief, DeviceKind, Distance, FileKind, Information, Instructions,
    Models, Practice, Questionnaire, Screening, Step, TrialsStep,
};
pub use storage::{Storage, WithoutIndexedDb};
pub use texts::{FileNeeded, MAX_TEXT_BYTES, TextFound, Texts, path_in_language};
pub use timing::Timing;
pub use trials::{Catch, Prompt, Resume, SecondLook, Stratum, Trials};

/// The version of study files that this software writes, and the newest that it reads.
pub const STUDY_VERSION: u32 = 2;

/// A study, as its file states it. In JSON it holds the texts beside the file too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// Version of the format: 2.
    pub study_version: u32,
    /// In addresses and rows.
    pub name: Name,
    /// On the page.
    pub title: Localised,
    /// Languages that a participant may choose; texts without a translation appear in the first.
    #[serde(default = "english")]
    pub languages: Vec<Language>,
    /// Whom participants may ask, such as a name and a mail address.
    #[serde(default)]
    pub contact: Option<String>,
    /// The ethics vote.
    #[serde(default)]
    pub ethics: Option<String>,
    /// Days after which the study's data are deleted; null for no deletion.
    #[serde(default)]
    pub retention_days: Option<u32>,
    /// The trial set, and which of its trials a session gets.
    #[serde(default)]
    pub trials: Trials,
    /// Timing for people.
    #[serde(default)]
    pub timing: Timing,
    /// How the pictures are shown.
    #[serde(default)]
    pub display: Display,
    /// The steps of a session, in order; without any: consent, practice, trials, completion.
    #[serde(default = "Step::usual")]
    pub steps: Vec<Step>,
    /// Groups between participants; none for one group.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Exclusion criteria.
    #[serde(default)]
    pub exclude: Exclude,
    /// How answers are kept.
    #[serde(default)]
    pub storage: Storage,
    /// Where participants come from.
    #[serde(default)]
    pub recruitment: Recruitment,
    /// What the study gives away.
    #[serde(default)]
    pub release: Release,
    /// What the files beside the study file say. Not a key of the study file.
    #[serde(default)]
    pub texts: Texts,
}

fn english() -> Vec<Language> {
    vec![Language::En]
}

impl Study {
    /// Reads and checks a study in JSON: version 1, or version 2 with its texts, as [`Study::to_json`]
    /// writes it.
    ///
    /// # Errors
    /// Names every value that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, StudyError> {
        let value: serde_json::Value = json::read(bytes)?;
        let study = match value.get("study_version") {
            None => json::from_value::<version1::Version1>(&value)?.into(),
            Some(_) => json::from_value::<Self>(&value)?,
        };
        study.check()?;
        Ok(study)
    }

    /// Reads and checks a study file (TOML). Its texts are added by [`Study::with_files`].
    ///
    /// # Errors
    /// Names every mistake with its line.
    pub fn parse_toml(bytes: &[u8]) -> Result<Self, StudyError> {
        let text = text::decode(bytes).map_err(|error| FieldError::new("", error.to_string()))?;
        toml_reader::read_study(&text)
    }

    /// The study as JSON, texts included.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The language in which every text exists.
    pub fn first_language(&self) -> Language {
        self.languages.first().copied().unwrap_or_default()
    }

    /// The practice step, if there is one.
    pub fn practice(&self) -> Option<Practice> {
        self.steps.iter().find_map(|step| match step {
            Step::Practice(practice) => Some(*practice),
            _ => None,
        })
    }

    fn check(&self) -> Result<(), StudyError> {
        let mut checks = Checks::default();
        self.check_own(&mut checks);
        self.check_groups(&mut checks);
        StudyError::check(checks.mistakes)
    }

    fn with_own_checks(&self) -> Result<(), StudyError> {
        let mut checks = Checks::default();
        self.check_own(&mut checks);
        StudyError::check(checks.mistakes)
    }

    fn check_own(&self, checks: &mut Checks) {
        if self.study_version != STUDY_VERSION {
            let reason =
                format!("{} is unknown: this software reads version {STUDY_VERSION}", self.study_version);
            checks.wrong("study_version", reason);
        }
        if self.languages.is_empty() {
            checks.wrong("languages", "at least one language is needed");
        }
        questions::check_texts(vec![("title".into(), &self.title)], &self.languages, checks);
        self.trials.check(checks);
        self.timing.check(checks);
        self.display.check(checks);
        for (place, step) in self.steps.iter().enumerate() {
            step.check(&format!("steps.{place}"), checks);
        }
        steps::check_order(&self.steps, checks);
        self.check_degrees(checks);
        self.exclude.check(checks);
        self.recruitment.check(checks);
    }

    /// A size in degrees needs pixels per degree.
    fn check_degrees(&self, checks: &mut Checks) {
        let gives =
            |step: &Step| matches!(step, Step::Calibration(calibration) if calibration.gives_degrees());
        if matches!(self.display.picture, Picture::Degrees(_)) && !self.steps.iter().any(gives) {
            let reason = "a size in degrees needs a step of the kind `calibration` with `card = true` and a `distance`";
            checks.wrong("display.picture", reason);
        }
    }
}
