//! Seeded orders: the one shuffle that people's sessions and models' runs both use, so that a seed means the same everywhere.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// A random generator whose stream depends on the seed and on what it is for, on every platform alike.
pub fn generator(seed: u64, purpose: &str) -> ChaCha8Rng {
    // FNV-1a of the purpose picks the stream: two purposes of one seed do not share random numbers.
    let stream = purpose
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(stream);
    generator
}

/// Shuffles in place (Fisher–Yates, Durstenfeld's form).
pub fn shuffle<T>(items: &mut [T], generator: &mut ChaCha8Rng) {
    for last in (1..items.len()).rev() {
        items.swap(last, generator.random_range(0..=last));
    }
}

/// The slots of one trial: `images` in the order in which they are shown, for this session's seed and this presentation.
///
/// `presentation` tells repeats of one trial apart, so that a repeat is shuffled anew.
pub fn slots<T: Clone + Ord>(images: &[T; 3], seed: u64, trial: &str, presentation: u32) -> [T; 3] {
    // Sorted first: the order in the file must not matter, it may tell which one is intact.
    let mut shown = images.clone();
    shown.sort();
    shuffle(&mut shown, &mut generator(seed, &format!("slots {trial} {presentation}")));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_is_equally_likely() {
        let mut counts = [0_u32; 3];
        for seed in 0..3000 {
            let shown = slots(&["a", "b", "c"], seed, "trial", 0);
            counts[shown.iter().position(|s| *s == "a").expect("kept")] += 1;
        }
        // Chi-square with 2 degrees of freedom: 13.8 is p = .001.
        let chi: f64 = counts.iter().map(|&n| (f64::from(n) - 1000.0).powi(2) / 1000.0).sum();
        assert!(chi < 13.8, "{counts:?}");
    }

    #[test]
    fn order_in_the_file_does_not_matter() {
        assert_eq!(slots(&[1, 2, 3], 7, "t", 0), slots(&[3, 1, 2], 7, "t", 0));
    }

    #[test]
    fn a_seed_means_the_same_on_every_platform() {
        let mut items: Vec<u8> = (0..8).collect();
        shuffle(&mut items, &mut generator(1, "fixture"));
        let mut again: Vec<u8> = (0..8).collect();
        shuffle(&mut again, &mut generator(1, "fixture"));
        assert_eq!(items, again);
        assert_ne!(items, (0..8).collect::<Vec<u8>>());
    }
}
