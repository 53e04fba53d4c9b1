//! The depthwise convolution of 7 × 7: every channel by itself, the map padded with zeros.

use crate::weight::{Weight, Weights};

/// Side of the window.
const SIDE: usize = 7;
/// Channels that are summed together: two registers of four.
const LANES: usize = 8;
/// Neighbouring positions that share each weight that was read.
const POSITIONS: usize = 4;

/// Weights with the channels side by side, filled up to whole lanes.
#[derive(Debug, Clone)]
pub struct Depthwise {
    channels: usize,
    /// `[7·7, lanes]`
    weight: Vec<f32>,
    /// `[lanes]`
    bias: Vec<f32>,
}

impl Depthwise {
    /// From `KEY.weight`, `[c, 1, 7, 7]`, and `KEY.bias`; `None` where there is no such convolution.
    pub fn from_weights(weights: &Weights, key: &str) -> Option<Self> {
        let Weight { shape, values } = weights.get(&format!("{key}.weight"))?;
        let [channels, 1, SIDE, SIDE] = *shape.as_slice() else { return None };
        let lanes = channels.next_multiple_of(LANES);
        let mut weight = vec![0.0; SIDE * SIDE * lanes];
        for (channel, window) in values.chunks_exact(SIDE * SIDE).enumerate() {
            for (place, value) in window.iter().enumerate() {
                weight[place * lanes + channel] = *value;
            }
        }
        let mut bias = weights.get(&format!("{key}.bias"))?.values.clone();
        bias.resize(lanes, 0.0);
        Some(Self { channels, weight, bias })
    }

    /// `[side, side, c]` → `[side, side, c]`
    pub fn forward(&self, map: &[f32], side: usize, out: &mut [f32]) {
        let (c, lanes) = (self.channels, self.bias.len());
        let (margin, width) = (SIDE / 2, side + SIDE - 1);
        let mut padded = vec![0.0; width * width * lanes];
        for (position, values) in map.chunks_exact(c).enumerate() {
            let at = (position / side + margin) * width + position % side + margin;
            padded[at * lanes..][..c].copy_from_slice(values);
        }
        for y in 0..side {
            let rows = &padded[y * width * lanes..][..SIDE * width * lanes];
            for first in (0..lanes).step_by(LANES) {
                let kept = LANES.min(c - first);
                let mut write = |x: usize, sums: &[f32; LANES]| {
                    out[(y * side + x) * c + first..][..kept].copy_from_slice(&sums[..kept]);
                };
                let mut x = 0;
                while x + POSITIONS <= side {
                    let sums = self.sums::<POSITIONS>(rows, width, x, first);
                    sums.iter().enumerate().for_each(|(p, sums)| write(x + p, sums));
                    x += POSITIONS;
                }
                for x in x..side {
                    write(x, &self.sums::<1>(rows, width, x, first)[0]);
                }
            }
        }
    }

    /// Eight channels from `first` on, at `P` positions from `x` on; `rows` are the seven that the window covers.
    #[inline(always)]
    fn sums<const P: usize>(&self, rows: &[f32], width: usize, x: usize, first: usize) -> [[f32; LANES]; P] {
        let lanes = self.bias.len();
        let mut sums = [[0.0; LANES]; P];
        sums.iter_mut().for_each(|sums| sums.copy_from_slice(&self.bias[first..first + LANES]));
        for (ky, row) in rows.chunks_exact(width * lanes).enumerate() {
            for kx in 0..SIDE {
                let weight = &self.weight[(ky * SIDE + kx) * lanes + first..][..LANES];
                for (p, sums) in sums.iter_mut().enumerate() {
                    let values = &row[(x + kx + p) * lanes + first..][..LANES];
                    for ((sum, value), weight) in sums.iter_mut().zip(values).zip(weight) {
                        *sum += value * weight;
                    }
                }
            }
        }
        sums
    }
}
