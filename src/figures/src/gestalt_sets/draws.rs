//! The random choices behind a picture, and the colours that are drawn.

use std::ops::RangeInclusive;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{GestaltSet, Split};

/// Red, green and blue from 0 to 1.
pub type Colour = [f32; 3];

/// From which to which colour each channel is drawn, in sevenths of the whole range, as the published sets
/// state it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColourRange {
    low_sevenths: u32,
    high_sevenths: u32,
}

impl ColourRange {
    /// `[low/7, high/7]`.
    pub const fn sevenths(low_sevenths: u32, high_sevenths: u32) -> Self {
        Self { low_sevenths, high_sevenths }
    }

    /// The whole numbers `[⌈255·min⌉, ⌊255·max⌋]` of which one is drawn for each channel, and divided by
    /// 255.
    pub const fn levels(self) -> RangeInclusive<u32> {
        (255 * self.low_sevenths).div_ceil(7)..=255 * self.high_sevenths / 7
    }
}

/// The random stream of one picture.
pub struct Draws(ChaCha8Rng);

impl Draws {
    /// One random stream for each picture: ChaCha's stream number holds set, split and index.
    pub fn new(set: GestaltSet, split: Split, seed: u64, index: u32) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream((set as u64) << 48 | (split as u64) << 40 | u64::from(index));
        Self(random)
    }

    /// A whole number of a range. `i32`, because `usize` has another width in the browser.
    pub fn whole(&mut self, range: RangeInclusive<i32>) -> i32 {
        self.0.random_range(range)
    }

    /// True with a probability of this many tenths.
    pub fn chance(&mut self, of_ten: u32) -> bool {
        self.0.random_range(0..10_u32) < of_ten
    }

    /// A colour whose channels are drawn independently.
    pub fn colour(&mut self, range: ColourRange) -> Colour {
        std::array::from_fn(|_| self.0.random_range(range.levels()) as f32 / 255.0)
    }
}

/// A colour darkened channel by channel.
pub fn times(colour: Colour, factors: Colour) -> Colour {
    std::array::from_fn(|channel| colour[channel] * factors[channel])
}
