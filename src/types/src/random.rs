//! Seeded randomness: generators, the one shuffle, and seeds derived from seeds. A seed means the same on
//! every machine.

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

/// Draws `count` of the items without replacement to the front; the others may change places too.
pub fn draw_first<T>(items: &mut [T], count: usize, generator: &mut ChaCha8Rng) {
    for place in 0..count.min(items.len()) {
        items.swap(place, generator.random_range(place..items.len()));
    }
}

/// A seed for part `index` of the work that `seed` stands for (SplitMix64, Steele et al. 2014).
pub fn derived_seed(seed: u64, index: u64) -> u64 {
    let mut mixed = seed.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_on_every_platform() {
        let mut items: Vec<u8> = (0..8).collect();
        shuffle(&mut items, &mut generator(1, "fixture"));
        assert_eq!(items, [3, 1, 5, 4, 7, 0, 6, 2]);
        assert_eq!(generator(1, "fixture").random::<u64>(), 18_203_865_310_982_238_206);
        assert_ne!(generator(1, "other").random::<u64>(), generator(1, "fixture").random::<u64>());
    }

    /// The first two numbers of SplitMix64 from the seed 1234567, as its authors' C code and Rosetta Code
    /// print them.
    #[test]
    fn derived_seeds_are_those_of_splitmix64() {
        assert_eq!(derived_seed(1_234_567, 0), 6_457_827_717_110_365_317);
        assert_eq!(derived_seed(1_234_567, 1), 3_203_168_211_198_807_973);
    }

    #[test]
    fn places_are_drawn_with_32_bits_as_in_every_set_so_far() {
        let mut items: Vec<u32> = (0..1000).collect();
        let mut expected = items.clone();
        let mut draws = generator(7, "fixture");
        for last in (1..1000_usize).rev() {
            expected.swap(last, draws.random_range(0..=last as u32) as usize);
        }
        shuffle(&mut items, &mut generator(7, "fixture"));
        assert_eq!(items, expected);

        let mut items: Vec<u32> = (0..1000).collect();
        let mut expected = items.clone();
        let mut draws = generator(8, "fixture");
        for place in 0..20_usize {
            expected.swap(place, draws.random_range(place as u32..1000) as usize);
        }
        draw_first(&mut items, 20, &mut generator(8, "fixture"));
        assert_eq!(items, expected);
    }
}
