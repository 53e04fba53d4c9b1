//! Adjusted Rand index: how well two partitions of the same items agree, corrected for chance.

use std::collections::HashMap;

/// The adjusted Rand index of two labelings (Hubert and Arabie 1985): 1 where the partitions are the same,
/// about 0 where they agree no more than chance. `None` where the lengths differ or there are no items.
///
/// Partitions in which nothing can disagree, such as one group in both, give 1, as in scikit-learn.
pub fn adjusted_rand_index<A, B>(a: &[A], b: &[B]) -> Option<f64>
where
    A: Copy + Eq + std::hash::Hash,
    B: Copy + Eq + std::hash::Hash,
{
    if a.len() != b.len() || a.is_empty() {
        return None;
    }
    let mut together: HashMap<(A, B), u64> = HashMap::new();
    let (mut of_a, mut of_b): (HashMap<A, u64>, HashMap<B, u64>) = (HashMap::new(), HashMap::new());
    for (&one, &other) in a.iter().zip(b) {
        *together.entry((one, other)).or_default() += 1;
        *of_a.entry(one).or_default() += 1;
        *of_b.entry(other).or_default() += 1;
    }
    // Ordered pairs of different items: in one group in both, in a alone, in b alone, in neither.
    let items = a.len() as u64;
    let squares = |sum: &mut dyn Iterator<Item = u64>| sum.map(|n| n * n).sum::<u64>();
    let both = squares(&mut together.into_values());
    let (in_a, in_b) = (squares(&mut of_a.into_values()), squares(&mut of_b.into_values()));
    let only_a = (in_a - both) as f64;
    let only_b = (in_b - both) as f64;
    let neither = (items * items + both - in_a - in_b) as f64;
    let both = (both - items) as f64;
    if only_a == 0.0 && only_b == 0.0 {
        return Some(1.0);
    }
    let chance = (both + only_a) * (only_a + neither) + (both + only_b) * (only_b + neither);
    Some(2.0 * (both * neither - only_a * only_b) / chance)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::adjusted_rand_index;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_compared_is_none() {
        assert_eq!(adjusted_rand_index::<u8, u8>(&[], &[]), None);
        assert_eq!(adjusted_rand_index(&[1, 2], &[1]), None);
    }

    proptest! {
        #[test]
        fn names_of_groups_do_not_matter(labels in proptest::collection::vec(0u8..5, 2..60)) {
            let renamed: Vec<u16> = labels.iter().map(|label| 900 - u16::from(*label)).collect();
            prop_assert_eq!(adjusted_rand_index(&labels, &renamed), Some(1.0));
        }

        #[test]
        fn the_index_is_symmetric_and_at_most_one(
            pairs in proptest::collection::vec((0u8..4, 0u8..6), 2..60)
        ) {
            let (a, b): (Vec<u8>, Vec<u8>) = pairs.into_iter().unzip();
            let index = adjusted_rand_index(&a, &b).unwrap();
            let turned = adjusted_rand_index(&b, &a).unwrap();
            prop_assert!((index - turned).abs() < 1e-12);
            prop_assert!((-1.0..=1.0).contains(&index));
        }
    }
}
