//! What a step other than the trials records: a consent, a screening, a calibration, the answers to a questionnaire.

use gestalt_types::{FieldError, Sha256};
use serde::{Deserialize, Serialize};

use super::Study;
use super::answers::Answers;
use super::language::Language;
use super::steps::Step;

/// What one step recorded. A later record of the same step takes the place of an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRecord {
    /// The place of the step in the study file, counted from 0.
    pub step: u32,
    /// When, in ms since 1970, on the clock of the participant's computer.
    pub at_ms: f64,
    /// The language of the page.
    pub language: Language,
    /// What was recorded.
    pub content: StepContent,
}

/// What was recorded, by the kind of the step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StepContent {
    /// The participant agreed to this text.
    Consent {
        /// SHA-256 of the Markdown that was shown; null for the standard text.
        text_hash: Option<Sha256>,
    },
    /// The device met the study's needs.
    Screening {
        /// `desktop`, `tablet` or `phone`.
        device: String,
        /// The browser's name, without its version.
        browser: String,
        /// Width and height of the window in CSS pixels.
        viewport_css_px: [u32; 2],
        /// Measured.
        refresh_rate_hz: Option<f64>,
    },
    /// The screen was measured.
    Calibration {
        /// CSS pixels per millimetre of the screen.
        px_per_mm: f64,
        /// Eye to screen.
        viewing_distance_mm: Option<f64>,
    },
    /// A quiz was passed.
    Quiz {
        /// Number of attempts that it took.
        attempts: u32,
    },
    /// The answers to a questionnaire.
    Questionnaire {
        /// By the ids of the questions.
        answers: Answers,
    },
}

impl Study {
    /// Checks a record against the step that it names.
    ///
    /// # Errors
    /// Names the field that does not fit.
    pub fn check_record(&self, record: &StepRecord) -> Result<(), FieldError> {
        let wrong = |field: &str, reason: &str| Err(FieldError::new(field, reason));
        let Some(step) = self.steps.get(record.step as usize) else {
            return wrong("step", &format!("the study has {} steps", self.steps.len()));
        };
        match (step, &record.content) {
            (Step::Consent(consent), StepContent::Consent { text_hash }) => {
                let shown = consent.text.as_ref().and_then(|path| self.text(path, record.language));
                if shown.map(|shown| shown.hash) == *text_hash {
                    return Ok(());
                }
                wrong("content.text_hash", "is not that of the study's text in this language")
            }
            (Step::Questionnaire(questionnaire), StepContent::Questionnaire { answers }) => {
                let questions = self.texts.questions.get(&questionnaire.file);
                let faults = questions.map(|questions| questions.faults(answers)).unwrap_or_default();
                match faults.first() {
                    None => Ok(()),
                    Some((id, fault)) => wrong(&format!("content.answers.{id}"), &fault.to_string()),
                }
            }
            (Step::Screening(_), StepContent::Screening { .. })
            | (Step::Calibration(_), StepContent::Calibration { .. })
            | (Step::Instructions(_), StepContent::Quiz { .. }) => Ok(()),
            (step, _) => wrong("content", &format!("step {} is of the kind `{}`", record.step, step.kind())),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_record_is_held_to_its_step() {
        let study = Study::load(std::path::Path::new("tests/fixtures/complete/study.toml")).unwrap();
        let record = |step, content: &str| {
            let text = format!(r#"{{"step": {step}, "at_ms": 1, "language": "de", "content": {content}}}"#);
            study.check_record(&serde_json::from_str(&text).unwrap()).map_err(|error| error.field)
        };
        let german = study.text("consent.md", Language::De).unwrap().hash;
        let english = study.text("consent.md", Language::En).unwrap().hash;
        let consent = |hash| format!(r#"{{"consent": {{"text_hash": "{hash}"}}}}"#);
        assert_eq!(record(1, &consent(german.clone())), Ok(()));
        assert_eq!(
            record(1, &consent(english)),
            Err("content.text_hash".into()),
            "another text than was shown"
        );
        assert_eq!(record(0, &consent(german.clone())), Err("content".into()), "another step");
        assert_eq!(record(99, &consent(german)), Err("step".into()));
        let answers = |answers: &str| format!(r#"{{"questionnaire": {{"answers": {answers}}}}}"#);
        assert_eq!(record(7, &answers(r#"{"age": 30}"#)), Ok(()));
        assert_eq!(record(7, &answers("{}")), Err("content.answers.age".into()));
    }
}
