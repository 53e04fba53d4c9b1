//! Two observers on the same trials: who was better, and whether they err on the same pictures.

use gestalt_protocol::{Role, Row};
use gestalt_stats::{Agreement, Bootstrap, Estimate, Interval, Proportion, mcnemar_p, newcombe_paired};
use gestalt_types::Name;
use serde::Serialize;
use std::collections::BTreeMap;

use crate::rows::{Observer, counted, newest_by_trial};

/// Two observers on the test trials that both answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The first observer.
    pub first: Observer,
    /// The second.
    pub second: Observer,
    /// Trials that both answered, by who was correct.
    pub agreement: Agreement,
    /// Of the first on these trials.
    pub accuracy_first: Proportion,
    /// Of the second on these trials.
    pub accuracy_second: Proportion,
    /// First minus second.
    pub difference: f64,
    /// Its 95 % interval (Newcombe's paired method 10).
    pub difference_interval: Interval,
    /// McNemar's exact test, two-sided.
    pub mcnemar_p: f64,
    /// Error consistency κ: 0 is what two independent observers of these accuracies would show, 1 the same
    /// errors.
    pub error_consistency: Option<f64>,
    /// Its bootstrap 95 % interval.
    pub error_consistency_interval: Option<Interval>,
    /// On trials where both were wrong, how often both chose the same picture (chance: one half). A matter
    /// of pictures, not of places.
    pub same_wrong_choice: Option<Proportion>,
}

/// The answer of each trial: whether correct, and which picture was taken.
type Answers<'a> = BTreeMap<(&'a gestalt_types::Sha256, &'a Name), &'a Row>;

/// Compares two observers; None where no test trial was answered by both.
///
/// Where an observer answered a trial in several sessions, the newest answer is taken.
pub fn compare(rows: &[Row], first: &Observer, second: &Observer) -> Option<Comparison> {
    let answers = answers(rows);
    compare_answers((first, answers.get(first)?), (second, answers.get(second)?))
}

/// Every pair of observers that share answered test trials.
pub fn compare_all(rows: &[Row]) -> Vec<Comparison> {
    let answers: Vec<_> = answers(rows).into_iter().collect();
    let mut comparisons = Vec::new();
    for (place, (first, own)) in answers.iter().enumerate() {
        for (second, others) in &answers[place + 1..] {
            comparisons.extend(compare_answers((first, own), (second, others)));
        }
    }
    comparisons
}

fn answers(rows: &[Row]) -> BTreeMap<Observer, Answers<'_>> {
    let mut by_observer: BTreeMap<Observer, Vec<&Row>> = BTreeMap::new();
    for row in counted(rows) {
        if row.role == Role::Test && row.correct.is_some() {
            by_observer.entry(Observer::of(row)).or_default().push(row);
        }
    }
    by_observer.into_iter().map(|(observer, rows)| (observer, newest_by_trial(&rows))).collect()
}

fn compare_answers(
    (first, own): (&Observer, &Answers<'_>),
    (second, others): (&Observer, &Answers<'_>),
) -> Option<Comparison> {
    let mut agreement = Agreement::default();
    let mut same_wrong = 0;
    for (trial, a) in own {
        let Some(b) = others.get(trial) else { continue };
        let count = match (a.correct == Some(true), b.correct == Some(true)) {
            (true, true) => &mut agreement.both,
            (true, false) => &mut agreement.only_first,
            (false, true) => &mut agreement.only_second,
            (false, false) => {
                same_wrong +=
                    u64::from(a.chosen_picture().is_some() && a.chosen_picture() == b.chosen_picture());
                &mut agreement.neither
            }
        };
        *count += 1;
    }
    let Agreement { both, only_first, only_second, neither } = agreement;
    let accuracy_first = Proportion::new(both + only_first, agreement.items())?;
    let accuracy_second = Proportion::new(both + only_second, agreement.items())?;
    let consistency: Option<Estimate> = agreement.error_consistency_interval(&Bootstrap::default()).ok();
    Some(Comparison {
        first: first.clone(),
        second: second.clone(),
        agreement,
        accuracy_first,
        accuracy_second,
        difference: accuracy_first.estimate - accuracy_second.estimate,
        difference_interval: newcombe_paired(both, only_first, only_second, neither)?,
        mcnemar_p: mcnemar_p(only_first, only_second),
        error_consistency: consistency.map(|estimate| estimate.value),
        error_consistency_interval: consistency.and_then(|estimate| estimate.interval.ok()),
        same_wrong_choice: Proportion::new(same_wrong, neither),
    })
}
