//! The mean of a group of people: who and what is drawn anew decides whom the interval speaks of.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};
use serde::{Deserialize, Serialize};

use crate::bootstrap::draw_weights;
use crate::{Bootstrap, Caveat, Estimate, mean};

/// What the bootstrap draws anew, and so the population of the interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Redraw {
    /// People: new people, these items.
    People,
    /// Items: these people, new items, which they all take.
    Items,
    /// People, and items within each of them (hierarchical): new people, who each take new items of their
    /// own.
    PeopleThenItems,
    /// People and items, each as a whole (crossed): new people, who all take the same new items.
    PeopleAndItems,
}

/// Mean over people of each one's mean over items, with its bootstrap interval. `people` holds each person's
/// items and values; right is 1. Rows of one person are not independent, which is why no interval of pooled
/// rows is offered.
///
/// Errors: no people, someone without an item, or a value that is not finite. The interval is missing where
/// one person or one item says nothing about others, or nothing varies.
pub fn group_mean(
    people: &[Vec<(u32, f64)>],
    redraw: Redraw,
    bootstrap: &Bootstrap,
) -> Result<Estimate, Caveat> {
    if people.iter().flatten().any(|(_, value)| !value.is_finite()) {
        return Err(Caveat::NonFinite);
    }
    let means: Vec<f64> =
        people.iter().map(|own| mean_of(own)).collect::<Option<_>>().ok_or(Caveat::Empty)?;
    let value = mean(&means).ok_or(Caveat::Empty)?;
    let mut items: Vec<u32> = people.iter().flatten().map(|(item, _)| *item).collect();
    items.sort_unstable();
    items.dedup();
    let (draws_people, draws_items) = (redraw != Redraw::Items, redraw != Redraw::People);
    let caveat = match () {
        () if draws_people && people.len() < 2 => Some(Caveat::OnePerson),
        () if draws_items && items.len() < 2 => Some(Caveat::OneItem),
        () => None,
    };
    if let Some(caveat) = caveat {
        return Ok(Estimate { value, interval: Err(caveat) });
    }
    let by_person = || without_one(&means);
    let by_item = || without_each_item(people, &items);
    let person_only: [&dyn Fn() -> Vec<f64>; 1] = [&by_person];
    let item_only: [&dyn Fn() -> Vec<f64>; 1] = [&by_item];
    let n = people.len() as u32;
    let mut weights = vec![0; items.last().map_or(0, |last| *last as usize + 1)];
    let interval = match redraw {
        Redraw::People => bootstrap.interval(value, people.len(), &person_only, |generator| {
            let drawn = (0..n).map(|_| means[generator.random_range(0..n) as usize]);
            Some(drawn.sum::<f64>() / f64::from(n))
        }),
        Redraw::PeopleThenItems => {
            let own: Vec<Own> = people.iter().map(|person| Own::new(person)).collect();
            bootstrap.interval(value, people.len(), &person_only, |generator| {
                let sum: f64 = (0..n)
                    .map(|_| {
                        let person = generator.random_range(0..n) as usize;
                        own[person].redrawn(generator)
                    })
                    .sum();
                Some(sum / f64::from(n))
            })
        }
        Redraw::Items => bootstrap.interval(value, items.len(), &item_only, |generator| {
            draw_weights(generator, &items, &mut weights);
            let each: Option<Vec<f64>> = people.iter().map(|own| weighted(own, &weights)).collect();
            mean(&each?)
        }),
        Redraw::PeopleAndItems => {
            let both: [&dyn Fn() -> Vec<f64>; 2] = [&by_person, &by_item];
            bootstrap.interval(value, people.len().min(items.len()), &both, |generator| {
                draw_weights(generator, &items, &mut weights);
                let drawn = (0..n).map(|_| &people[generator.random_range(0..n) as usize]);
                let each: Option<Vec<f64>> = drawn.map(|own| weighted(own, &weights)).collect();
                mean(&each?)
            })
        }
    };
    Ok(Estimate { value, interval })
}

/// The answers of one person, ready to be drawn again.
enum Own {
    /// Only 0 and 1: the sum of a draw is binomial.
    Binary { answers: f64, hits: Binomial },
    /// Any values.
    Values(Vec<f64>),
}

impl Own {
    fn new(person: &[(u32, f64)]) -> Self {
        let values: Vec<f64> = person.iter().map(|(_, value)| *value).collect();
        let answers = values.len() as f64;
        let share = values.iter().sum::<f64>() / answers;
        match Binomial::new(values.len() as u64, share) {
            Ok(hits) if values.iter().all(|value| *value == 0.0 || *value == 1.0) => {
                Self::Binary { answers, hits }
            }
            _ => Self::Values(values),
        }
    }

    /// The mean of as many answers, drawn with replacement.
    fn redrawn(&self, generator: &mut ChaCha8Rng) -> f64 {
        match self {
            Self::Binary { answers, hits } => hits.sample(generator) as f64 / answers,
            Self::Values(values) => {
                let n = values.len() as u32;
                let drawn = (0..n).map(|_| values[generator.random_range(0..n) as usize]);
                drawn.sum::<f64>() / f64::from(n)
            }
        }
    }
}

fn mean_of(own: &[(u32, f64)]) -> Option<f64> {
    (!own.is_empty()).then(|| own.iter().map(|(_, value)| value).sum::<f64>() / own.len() as f64)
}

/// Mean over the items as often as each was drawn; None where none of this person's was.
fn weighted(own: &[(u32, f64)], weights: &[u32]) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0);
    for (item, value) in own {
        let weight = weights[*item as usize];
        sum += f64::from(weight) * value;
        n += weight;
    }
    (n > 0).then(|| sum / f64::from(n))
}

/// The mean with one value left out, for each.
fn without_one(means: &[f64]) -> Vec<f64> {
    let sum: f64 = means.iter().sum();
    means.iter().map(|own| (sum - own) / (means.len() - 1) as f64).collect()
}

/// The group's mean with one item left out, for each item.
fn without_each_item(people: &[Vec<(u32, f64)>], items: &[u32]) -> Vec<f64> {
    let mut weights = vec![1; items.last().map_or(0, |last| *last as usize + 1)];
    items
        .iter()
        .filter_map(|item| {
            weights[*item as usize] = 0;
            let each: Option<Vec<f64>> = people.iter().map(|own| weighted(own, &weights)).collect();
            weights[*item as usize] = 1;
            mean(&each?)
        })
        .collect()
}
