//! Agreement of every pair of observers, condition by condition, and of people as a whole.

use gestalt_stats::{
    Agreement, Bootstrap, Caveat, Conditions, Estimate, Interval, consistency_with, mean_consistency,
};

use super::table::{Answers, Kind};

/// Two observers in one condition of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct PairAgreement {
    /// Data set.
    pub dataset: String,
    /// First observer.
    pub first: String,
    /// Second observer.
    pub second: String,
    /// Condition; `all` for a mean over conditions.
    pub condition: String,
    /// Items that both took; None for a mean.
    pub items: Option<u64>,
    /// κ with its interval: for a pair credible, for a mean by bootstrap; both over items.
    pub kappa: Result<Estimate, Caveat>,
    /// The largest κ at these accuracies; None for a mean.
    pub largest: Option<f64>,
    /// Where κ falls for independent observers; None for a mean, or where κ says nothing.
    pub null_band: Option<Interval>,
}

/// Every pair in every condition, then each model with all people, then people with one another (`people`,
/// `people`, `all`), data set by data set.
pub fn agreements(answers: &Answers, bootstrap: &Bootstrap) -> Vec<PairAgreement> {
    answers.datasets().into_iter().flat_map(|dataset| of_dataset(answers, dataset, bootstrap)).collect()
}

/// Mean κ of the people of a data set with one another, per condition, then over conditions and pairs.
pub fn people_agree(answers: &Answers, dataset: u32, bootstrap: &Bootstrap) -> Result<Estimate, Caveat> {
    mean_consistency(&people(answers, dataset), bootstrap)
}

fn people(answers: &Answers, dataset: u32) -> Vec<Conditions> {
    let (_, observers) = answers.observers(dataset);
    observers.into_iter().filter(|own| own.kind == Kind::Human).map(|own| own.records).collect()
}

fn of_dataset(answers: &Answers, dataset: u32, bootstrap: &Bootstrap) -> Vec<PairAgreement> {
    let (conditions, observers) = answers.observers(dataset);
    let name = |place: u32| answers.names.text(place).to_owned();
    let mut found = Vec::new();
    for (place, own) in observers.iter().enumerate() {
        for other in &observers[place + 1..] {
            for (condition, (a, b)) in conditions.iter().zip(own.records.iter().zip(&other.records)) {
                let counts: Agreement = a.agreement(b);
                if counts.items() == 0 {
                    continue;
                }
                found.push(PairAgreement {
                    dataset: name(dataset),
                    first: name(own.observer),
                    second: name(other.observer),
                    condition: name(*condition),
                    items: Some(counts.items()),
                    kappa: counts.error_consistency_credible(bootstrap),
                    largest: counts.largest_kappa(),
                    null_band: counts.null_band(bootstrap).ok(),
                });
            }
        }
    }
    let mean = |first: String, kappa| PairAgreement {
        dataset: name(dataset),
        first,
        second: "people".to_owned(),
        condition: "all".to_owned(),
        items: None,
        kappa,
        largest: None,
        null_band: None,
    };
    let people = people(answers, dataset);
    for own in &observers {
        if own.kind != Kind::Human && !people.is_empty() {
            found.push(mean(name(own.observer), consistency_with(&own.records, &people, bootstrap)));
        }
    }
    if !people.is_empty() {
        found.push(mean("people".to_owned(), people_agree(answers, dataset, bootstrap)));
    }
    found
}
