//! Control observers: they take the trials with something else than the arrangement, and should be guessing.

use gestalt_analysis::CHANCE;
use gestalt_stats::{Proportion, chance_p};
use gestalt_types::Name;
use serde::Serialize;

use crate::answers::Answer;

/// A control observer is called better than chance when its corrected p value is below this.
pub const LEVEL: f64 = 0.01;

/// How a control observer did on the test trials.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Control {
    /// Short name.
    pub name: &'static str,
    /// What it sees and how it decides.
    pub sees: &'static str,
    /// Trials without a tie and with finite numbers.
    pub answered: u64,
    /// Trials in which two pictures were equally odd.
    pub ties: u64,
    /// Trials whose numbers were not finite.
    pub non_finite: u64,
    /// Correct among the answered, with Wilson's 95 % interval. A tie says nothing either way and is set
    /// aside, as in the sign test.
    pub accuracy: Option<Proportion>,
    /// Probability of at least this many correct answers by guessing (exact binomial, one-sided).
    pub p_chance: Option<f64>,
    /// The same, corrected for the number of control observers (Holm 1979).
    pub p_holm: Option<f64>,
    /// By condition, where the set has several.
    pub by_condition: Vec<(Name, Proportion)>,
    /// One answer a test trial, in the order of the set.
    #[serde(skip)]
    pub answers: Vec<Answer>,
}

impl Control {
    pub(crate) fn new(
        name: &'static str,
        sees: &'static str,
        answers: Vec<Answer>,
        conditions: &[Name],
    ) -> Self {
        let count = |wanted: Answer| answers.iter().filter(|answer| **answer == wanted).count() as u64;
        let (correct, wrong) = (count(Answer::Correct), count(Answer::Wrong));
        Self {
            name,
            sees,
            answered: correct + wrong,
            ties: count(Answer::Tie),
            non_finite: count(Answer::NonFinite),
            accuracy: Proportion::new(correct, correct + wrong),
            p_chance: chance_p(correct, correct + wrong, CHANCE),
            p_holm: None,
            by_condition: by_condition(&answers, conditions),
            answers,
        }
    }

    /// Whether it solves the set better than a guesser, all controls taken together.
    pub fn is_above_chance(&self) -> bool {
        self.p_holm.is_some_and(|p| p < LEVEL) && self.accuracy.is_some_and(|a| a.estimate > CHANCE)
    }
}

fn by_condition(answers: &[Answer], conditions: &[Name]) -> Vec<(Name, Proportion)> {
    let mut names: Vec<&Name> = conditions.iter().collect();
    names.sort();
    names.dedup();
    if names.len() < 2 {
        return Vec::new();
    }
    let of_condition = |name: &Name| {
        let of: Vec<Answer> =
            answers.iter().zip(conditions).filter(|(_, c)| *c == name).map(|(a, _)| *a).collect();
        let count = |wanted: Answer| of.iter().filter(|answer| **answer == wanted).count() as u64;
        let hits = count(Answer::Correct);
        Some((name.clone(), Proportion::new(hits, hits + count(Answer::Wrong))?))
    };
    names.into_iter().filter_map(of_condition).collect()
}
