//! Seeded choices: every number a picture is built from comes from here, so that a seed names a picture.

use glam::Vec3;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::colour::jitter;

/// A stream of random choices that is the same on every machine.
pub struct Dice {
    rng: ChaCha8Rng,
    seed: u64,
    cycles: u64,
}

impl Dice {
    /// A stream for one picture: `stream` keeps the categories apart at equal seeds.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self { rng, seed, cycles: 0 }
    }

    /// Uniform in `[0, 1)`, from the top 24 bits of one word.
    pub fn unit(&mut self) -> f32 {
        (self.rng.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform in `[low, high)`.
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// A whole number in `0..count`.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f32) as usize).min(count - 1)
    }

    /// One of the given things.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// One of the given things, so that neighbouring seeds get different ones: what a picture is told apart
    /// by.
    pub fn cycle<T: Copy>(&mut self, of: &[T]) -> T {
        let count = of.len() as u64;
        let index = (self.seed % count + self.cycles * (self.seed / count + 1)) % count;
        self.cycles += 1;
        of[index as usize]
    }

    /// A colour as in [`Dice::colour`], chosen as in [`Dice::cycle`].
    pub fn cycled_colour(&mut self, of: &[u32]) -> Vec3 {
        let hex = self.cycle(of);
        jitter(hex, self.range(-0.06, 0.06), self.range(0.85, 1.15))
    }

    /// One of the given `0xRRGGBB` colours, slightly shifted, in linear light.
    pub fn colour(&mut self, of: &[u32]) -> Vec3 {
        let hex = self.pick(of);
        jitter(hex, self.range(-0.06, 0.06), self.range(0.85, 1.15))
    }

    /// −1 or 1.
    pub fn sign(&mut self) -> f32 {
        if self.chance(0.5) { 1.0 } else { -1.0 }
    }
}
