//! Agreement of many observers: κ per condition, then the mean over conditions and pairs, and the noise
//! ceiling.

use serde::Serialize;

use crate::agreement::kappa;
use crate::{Agreement, Bootstrap, Caveat, Estimate, mean};

/// What one observer did in one condition: the items they took, each once, and whether they were right.
///
/// A missing answer is a wrong one. Only the first answer to an item counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// Ascending by item.
    answers: Vec<(u32, bool)>,
}

impl Record {
    /// From answers in the order in which they were given: the number of the item, and whether it was right.
    pub fn new(answers: impl IntoIterator<Item = (u32, bool)>) -> Self {
        let mut answers: Vec<(u32, bool)> = answers.into_iter().collect();
        // Stable, so that the first answer to an item stays the first.
        answers.sort_by_key(|(item, _)| *item);
        answers.dedup_by_key(|(item, _)| *item);
        Self { answers }
    }

    /// The items, ascending, and whether each was right.
    pub fn answers(&self) -> &[(u32, bool)] {
        &self.answers
    }

    /// Share of right answers; None without any.
    pub fn accuracy(&self) -> Option<f64> {
        let right = self.answers.iter().filter(|(_, right)| *right).count();
        (!self.answers.is_empty()).then(|| right as f64 / self.answers.len() as f64)
    }

    /// Counts over the items that both took.
    pub fn agreement(&self, other: &Self) -> Agreement {
        Agreement::of(self.common(other).map(|(_, first, second)| (first, second)))
    }

    /// The items that both took, with both answers.
    fn common<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (u32, bool, bool)> + 'a {
        let mut rest = other.answers.as_slice();
        self.answers.iter().filter_map(move |&(item, first)| {
            rest = &rest[rest.partition_point(|(theirs, _)| *theirs < item)..];
            rest.first().filter(|(theirs, _)| *theirs == item).map(|&(_, second)| (item, first, second))
        })
    }
}

/// The answers of one observer: a record for each condition, in the same order for every observer. An empty
/// record means that the observer did not take this condition.
pub type Conditions = Vec<Record>;

/// κ of two observers: the mean over the conditions in which they share items. None where they share none.
pub fn pair_consistency(first: &Conditions, second: &Conditions) -> Option<f64> {
    let shared = first.iter().zip(second);
    mean(&shared.filter_map(|(a, b)| a.agreement(b).error_consistency()).collect::<Vec<_>>())
}

/// Mean κ over all pairs of people: per condition, then over conditions and pairs (Geirhos et al. 2020).
/// Pooling the conditions first would count their different difficulty as agreement.
///
/// Population of the interval: these people, new items of the same conditions. Errors: fewer than two
/// observers, no common items.
pub fn mean_consistency(observers: &[Conditions], bootstrap: &Bootstrap) -> Result<Estimate, Caveat> {
    let places = || (0..observers.len()).flat_map(|a| (a + 1..observers.len()).map(move |b| (a, b)));
    let pairs: Vec<_> = places().map(|(a, b)| (&observers[a], &observers[b])).collect();
    consistency_of(&pairs, bootstrap)
}

/// Mean κ of one observer (a model, say) with each of several others, in the same way. Same population, same
/// errors.
pub fn consistency_with(
    observer: &Conditions,
    others: &[Conditions],
    bootstrap: &Bootstrap,
) -> Result<Estimate, Caveat> {
    let pairs: Vec<_> = others.iter().map(|other| (observer, other)).collect();
    consistency_of(&pairs, bootstrap)
}

fn consistency_of(pairs: &[(&Conditions, &Conditions)], bootstrap: &Bootstrap) -> Result<Estimate, Caveat> {
    if pairs.is_empty() {
        return Err(Caveat::TooFew { have: 1, need: 2 });
    }
    let shared: Vec<Vec<Shared>> = pairs.iter().map(|(a, b)| Shared::all(a, b)).collect();
    let sizes: Vec<usize> = (0..pairs.iter().map(|(a, b)| a.len().min(b.len())).max().unwrap_or(0))
        .map(|condition| shared.iter().flatten().filter(|s| s.condition == condition).map(Shared::end).max())
        .map(|end| end.unwrap_or(0))
        .collect();
    let value =
        mean_over(&shared, &sizes.iter().map(|&n| vec![1; n]).collect::<Vec<_>>()).ok_or(Caveat::Empty)?;
    // The items that anyone shares are drawn, one number of times for all pairs.
    let used: Vec<Vec<u32>> = (0..sizes.len()).map(|condition| items_of(&shared, condition)).collect();
    let units = used.iter().map(Vec::len).max().unwrap_or(0);
    let mut weights: Vec<Vec<u32>> = sizes.iter().map(|&n| vec![0; n]).collect();
    let jackknife = || leave_one_item_out(&shared, &sizes, &used);
    let interval = bootstrap.interval(value, units, &[jackknife], |generator| {
        for (weights, used) in weights.iter_mut().zip(&used) {
            crate::bootstrap::draw_weights(generator, used, weights);
        }
        mean_over(&shared, &weights)
    });
    Ok(Estimate { value, interval })
}

/// The common items of one pair in one condition.
struct Shared {
    condition: usize,
    /// Item, whether the first was right, whether the second was.
    items: Vec<(u32, bool, bool)>,
}

impl Shared {
    fn all(first: &Conditions, second: &Conditions) -> Vec<Self> {
        let both = first.iter().zip(second).enumerate();
        both.map(|(condition, (a, b))| Self { condition, items: a.common(b).collect() })
            .filter(|shared| !shared.items.is_empty())
            .collect()
    }

    fn end(&self) -> usize {
        self.items.last().map_or(0, |(item, _, _)| *item as usize + 1)
    }

    /// κ where each item counts so often; None where none counts.
    fn consistency(&self, weights: &[u32]) -> Option<f64> {
        let (mut n, mut first, mut second, mut same) = (0, 0, 0, 0);
        for &(item, a, b) in &self.items {
            let weight = u64::from(weights[item as usize]);
            n += weight;
            first += weight * u64::from(a);
            second += weight * u64::from(b);
            same += weight * u64::from(a == b);
        }
        let share = |count: u64| count as f64 / n as f64;
        (n > 0).then(|| kappa(share(same), [share(first), share(second)]))
    }
}

/// Mean over pairs of the mean over their conditions. None where a pair lost all its items: such a draw is
/// no draw.
fn mean_over(shared: &[Vec<Shared>], weights: &[Vec<u32>]) -> Option<f64> {
    let of_pair = |conditions: &Vec<Shared>| {
        let of = |shared: &Shared| shared.consistency(&weights[shared.condition]);
        mean(&conditions.iter().filter_map(of).collect::<Vec<_>>())
    };
    let with_items = shared.iter().filter(|conditions| !conditions.is_empty());
    mean(&with_items.map(of_pair).collect::<Option<Vec<_>>>()?)
}

/// The items that some pair shares in a condition, ascending.
fn items_of(shared: &[Vec<Shared>], condition: usize) -> Vec<u32> {
    let of_condition = shared.iter().flatten().filter(|s| s.condition == condition);
    let mut items: Vec<u32> = of_condition.flat_map(|s| s.items.iter().map(|(item, _, _)| *item)).collect();
    items.sort_unstable();
    items.dedup();
    items
}

fn leave_one_item_out(shared: &[Vec<Shared>], sizes: &[usize], used: &[Vec<u32>]) -> Vec<f64> {
    let mut weights: Vec<Vec<u32>> = sizes.iter().map(|&n| vec![1; n]).collect();
    let mut values = Vec::new();
    for (condition, items) in used.iter().enumerate() {
        for &item in items {
            weights[condition][item as usize] = 0;
            values.extend(mean_over(shared, &weights));
            weights[condition][item as usize] = 1;
        }
    }
    values
}

/// What an observer can be expected to reach: how well each person agrees with the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoiseCeiling {
    /// Accuracy of each person, in the order given: mean over their conditions.
    pub accuracies: Vec<f64>,
    /// Mean κ of each person with every other one.
    pub consistencies: Vec<f64>,
    /// Mean of the accuracies. Population: new people, these items (Student's t).
    pub accuracy: Estimate,
    /// Mean of the consistencies, with the interval over items of [`mean_consistency`].
    pub consistency: Estimate,
}

/// Leaves each person out and compares them with the others. Errors: fewer than two people, or someone who
/// shares no item with anyone.
pub fn noise_ceiling(people: &[Conditions], bootstrap: &Bootstrap) -> Result<NoiseCeiling, Caveat> {
    if people.len() < 2 {
        return Err(Caveat::OnePerson);
    }
    let accuracy =
        |person: &Conditions| mean(&person.iter().filter_map(Record::accuracy).collect::<Vec<_>>());
    let with_others = |place: usize| {
        let others = people.iter().enumerate().filter(|(other, _)| *other != place);
        let each = others.filter_map(|(_, other)| pair_consistency(&people[place], other));
        mean(&each.collect::<Vec<_>>())
    };
    let accuracies: Vec<f64> = people.iter().map(accuracy).collect::<Option<_>>().ok_or(Caveat::Empty)?;
    let consistencies = (0..people.len()).map(with_others).collect::<Option<_>>().ok_or(Caveat::Empty)?;
    Ok(NoiseCeiling {
        accuracy: crate::mean_by_t(&accuracies)?,
        consistency: mean_consistency(people, bootstrap)?,
        accuracies,
        consistencies,
    })
}
