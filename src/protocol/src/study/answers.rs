//! Answers to a questionnaire, checked by the same rules in the page and at the server.

use serde_json::{Map, Value};

use super::questions::{MAXIMUM_ANSWER_LENGTH, Question, QuestionKind, Questions};

/// Answers by the ids of their questions: a text, a number, or a list of texts. What was not answered is
/// left out.
pub type Answers = Map<String, Value>;

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum AnswerFault {
    /// The question has to be answered.
    #[error("an answer is needed")]
    Missing,
    /// Not a number.
    #[error("a number is needed")]
    NotANumber,
    /// Not a whole number.
    #[error("a whole number is needed")]
    NotWhole,
    /// Smaller or larger than the question allows.
    #[error("is outside the range of the question")]
    OutOfRange {
        /// Smallest number.
        least: Option<f64>,
        /// Largest number.
        most: Option<f64>,
    },
    /// Too many characters.
    #[error("has more than {0} characters")]
    TooLong(u32),
    /// Not one of the options, or of another type than the question's answers.
    #[error("is not an answer to this question")]
    NotAnOption,
    /// There is no such question.
    #[error("there is no such question")]
    Unknown,
}

impl Questions {
    /// The answers that are not taken, by the ids of their questions. Empty where all are.
    pub fn faults(&self, answers: &Answers) -> Vec<(String, AnswerFault)> {
        let known = |id: &String| self.questions.iter().any(|question| question.id == *id);
        let unknown = answers.keys().filter(|id| !known(id)).map(|id| (id.clone(), AnswerFault::Unknown));
        let wrong = self.questions.iter().filter_map(|question| {
            let fault = question.fault(answers.get(&question.id).unwrap_or(&Value::Null));
            fault.map(|fault| (question.id.clone(), fault))
        });
        wrong.chain(unknown).collect()
    }
}

impl Question {
    fn fault(&self, answer: &Value) -> Option<AnswerFault> {
        let is_empty = match answer {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(chosen) => chosen.is_empty(),
            _ => false,
        };
        if is_empty {
            return self.required.then_some(AnswerFault::Missing);
        }
        match self.kind {
            QuestionKind::Text | QuestionKind::FreeText => {
                let most = self.maximum_length.unwrap_or(MAXIMUM_ANSWER_LENGTH);
                match answer.as_str() {
                    Some(text) if text.chars().count() > most as usize => Some(AnswerFault::TooLong(most)),
                    Some(_) => None,
                    None => Some(AnswerFault::NotAnOption),
                }
            }
            QuestionKind::Number => self.number_fault(answer),
            QuestionKind::Likert => {
                let points = u64::from(self.points.unwrap_or(0));
                let fits = answer.as_u64().is_some_and(|point| (1..=points).contains(&point));
                (!fits).then_some(AnswerFault::NotAnOption)
            }
            QuestionKind::Choice => {
                let is_option = |value: &Value| {
                    self.options.iter().any(|option| value.as_str() == Some(option.value.as_str()))
                };
                let fits = match answer {
                    Value::Array(chosen) => self.multiple && chosen.iter().all(is_option),
                    one => !self.multiple && is_option(one),
                };
                (!fits).then_some(AnswerFault::NotAnOption)
            }
        }
    }

    fn number_fault(&self, answer: &Value) -> Option<AnswerFault> {
        let Some(number) = answer.as_f64() else { return Some(AnswerFault::NotANumber) };
        if self.whole && number.fract() != 0.0 {
            return Some(AnswerFault::NotWhole);
        }
        let (least, most) = (self.minimum, self.maximum);
        let fits = least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most);
        (!fits).then_some(AnswerFault::OutOfRange { least, most })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn questions() -> Questions {
        let text = include_str!("../../tests/fixtures/complete/questions.toml");
        toml::from_str(text).unwrap()
    }

    fn faults(answers: &str) -> Vec<(String, AnswerFault)> {
        questions().faults(&serde_json::from_str(answers).unwrap())
    }

    #[test]
    fn answers_that_fit_are_taken() {
        assert!(
            faults(r#"{"age": 30, "hand": "left", "glasses": "no", "hard": 5, "remarks": "none"}"#)
                .is_empty()
        );
        assert!(faults(r#"{"age": 30}"#).is_empty(), "the others need no answer");
    }

    #[test]
    fn each_fault_is_told_apart() {
        let range = AnswerFault::OutOfRange { least: Some(18.0), most: Some(120.0) };
        for (answers, id, fault) in [
            ("{}", "age", AnswerFault::Missing),
            (r#"{"age": "thirty"}"#, "age", AnswerFault::NotANumber),
            (r#"{"age": 30.5}"#, "age", AnswerFault::NotWhole),
            (r#"{"age": 17}"#, "age", range),
            (r#"{"age": 30, "hand": "both"}"#, "hand", AnswerFault::NotAnOption),
            (r#"{"age": 30, "hand": ["left"]}"#, "hand", AnswerFault::NotAnOption),
            (r#"{"age": 30, "hard": 6}"#, "hard", AnswerFault::NotAnOption),
            (r#"{"age": 30, "name": "x"}"#, "name", AnswerFault::Unknown),
        ] {
            assert_eq!(faults(answers), [(id.to_owned(), fault)], "{answers}");
        }
        let long = format!(r#"{{"age": 30, "remarks": "{}"}}"#, "é".repeat(1001));
        assert_eq!(faults(&long), [("remarks".to_owned(), AnswerFault::TooLong(1000))]);
    }
}
