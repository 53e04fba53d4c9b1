//! Which pieces one distortion shows twice and the other not at all, so that their local content differs
//! from each other as much as from the intact picture's.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::grid::Grid;

/// Plane waves that make up the field.
const WAVES: usize = 12;
/// Shortest wavelength of the field in pieces; the longest is twice that.
const WAVELENGTH_PIECES: f64 = 3.0;

/// A smooth random field over the picture. One distortion shows pieces twice where the field is high and
/// leaves out those where it is low; the other does the reverse. Together they show every part of the
/// picture about twice.
pub(super) struct Exchange {
    /// Angular frequency along x and y in radians a pixel, and phase.
    waves: Vec<[f64; 3]>,
}

impl Exchange {
    pub(super) fn new(piece_px: usize, rng: &mut ChaCha8Rng) -> Self {
        use std::f64::consts::TAU;
        let waves = (0..WAVES).map(|_| {
            let wavelength_px = WAVELENGTH_PIECES * piece_px as f64 * (1.0 + rng.random::<f64>());
            let (frequency, direction) = (TAU / wavelength_px, TAU * rng.random::<f64>());
            [frequency * libm::cos(direction), frequency * libm::sin(direction), TAU * rng.random::<f64>()]
        });
        Self { waves: waves.collect() }
    }

    /// The pieces of one distortion: `doubled` of them stand twice, as many others are missing.
    pub(super) fn pieces(&self, grid: &Grid, doubled: usize, reversed: bool) -> Vec<usize> {
        let height = |piece: usize| {
            let (x, y) = grid.middle(piece);
            let sum: f64 = self
                .waves
                .iter()
                .map(|[fx, fy, phase]| libm::sin(fx * x as f64 + fy * y as f64 + phase))
                .sum();
            if reversed { -sum } else { sum }
        };
        let mut by_height: Vec<usize> = (0..grid.len()).collect();
        by_height.sort_by(|a, b| height(*a).total_cmp(&height(*b)));
        let mut pieces: Vec<usize> = (0..grid.len()).collect();
        for (low, high) in by_height.iter().zip(by_height.iter().rev()).take(doubled.min(grid.len() / 2)) {
            pieces[*low] = *high;
        }
        pieces
    }
}
