//! What a step other than the trials records: a screening, a calibration, a quiz, the answers to a
//! questionnaire. A consent is recorded by the opening of the session.

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
    /// Checks that a person agreed to the study's consent text as it is now, in one of its languages; a
    /// study without a text of its own takes none.
    ///
    /// # Errors
    /// Says that it is another text.
    pub fn check_consent(&self, text_hash: Option<&Sha256>) -> Result<(), FieldError> {
        let paths = self.steps.iter().filter_map(|step| match step {
            Step::Consent(consent) => consent.text.as_ref(),
            _ => None,
        });
        let texts = paths.filter_map(|path| self.texts.markdown.get(path)).flat_map(|texts| texts.values());
        let hashes: Vec<Sha256> = texts.map(|text| Sha256::of(text.as_bytes())).collect();
        let is_agreed = match text_hash {
            Some(hash) => hashes.contains(hash),
            None => hashes.is_empty(),
        };
        if is_agreed {
            return Ok(());
        }
        let reason =
            "is not that of the study's consent text as it is now: reload the page and read it again";
        Err(FieldError::new("consent_text_hash", reason))
    }

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
        let quiz = r#"{"quiz": {"attempts": 1}}"#;
        assert_eq!(record(0, quiz), Err("content".into()), "another step");
        assert_eq!(record(99, quiz), Err("step".into()));
        let answers = |answers: &str| format!(r#"{{"questionnaire": {{"answers": {answers}}}}}"#);
        assert_eq!(record(7, &answers(r#"{"age": 30}"#)), Ok(()));
        assert_eq!(record(7, &answers("{}")), Err("content.answers.age".into()));
    }

    #[test]
    fn a_consent_is_to_the_text_of_the_study_in_one_of_its_languages() {
        let study = Study::load(std::path::Path::new("tests/fixtures/complete/study.toml")).unwrap();
        for language in [Language::De, Language::En] {
            let hash = study.text("consent.md", language).unwrap().hash;
            assert_eq!(study.check_consent(Some(&hash)), Ok(()));
        }
        let refused = |hash: Option<&Sha256>| study.check_consent(hash).map_err(|error| error.field);
        assert_eq!(refused(Some(&Sha256::of(b"another text"))), Err("consent_text_hash".into()));
        assert_eq!(refused(None), Err("consent_text_hash".into()));
        let usual = Study::parse(br#"{"study_version": 2, "name": "a", "title": "A"}"#).unwrap();
        assert_eq!(usual.check_consent(None), Ok(()), "the standard introduction");
    }
}
