//! Depthwise convolutions of odd side: every channel by itself, the map padded with zeros so that its
//! size stays, but for the stride.

use crate::weight::{Weight, Weights};

/// Channels that are summed together: two registers of four.
const LANES: usize = 8;
/// Neighbouring positions that share each weight that was read.
const POSITIONS: usize = 4;

/// Weights with the channels side by side, filled up to whole lanes.
#[derive(Debug, Clone)]
pub struct Depthwise<const SIDE: usize> {
    channels: usize,
    stride: usize,
    /// `[SIDE², lanes]`
    weight: Vec<f32>,
    /// `[lanes]`
    bias: Vec<f32>,
}

impl<const SIDE: usize> Depthwise<SIDE> {
    /// From `KEY.weight`, `[c, 1, SIDE, SIDE]`, and `KEY.bias`; `None` where there is no such convolution.
    pub fn from_weights(weights: &Weights, key: &str, stride: usize) -> Option<Self> {
        let Weight { shape, values } = weights.get(&format!("{key}.weight"))?;
        let [channels, 1, rows, columns] = *shape.as_slice() else { return None };
        if (rows, columns) != (SIDE, SIDE) {
            return None;
        }
        let lanes = channels.next_multiple_of(LANES);
        let mut weight = vec![0.0; SIDE * SIDE * lanes];
        for (channel, window) in values.chunks_exact(SIDE * SIDE).enumerate() {
            for (place, value) in window.iter().enumerate() {
                weight[place * lanes + channel] = *value;
            }
        }
        let mut bias = weights.get(&format!("{key}.bias"))?.values.clone();
        bias.resize(lanes, 0.0);
        Some(Self { channels, stride, weight, bias })
    }

    /// Side of the map that comes of one of `side`.
    pub fn side_of(&self, side: usize) -> usize {
        side.div_ceil(self.stride)
    }

    /// `[side, side, c]` → `[side / stride, side / stride, c]`
    pub fn forward(&self, map: &[f32], side: usize, out: &mut [f32]) {
        let (c, lanes, out_side) = (self.channels, self.bias.len(), self.side_of(side));
        let (margin, width) = (SIDE / 2, side + SIDE - 1);
        let mut padded = vec![0.0; width * width * lanes];
        for (position, values) in map.chunks_exact(c).enumerate() {
            let at = (position / side + margin) * width + position % side + margin;
            padded[at * lanes..][..c].copy_from_slice(values);
        }
        for y in 0..out_side {
            let rows = &padded[y * self.stride * width * lanes..][..SIDE * width * lanes];
            for first in (0..lanes).step_by(LANES) {
                let kept = LANES.min(c - first);
                let mut write = |x: usize, sums: &[f32; LANES]| {
                    out[(y * out_side + x) * c + first..][..kept].copy_from_slice(&sums[..kept]);
                };
                let mut x = 0;
                while x + POSITIONS <= out_side {
                    let sums = self.sums::<POSITIONS>(rows, width, x, first);
                    sums.iter().enumerate().for_each(|(p, sums)| write(x + p, sums));
                    x += POSITIONS;
                }
                for x in x..out_side {
                    write(x, &self.sums::<1>(rows, width, x, first)[0]);
                }
            }
        }
    }

    /// Eight channels from `first` on, at `P` positions of the output from `x` on; `rows` are those
    /// that the window covers.
    #[inline(always)]
    fn sums<const P: usize>(&self, rows: &[f32], width: usize, x: usize, first: usize) -> [[f32; LANES]; P] {
        let lanes = self.bias.len();
        let mut sums = [[0.0; LANES]; P];
        sums.iter_mut().for_each(|sums| sums.copy_from_slice(&self.bias[first..first + LANES]));
        for (ky, row) in rows.chunks_exact(width * lanes).enumerate() {
            for kx in 0..SIDE {
                let weight = &self.weight[(ky * SIDE + kx) * lanes + first..][..LANES];
                for (p, sums) in sums.iter_mut().enumerate() {
                    let values = &row[((x + p) * self.stride + kx) * lanes + first..][..LANES];
                    for ((sum, value), weight) in sums.iter_mut().zip(values).zip(weight) {
                        *sum += value * weight;
                    }
                }
            }
        }
        sums
    }
}
