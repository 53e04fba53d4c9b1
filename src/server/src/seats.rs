//! Which group a new participant joins, and whether the study has a place left. Pure: the store counts the
//! places and takes one in the same transaction.

/// A place is kept for so long without a sign of life; then another participant may have it.
pub(crate) const SEAT_MS: u64 = 30 * 60 * 1000;

/// Places that are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// By people who have finished in time.
    pub(crate) finished: u64,
    /// By people who are under way.
    pub(crate) leased: u64,
}

impl Taken {
    fn all(self) -> u64 {
        self.finished + self.leased
    }
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoSeat {
    /// The quota is finished.
    Full,
    /// The rest of the quota is under way: a place may become free.
    FullForNow,
}

/// The group (its place among `weights`) of the next participant: the one that is furthest behind its
/// weight's share. A study without groups has one, of weight 1.
///
/// # Errors
/// When every place is taken.
pub(crate) fn next_group(weights: &[u32], taken: &[Taken], quota: Option<u32>) -> Result<usize, NoSeat> {
    let all: u64 = taken.iter().map(|taken| taken.all()).sum();
    let finished: u64 = taken.iter().map(|taken| taken.finished).sum();
    if let Some(quota) = quota.map(u64::from) {
        if finished >= quota {
            return Err(NoSeat::Full);
        }
        if all >= quota {
            return Err(NoSeat::FullForNow);
        }
    }
    let sum: u64 = weights.iter().copied().map(u64::from).sum();
    let of = |place: usize| taken.get(place).copied().unwrap_or_default().all();
    let targets = quota.map(|quota| targets(weights, quota));
    let has_room = |place: &usize| targets.as_ref().is_none_or(|targets| of(*place) < targets[*place]);
    // Behind by weight / sum * (all + 1) - taken; times the sum, so that it is exact.
    let behind = |place: usize| {
        i128::from(weights[place]) * (i128::from(all) + 1) - i128::from(of(place)) * i128::from(sum)
    };
    // The first of those that are equally far behind.
    let next = (0..weights.len()).rev().filter(has_room).max_by_key(|place| behind(*place));
    next.ok_or(NoSeat::FullForNow)
}

/// Whether a group has a place for somebody whose own was free again before they came back.
pub(crate) fn has_room(weights: &[u32], taken: &[Taken], quota: Option<u32>, group: usize) -> bool {
    let of_group = taken.get(group).copied().unwrap_or_default().all();
    quota.is_none_or(|quota| targets(weights, quota).get(group).is_some_and(|target| of_group < *target))
}

/// How many of the quota are each group's: the whole part of its share, and one more for those with the
/// largest remainders.
fn targets(weights: &[u32], quota: u32) -> Vec<u64> {
    let sum: u64 = weights.iter().copied().map(u64::from).sum::<u64>().max(1);
    let share = |weight: u32| u64::from(weight) * u64::from(quota);
    let mut targets: Vec<u64> = weights.iter().map(|weight| share(*weight) / sum).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|place| std::cmp::Reverse(share(weights[*place]) % sum));
    let rest = u64::from(quota) - targets.iter().sum::<u64>();
    for place in by_remainder.into_iter().take(rest as usize) {
        targets[place] += 1;
    }
    targets
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_study_takes_no_more_than_its_quota() {
        let taken = |finished, leased| [Taken { finished, leased }];
        assert_eq!(next_group(&[1], &taken(9, 0), Some(10)), Ok(0));
        assert_eq!(next_group(&[1], &taken(5, 5), Some(10)), Err(NoSeat::FullForNow));
        assert_eq!(next_group(&[1], &taken(10, 0), Some(10)), Err(NoSeat::Full));
        assert_eq!(next_group(&[1], &taken(1000, 1000), None), Ok(0));
    }

    #[test]
    fn who_comes_back_late_has_a_place_only_where_one_is_left() {
        let taken = [Taken { finished: 5, leased: 0 }, Taken { finished: 3, leased: 1 }];
        assert!(!has_room(&[1, 1], &taken, Some(10), 0));
        assert!(has_room(&[1, 1], &taken, Some(10), 1));
        assert!(has_room(&[1, 1], &taken, None, 0));
    }

    #[derive(Debug, Clone)]
    enum Step {
        Opens,
        Finishes(usize),
        Leaves(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => Just(Step::Opens),
            2 => any::<usize>().prop_map(Step::Finishes),
            1 => any::<usize>().prop_map(Step::Leaves),
        ]
    }

    proptest! {
        #[test]
        fn at_quota_each_group_is_within_one_of_its_share(
            weights in prop::collection::vec(1u32..5, 1..5), quota in 1u32..60, steps in prop::collection::vec(step(), 0..300)
        ) {
            let mut taken = vec![Taken::default(); weights.len()];
            // Whoever leaves gives the place back; the people under way are a list of their groups.
            let mut under_way: Vec<usize> = Vec::new();
            let open = |taken: &mut Vec<Taken>, under_way: &mut Vec<usize>| {
                if let Ok(group) = next_group(&weights, taken, Some(quota)) {
                    taken[group].leased += 1;
                    under_way.push(group);
                }
            };
            for step in steps {
                match step {
                    Step::Opens => open(&mut taken, &mut under_way),
                    Step::Finishes(_) | Step::Leaves(_) if under_way.is_empty() => {}
                    Step::Finishes(who) => {
                        let group = under_way.swap_remove(who % under_way.len());
                        taken[group].leased -= 1;
                        taken[group].finished += 1;
                    }
                    Step::Leaves(who) => {
                        let group = under_way.swap_remove(who % under_way.len());
                        taken[group].leased -= 1;
                    }
                }
            }
            for group in under_way.drain(..) {
                taken[group].leased -= 1;
                taken[group].finished += 1;
            }
            while let Ok(group) = next_group(&weights, &taken, Some(quota)) {
                taken[group].finished += 1;
            }
            let sum: u32 = weights.iter().sum();
            for (weight, taken) in weights.iter().zip(&taken) {
                let share = f64::from(quota) * f64::from(*weight) / f64::from(sum);
                prop_assert!((taken.finished as f64 - share).abs() <= 1.0 + 1e-9, "{} of {share}", taken.finished);
            }
        }
    }
}
