//! In which slot the target of each trial stands: equally often in each, and never too often in a row.

use gestalt_types::Slot;
use rand::{Rng, RngExt};

const SLOTS: usize = 3;

/// The target's slot of each of `trials` trials in a row.
///
/// `is_balanced`: each slot as often as the others, or once more where the trials cannot be divided by 3.
/// `most_in_a_row` (at least 1): no slot comes more often in a row; null for no limit.
pub(crate) fn arrange(
    trials: usize,
    is_balanced: bool,
    most_in_a_row: Option<u32>,
    generator: &mut impl Rng,
) -> Vec<Slot> {
    let most = most_in_a_row.map_or(usize::MAX, |most| most.max(1) as usize);
    let mut left = [trials; SLOTS];
    if is_balanced {
        left = [trials / SLOTS; SLOTS];
        let first = generator.random_range(0..SLOTS);
        (0..trials % SLOTS).for_each(|extra| left[(first + extra) % SLOTS] += 1);
    }
    let mut arranged: Vec<usize> = Vec::with_capacity(trials);
    for place in 0..trials {
        let run =
            arranged.last().map_or(0, |last| arranged.iter().rev().take_while(|slot| *slot == last).count());
        let last = arranged.last().copied();
        let may_come = |slot: usize| {
            let mut after = left;
            if after[slot] == 0 || (Some(slot) == last && run >= most) {
                return false;
            }
            after[slot] -= 1;
            let run = if Some(slot) == last { run + 1 } else { 1 };
            !is_balanced || can_be_ended(after, slot, run, most)
        };
        let weights = [0, 1, 2].map(|slot| match may_come(slot) {
            true if is_balanced => left[slot],
            true => 1,
            false => 0,
        });
        let total: usize = weights.iter().sum();
        // A way to the end is never left, so that there is always a choice.
        let mut drawn = if total > 0 { generator.random_range(0..total) } else { 0 };
        let chosen = weights.iter().position(|weight| {
            let is_here = drawn < *weight;
            drawn = drawn.saturating_sub(*weight);
            is_here
        });
        let slot = chosen.unwrap_or(place % SLOTS);
        left[slot] = left[slot].saturating_sub(1);
        arranged.push(slot);
    }
    arranged.into_iter().filter_map(Slot::from_index).collect()
}

/// Whether these slots can follow `run` times `last` without any coming more than `most` times in a row: the
/// others, `n` in all, leave at most `n + 1` gaps for `most` of one slot each; the first gap is partly
/// filled where it follows its own kind.
fn can_be_ended(left: [usize; SLOTS], last: usize, run: usize, most: usize) -> bool {
    let all: usize = left.iter().sum();
    (0..SLOTS).all(|slot| {
        let others = all - left[slot];
        let first_gap = if slot == last { most - run.min(most) } else { most };
        left[slot] <= others.saturating_mul(most).saturating_add(first_gap)
    })
}

#[cfg(test)]
mod tests {
    use gestalt_types::random::generator;
    use proptest::prelude::*;

    use super::*;

    fn counts(slots: &[Slot]) -> [usize; SLOTS] {
        let mut counts = [0; SLOTS];
        slots.iter().for_each(|slot| counts[slot.index()] += 1);
        counts
    }

    fn longest_run(slots: &[Slot]) -> usize {
        slots.chunk_by(|a, b| a == b).map(<[Slot]>::len).max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn slots_are_balanced_and_no_run_is_too_long(trials in 0..200_usize, most in 1..5_u32, seed in any::<u64>()) {
            let slots = arrange(trials, true, Some(most), &mut generator(seed, "slots"));
            let counts = counts(&slots);
            prop_assert_eq!(slots.len(), trials);
            prop_assert!(counts.iter().max().unwrap_or(&0) - counts.iter().min().unwrap_or(&0) <= 1, "{:?}", counts);
            prop_assert!(longest_run(&slots) <= most as usize);
            let free = arrange(trials, false, Some(most), &mut generator(seed, "slots"));
            prop_assert!(free.len() == trials && longest_run(&free) <= most as usize);
        }
    }

    #[test]
    fn every_slot_may_come_first_and_last() {
        let arranged = |seed| arrange(9, true, Some(2), &mut generator(seed, "slots"));
        let mut ends = [[0_u32; SLOTS]; 2];
        for seed in 0..3000 {
            let slots = arranged(seed);
            ends[0][slots[0].index()] += 1;
            ends[1][slots[8].index()] += 1;
        }
        // Binomial with n = 3000 and p = 1/3: its standard deviation is 25.8, and 5 of them are 129.
        assert!(ends.iter().flatten().all(|count| count.abs_diff(1000) < 129), "{ends:?}");
    }
}
