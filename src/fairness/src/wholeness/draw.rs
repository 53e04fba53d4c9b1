//! Which trials of a set are judged: a seeded draw that is balanced over conditions and categories.

use std::collections::BTreeMap;

use gestalt_protocol::{Trial, TrialSet};
use gestalt_types::Name;
use gestalt_types::random::{generator, shuffle};

/// Draws at most `most` of the `counted` trials, in the order of the set; the same for the same set.
///
/// Conditions (and with them scales) get equally many, to within one as far as there are trials; within a
/// condition so do categories, and over all conditions the categories that had fewer come first.
pub(super) fn drawn<'a>(set: &TrialSet, counted: &[&'a Trial], most: usize) -> Vec<&'a Trial> {
    let mut order: Vec<usize> = (0..counted.len()).collect();
    shuffle(&mut order, &mut generator(set.made().seed, &format!("judged trials of {}", set.hash())));
    let mut left: BTreeMap<&Name, BTreeMap<&Name, Vec<usize>>> = BTreeMap::new();
    for &at in &order {
        let trial = counted[at];
        left.entry(&trial.condition).or_default().entry(&trial.category).or_default().push(at);
    }
    let mut taken = Taken::default();
    let mut drawn = Vec::new();
    while drawn.len() < most {
        let Some(at) = taken.next(&mut left, counted, &order) else { break };
        drawn.push(at);
    }
    drawn.sort_unstable();
    drawn.into_iter().map(|at| counted[at]).collect()
}

/// How many trials were taken so far.
#[derive(Default)]
struct Taken<'a> {
    of_condition: BTreeMap<&'a Name, usize>,
    of_category: BTreeMap<&'a Name, usize>,
    of_both: BTreeMap<(&'a Name, &'a Name), usize>,
}

impl<'a> Taken<'a> {
    /// Takes one more trial: of the condition that had fewest, and there of the category that had fewest.
    /// Chance decides between equals.
    fn next(
        &mut self,
        left: &mut BTreeMap<&Name, BTreeMap<&Name, Vec<usize>>>,
        counted: &[&'a Trial],
        order: &[usize],
    ) -> Option<usize> {
        let rank = |at: usize| {
            let Trial { condition, category, .. } = counted[at];
            let count = |map: &BTreeMap<&Name, usize>, name| map.get(name).copied().unwrap_or(0);
            let of_both = self.of_both.get(&(condition, category)).copied().unwrap_or(0);
            (count(&self.of_condition, condition), of_both, count(&self.of_category, category))
        };
        let first_of_each = left.values().flat_map(BTreeMap::values).filter_map(|trials| trials.last());
        let place = |at: usize| order.iter().position(|other| *other == at);
        let at = first_of_each.copied().min_by_key(|&at| (rank(at), place(at)))?;
        let Trial { condition, category, .. } = counted[at];
        left.get_mut(condition)?.get_mut(category)?.pop();
        *self.of_condition.entry(condition).or_default() += 1;
        *self.of_category.entry(category).or_default() += 1;
        *self.of_both.entry((condition, category)).or_default() += 1;
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use gestalt_protocol::{Encoding, ImageEntry, Made, Role, Task};
    use gestalt_types::{Sha256, Slot};

    use super::*;

    /// `pictures` of 15 categories in turn, each at every scale: the order in which `trials make` lists
    /// them.
    fn crossed(pictures: usize, scales_px: &[u32]) -> TrialSet {
        let image =
            |word: String| ImageEntry { hash: Sha256::of(word.as_bytes()), width_px: 8, height_px: 8 };
        let (mut images, mut trials) = (Vec::new(), Vec::new());
        for picture in 0..pictures {
            for scale_px in scales_px {
                let three = [0, 1, 2].map(|which| image(format!("{picture} {scale_px} {which}")));
                trials.push(Trial {
                    id: Name::new(format!("test-{picture:04}-{scale_px}")).unwrap(),
                    role: Role::Test,
                    category: Name::new(format!("category-{}", picture % 15)).unwrap(),
                    condition: Name::new(format!("patch-{scale_px}")).unwrap(),
                    images: three.clone().map(|entry| entry.hash),
                    intact: Slot::ALL[0],
                    source: None,
                });
                images.extend(three);
            }
        }
        let made = Made {
            source: "scenes".into(),
            synthesis: "patch".into(),
            scale_px: None,
            seed: 3,
            software: "test".into(),
            encoding: Encoding::Png,
            syntheses: Vec::new(),
        };
        TrialSet::new(Name::new("set").unwrap(), Task::Disrt, made, images, trials).unwrap()
    }

    fn counts<'a>(of: impl Iterator<Item = &'a Name>) -> Vec<usize> {
        let mut counts: BTreeMap<&Name, usize> = BTreeMap::new();
        of.for_each(|name| *counts.entry(name).or_default() += 1);
        counts.into_values().collect()
    }

    fn spread(counts: &[usize]) -> usize {
        counts.iter().max().unwrap() - counts.iter().min().unwrap()
    }

    #[test]
    fn every_scale_and_every_category_is_drawn_alike() {
        for (pictures, scales_px) in [(240, &[56][..]), (60, &[8, 16, 32, 64, 128]), (48, &[16, 64])] {
            let set = crossed(pictures, scales_px);
            let all: Vec<&Trial> = set.trials().iter().collect();
            let drawn = drawn(&set, &all, 48);
            assert_eq!(drawn.len(), 48);
            let ids: BTreeSet<&Name> = drawn.iter().map(|trial| &trial.id).collect();
            assert_eq!(ids.len(), 48, "a trial is drawn once");
            let conditions = counts(drawn.iter().map(|trial| &trial.condition));
            let categories = counts(drawn.iter().map(|trial| &trial.category));
            assert_eq!((conditions.len(), categories.len()), (scales_px.len(), 15));
            assert!(spread(&conditions) <= 1, "{conditions:?}");
            assert!(spread(&categories) <= 2, "{categories:?}");
        }
    }

    #[test]
    fn a_small_set_is_taken_whole_and_the_draw_is_the_same_again() {
        let set = crossed(10, &[16, 32]);
        let all: Vec<&Trial> = set.trials().iter().collect();
        assert_eq!(drawn(&set, &all, 48), all);
        assert_eq!(drawn(&set, &all, 0), Vec::<&Trial>::new());
        assert_eq!(drawn(&set, &all, 7), drawn(&set, &all, 7));
        // Not simply the first ones: chance decides between equals.
        assert_ne!(drawn(&set, &all, 4), all[..4]);
    }
}
