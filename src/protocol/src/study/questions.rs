//! Questionnaires and quizzes: questions in a TOML file beside the study file, in all languages of the
//! study.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::Checks;
use super::language::{Language, Localised};

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One line of text.
    Text,
    /// A number.
    Number,
    /// One or, with `multiple`, several of the options.
    Choice,
    /// A point on a scale.
    Likert,
    /// Several lines of text.
    FreeText,
}

/// An option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionOption {
    /// What is recorded.
    pub value: String,
    /// What is shown.
    pub text: Localised,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The column of its answers.
    pub id: String,
    /// What an answer is.
    pub kind: QuestionKind,
    /// What is asked.
    pub text: Localised,
    /// The page does not continue without an answer.
    #[serde(default)]
    pub required: bool,
    /// Smallest number (of `number`).
    #[serde(default)]
    pub minimum: Option<f64>,
    /// Largest number (of `number`).
    #[serde(default)]
    pub maximum: Option<f64>,
    /// Only whole numbers (of `number`).
    #[serde(default)]
    pub whole: bool,
    /// Options (of `choice`).
    #[serde(default)]
    pub options: Vec<QuestionOption>,
    /// Several options may be chosen (of `choice`).
    #[serde(default)]
    pub multiple: bool,
    /// Number of points (of `likert`), 2 to 11.
    #[serde(default)]
    pub points: Option<u32>,
    /// What the first point means (of `likert`).
    #[serde(default)]
    pub low: Option<Localised>,
    /// What the last point means (of `likert`).
    #[serde(default)]
    pub high: Option<Localised>,
    /// Largest number of characters (of `text` and `free_text`).
    #[serde(default)]
    pub maximum_length: Option<u32>,
}

/// The questions of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    /// In the order in which they are asked.
    pub questions: Vec<Question>,
}

/// A question of a quiz, with its right answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuizQuestion {
    /// What is asked.
    pub text: Localised,
    /// What can be answered.
    pub options: Vec<QuestionOption>,
    /// The `value` of the right option.
    pub answer: String,
    /// Shown after a wrong answer.
    #[serde(default)]
    pub explanation: Option<Localised>,
}

/// The quiz of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    /// In the order in which they are asked.
    pub questions: Vec<QuizQuestion>,
}

/// Characters of an answer where a question states no limit.
pub const MAXIMUM_ANSWER_LENGTH: u32 = 5000;

impl Questions {
    pub(super) fn check(&self, checks: &mut Checks) {
        let mut ids = BTreeSet::new();
        for (place, question) in self.questions.iter().enumerate() {
            let at = format!("questions.{place}");
            let is_id = !question.id.is_empty()
                && question.id.len() <= 60
                && question.id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !is_id {
                checks.wrong(format!("{at}.id"), "1 to 60 letters, digits or underscores are needed");
            }
            if !ids.insert(&question.id) {
                checks.wrong(format!("{at}.id"), format!("`{}` occurs twice", question.id));
            }
            question.check(&at, checks);
        }
    }

    pub(super) fn texts(&self) -> Vec<(String, &Localised)> {
        let mut texts = Vec::new();
        for (place, question) in self.questions.iter().enumerate() {
            let at = format!("questions.{place}");
            texts.push((format!("{at}.text"), &question.text));
            let options = question.options.iter().enumerate();
            texts.extend(options.map(|(option, text)| (format!("{at}.options.{option}.text"), &text.text)));
            texts.extend(question.low.iter().map(|text| (format!("{at}.low"), text)));
            texts.extend(question.high.iter().map(|text| (format!("{at}.high"), text)));
        }
        texts
    }
}

impl Question {
    fn check(&self, at: &str, checks: &mut Checks) {
        use QuestionKind::*;
        let mut only = |key: &str, set: bool, kinds: &[QuestionKind], named: &str| {
            if set && !kinds.contains(&self.kind) {
                checks.wrong(format!("{at}.{key}"), format!("belongs to questions of the kind {named} only"));
            }
        };
        only("minimum", self.minimum.is_some(), &[Number], "`number`");
        only("maximum", self.maximum.is_some(), &[Number], "`number`");
        only("whole", self.whole, &[Number], "`number`");
        only("options", !self.options.is_empty(), &[Choice], "`choice`");
        only("multiple", self.multiple, &[Choice], "`choice`");
        only("points", self.points.is_some(), &[Likert], "`likert`");
        only("low", self.low.is_some(), &[Likert], "`likert`");
        only("high", self.high.is_some(), &[Likert], "`likert`");
        only("maximum_length", self.maximum_length.is_some(), &[Text, FreeText], "`text` and `free_text`");
        if let (Some(minimum), Some(maximum)) = (self.minimum, self.maximum)
            && minimum > maximum
        {
            checks.wrong(format!("{at}.minimum"), "has to be at most `maximum`");
        }
        if self.kind == Choice {
            check_options(&self.options, at, checks);
        }
        if self.kind == Likert && !self.points.is_some_and(|points| (2..=11).contains(&points)) {
            checks.wrong(format!("{at}.points"), "2 to 11 is needed");
        }
        if self.maximum_length.is_some_and(|most| !(1..=MAXIMUM_ANSWER_LENGTH).contains(&most)) {
            checks.wrong(format!("{at}.maximum_length"), format!("1 to {MAXIMUM_ANSWER_LENGTH} is needed"));
        }
    }
}

impl Quiz {
    pub(super) fn check(&self, checks: &mut Checks) {
        for (place, question) in self.questions.iter().enumerate() {
            let at = format!("questions.{place}");
            check_options(&question.options, &at, checks);
            if !question.options.iter().any(|option| option.value == question.answer) {
                checks.wrong(format!("{at}.answer"), "has to be the `value` of one of the options");
            }
        }
    }

    pub(super) fn texts(&self) -> Vec<(String, &Localised)> {
        let mut texts = Vec::new();
        for (place, question) in self.questions.iter().enumerate() {
            let at = format!("questions.{place}");
            texts.push((format!("{at}.text"), &question.text));
            let options = question.options.iter().enumerate();
            texts.extend(options.map(|(option, text)| (format!("{at}.options.{option}.text"), &text.text)));
            texts.extend(question.explanation.iter().map(|text| (format!("{at}.explanation"), text)));
        }
        texts
    }
}

fn check_options(options: &[QuestionOption], at: &str, checks: &mut Checks) {
    if options.len() < 2 {
        checks.wrong(format!("{at}.options"), "at least two options are needed");
    }
    let values: BTreeSet<&String> = options.iter().map(|option| &option.value).collect();
    if values.len() < options.len() {
        checks.wrong(format!("{at}.options"), "two options have the same `value`");
    }
}

/// Notes texts that are empty or lack a language.
pub(super) fn check_texts(texts: Vec<(String, &Localised)>, languages: &[Language], checks: &mut Checks) {
    for (field, text) in texts {
        if text.is_empty() {
            checks.wrong(field, "is empty: write the text");
            continue;
        }
        for language in text.lacks(languages) {
            let code = language.code();
            checks.wrong(&*field, format!("has no text in `{code}`: add {code} = \"…\""));
        }
    }
}
