//! Sums of products of fields over the cells of a level, and the way back from them to the fields.

use super::windows::Windows;

/// How far apart correlated pixels are at most, on each axis.
pub(super) const REACH: usize = 3;
/// Lags of one half of the 7 × 7 neighbourhood as (down, right), the lag of nothing first; the other half is the same.
pub(super) const LAGS: [(usize, isize); 25] = lags();
/// Powers whose means are taken.
pub(super) const POWERS: usize = 4;

const fn lags() -> [(usize, isize); 25] {
    let mut lags = [(0, 0); 25];
    let (mut count, mut down) = (0, 0);
    while down <= REACH {
        let mut right = if down == 0 { 0 } else { -(REACH as isize) };
        while right <= REACH as isize {
            lags[count] = (down, right);
            count += 1;
            right += 1;
        }
        down += 1;
    }
    lags
}

/// Pairs of planes, by index into one list and another.
pub(super) type Pairs = [(usize, usize)];

/// Sums of x, x², x³ and x⁴ of each plane: [cells × planes × 4].
pub(super) fn powers(planes: &[Vec<f32>], width: usize, windows: &Windows) -> Vec<f64> {
    let mut sums = Vec::with_capacity(windows.cell_count() * planes.len() * POWERS);
    for (rows, columns) in windows.cells() {
        for plane in planes {
            let mut sum = [0.0; POWERS];
            for y in rows.clone() {
                for v in &plane[y * width..][columns.clone()] {
                    let (v, squared) = (f64::from(*v), f64::from(v * v));
                    sum[0] += v;
                    sum[1] += squared;
                    sum[2] += squared * v;
                    sum[3] += squared * squared;
                }
            }
            sums.extend(sum);
        }
    }
    sums
}

/// Adds to `by` what the derivative `by_sums` by [`powers`] means for the planes.
pub(super) fn powers_back(
    planes: &[Vec<f32>],
    width: usize,
    windows: &Windows,
    by_sums: &[f64],
    by: &mut [Vec<f32>],
) {
    for (cell, (rows, columns)) in windows.cells().enumerate() {
        for (at, (plane, by)) in planes.iter().zip(by.iter_mut()).enumerate() {
            let k: [f32; POWERS] = std::array::from_fn(|p| {
                (p + 1) as f32 * by_sums[(cell * planes.len() + at) * POWERS + p] as f32
            });
            for y in rows.clone() {
                let row = &plane[y * width..][columns.clone()];
                for (by, v) in by[y * width..][columns.clone()].iter_mut().zip(row) {
                    *by += k[0] + v * (k[1] + v * (k[2] + v * k[3]));
                }
            }
        }
    }
}

/// Sums of the planes: [cells × planes].
pub(super) fn sums(planes: &[Vec<f32>], width: usize, windows: &Windows) -> Vec<f64> {
    let sum = |plane: &Vec<f32>, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>| {
        rows.map(|y| plane[y * width..][columns.clone()].iter().map(|v| f64::from(*v)).sum::<f64>()).sum()
    };
    windows
        .cells()
        .flat_map(|(rows, columns)| planes.iter().map(move |p| sum(p, rows.clone(), columns.clone())))
        .collect()
}

/// Adds to `by` what the derivative `by_sums` by [`sums`] means for the planes.
pub(super) fn sums_back(width: usize, windows: &Windows, by_sums: &[f64], by: &mut [Vec<f32>]) {
    let count = by.len();
    for (cell, (rows, columns)) in windows.cells().enumerate() {
        for (by, by_sum) in by.iter_mut().zip(&by_sums[cell * count..]) {
            for y in rows.clone() {
                by[y * width..][columns.clone()].iter_mut().for_each(|v| *v += *by_sum as f32);
            }
        }
    }
}

/// Sums of the products of pairs of planes: [cells × pairs].
pub(super) fn products(
    a: &[Vec<f32>],
    b: &[Vec<f32>],
    pairs: &Pairs,
    width: usize,
    windows: &Windows,
) -> Vec<f64> {
    let mut sums = vec![0.0; windows.cell_count() * pairs.len()];
    if pairs.is_empty() {
        return sums;
    }
    for ((rows, columns), sums) in windows.cells().zip(sums.chunks_mut(pairs.len())) {
        for y in rows {
            for (sum, &(i, j)) in sums.iter_mut().zip(pairs) {
                let at = y * width;
                *sum += f64::from(dot(&a[i][at..][columns.clone()], &b[j][at..][columns.clone()]));
            }
        }
    }
    sums
}

/// Adds to `by_a` what the derivative `by_sums` by [`products`] means for the first planes of the pairs, given the
/// second.
pub(super) fn products_back(
    by_a: &mut [Vec<f32>],
    b: &[Vec<f32>],
    pairs: impl Iterator<Item = (usize, usize)> + Clone,
    width: usize,
    windows: &Windows,
    by_sums: &[f64],
) {
    let count = by_sums.len() / windows.cell_count();
    for (cell, (rows, columns)) in windows.cells().enumerate() {
        for y in rows {
            let at = y * width;
            for ((i, j), by) in pairs.clone().zip(&by_sums[cell * count..]) {
                add(&mut by_a[i][at..][columns.clone()], *by as f32, &b[j][at..][columns.clone()]);
            }
        }
    }
}

/// Sums of the products of each plane with itself at every lag of [`LAGS`], round the border: [cells × planes × 25].
pub(super) fn lagged(planes: &[Vec<f32>], width: usize, windows: &Windows) -> Vec<f64> {
    let count = planes.len() * LAGS.len();
    let mut sums = vec![0.0; windows.cell_count() * count];
    for (at, plane) in planes.iter().enumerate() {
        let wide = Wrapped::of(plane, width);
        for (cell, (rows, columns)) in windows.cells().enumerate() {
            let sums = &mut sums[cell * count + at * LAGS.len()..][..LAGS.len()];
            for y in rows {
                let here = wide.row(y, columns.start, columns.len());
                for (sum, (down, right)) in sums.iter_mut().zip(LAGS) {
                    let there = wide.row(y + down, columns.start.wrapping_add_signed(right), columns.len());
                    *sum += f64::from(dot(here, there));
                }
            }
        }
    }
    sums
}

/// Adds to `by` what the derivative `by_sums` by [`lagged`] means for the planes.
pub(super) fn lagged_back(
    planes: &[Vec<f32>],
    width: usize,
    windows: &Windows,
    by_sums: &[f64],
    by: &mut [Vec<f32>],
) {
    let count = planes.len() * LAGS.len();
    for (at, (plane, by)) in planes.iter().zip(by).enumerate() {
        let wide = Wrapped::of(plane, width);
        let mut by_wide = Wrapped::zeros(width, plane.len() / width);
        for (cell, (rows, columns)) in windows.cells().enumerate() {
            let by_sums = &by_sums[cell * count + at * LAGS.len()..][..LAGS.len()];
            let (start, length) = (columns.start, columns.len());
            for y in rows {
                for (by, (down, right)) in by_sums.iter().zip(LAGS) {
                    let by = *by as f32;
                    let shifted = start.wrapping_add_signed(right);
                    add(by_wide.row_mut(y, start, length), by, wide.row(y + down, shifted, length));
                    add(by_wide.row_mut(y + down, shifted, length), by, wide.row(y, start, length));
                }
            }
        }
        by_wide.fold_into(by);
    }
}

/// A plane with [`REACH`] pixels more on the left, on the right and below, taken from the other side.
struct Wrapped {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Wrapped {
    fn zeros(width: usize, height: usize) -> Self {
        Self { width, height, values: vec![0.0; (width + 2 * REACH) * (height + REACH)] }
    }

    fn of(plane: &[f32], width: usize) -> Self {
        let mut wrapped = Self::zeros(width, plane.len() / width);
        for y in 0..wrapped.height + REACH {
            let row = &plane[y % wrapped.height * width..][..width];
            let (left, rest) = wrapped.values[y * (width + 2 * REACH)..].split_at_mut(REACH);
            left.copy_from_slice(&row[width - REACH..]);
            rest[..width].copy_from_slice(row);
            rest[width..][..REACH].copy_from_slice(&row[..REACH]);
        }
        wrapped
    }

    /// From column `x`, which wraps below zero to stand for the margin on the left.
    fn row(&self, y: usize, x: usize, length: usize) -> &[f32] {
        &self.values[(y * (self.width + 2 * REACH)).wrapping_add(x.wrapping_add(REACH))..][..length]
    }

    fn row_mut(&mut self, y: usize, x: usize, length: usize) -> &mut [f32] {
        &mut self.values[(y * (self.width + 2 * REACH)).wrapping_add(x.wrapping_add(REACH))..][..length]
    }

    /// Adds everything to `plane`, the margins to where they were taken from.
    fn fold_into(&self, plane: &mut [f32]) {
        for y in 0..self.height + REACH {
            let to = &mut plane[y % self.height * self.width..][..self.width];
            let row = &self.values[y * (self.width + 2 * REACH)..][..self.width + 2 * REACH];
            add(to, 1.0, &row[REACH..][..self.width]);
            add(&mut to[self.width - REACH..], 1.0, &row[..REACH]);
            add(&mut to[..REACH], 1.0, &row[self.width + REACH..]);
        }
    }
}

/// The sum of products, in a fixed order that the compiler can do eight at a time.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 8;
    let mut lanes = [0.0f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// to += factor · from
fn add(to: &mut [f32], factor: f32, from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += factor * from;
    }
}
