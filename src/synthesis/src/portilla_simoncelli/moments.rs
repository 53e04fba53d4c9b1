//! Sums of products of fields over the cells of a level, and the way back from them to the fields.

use std::ops::Range;

use super::kernels::{Strip, add_products, add_scaled, column_dots, column_powers};
use super::windows::Windows;

pub(super) use super::kernels::POWERS;

/// How far apart correlated pixels are at most, on each axis.
pub(super) const REACH: usize = 3;
/// Lags of one half of the 7 × 7 neighbourhood as (down, right), the lag of nothing first; the other half is
/// the same.
pub(super) const LAGS: [(usize, isize); 25] = lags();
/// Rows that are summed in single precision before they are added up in double.
const ROWS: usize = 64;

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

/// Sums of x, x², x³ and x⁴ of each plane: [planes × 4 × sums], where sums are as [`Windows`] takes them.
pub(super) fn powers(planes: &[Vec<f32>], width: usize, windows: &Windows) -> Vec<f64> {
    let mut sums = Sums::new(windows, width, planes.len() * POWERS);
    let mut by_column: [Vec<f32>; POWERS] = std::array::from_fn(|_| vec![0.0; width]);
    for (band, rows) in strips(windows) {
        for (at, plane) in planes.iter().enumerate() {
            let strip = Strip { values: &plane[rows.start * width..], stride: width };
            column_powers(strip, rows.len(), &mut by_column);
            for (power, by_column) in by_column.iter().enumerate() {
                sums.add(band, at * POWERS + power, by_column);
            }
        }
    }
    sums.by_cell()
}

/// Adds to `by` what the derivative `by_sums` by [`powers`] means for the planes.
pub(super) fn powers_back(
    planes: &[Vec<f32>],
    width: usize,
    windows: &Windows,
    by_sums: &[f64],
    by: &mut [Vec<f32>],
) {
    let factors = Factors::new(windows, width, by_sums);
    for (band, rows) in windows.bands().iter().enumerate() {
        for (at, (plane, by)) in planes.iter().zip(by.iter_mut()).enumerate() {
            let k: [Vec<f32>; POWERS] = std::array::from_fn(|p| {
                factors.row(band, at * POWERS + p).iter().map(|factor| (p + 1) as f32 * factor).collect()
            });
            for y in rows.clone() {
                let row = &plane[y * width..][..width];
                let by = &mut by[y * width..][..width];
                for (x, (by, v)) in by.iter_mut().zip(row).enumerate() {
                    *by += k[0][x] + v * (k[1][x] + v * (k[2][x] + v * k[3][x]));
                }
            }
        }
    }
}

/// Sums of the planes: [planes × sums].
pub(super) fn sums(planes: &[Vec<f32>], width: usize, windows: &Windows) -> Vec<f64> {
    let ones = vec![1.0; planes.first().map_or(0, Vec::len)];
    let pairs: Vec<(usize, usize)> = (0..planes.len()).map(|plane| (plane, 0)).collect();
    products(planes, &[ones], &pairs, width, windows)
}

/// Adds to `by` what the derivative `by_sums` by [`sums`] means for the planes.
pub(super) fn sums_back(width: usize, windows: &Windows, by_sums: &[f64], by: &mut [Vec<f32>]) {
    let factors = Factors::new(windows, width, by_sums);
    for (band, rows) in windows.bands().iter().enumerate() {
        for (at, by) in by.iter_mut().enumerate() {
            let factors = factors.row(band, at);
            for y in rows.clone() {
                add_scaled(&mut by[y * width..][..width], &factors, 1.0);
            }
        }
    }
}

/// Sums of the products of pairs of planes: [pairs × sums].
pub(super) fn products(
    a: &[Vec<f32>],
    b: &[Vec<f32>],
    pairs: &Pairs,
    width: usize,
    windows: &Windows,
) -> Vec<f64> {
    let mut sums = Sums::new(windows, width, pairs.len());
    let mut by_column = vec![0.0; width];
    for (band, rows) in strips(windows) {
        for (at, &(i, j)) in pairs.iter().enumerate() {
            let [a, b] =
                [&a[i], &b[j]].map(|plane| Strip { values: &plane[rows.start * width..], stride: width });
            column_dots(a, b, rows.len(), &mut by_column);
            sums.add(band, at, &by_column);
        }
    }
    sums.by_cell()
}

/// Adds to `by_a` what the derivative `by_sums` by [`products`] means for the first planes of the pairs,
/// given the second.
pub(super) fn products_back(
    by_a: &mut [Vec<f32>],
    b: &[Vec<f32>],
    pairs: impl Iterator<Item = (usize, usize)>,
    width: usize,
    windows: &Windows,
    by_sums: &[f64],
) {
    // For each first plane the second ones and the places of the pairs.
    let mut others: Vec<Vec<(usize, usize)>> = vec![Vec::new(); by_a.len()];
    pairs.enumerate().for_each(|(at, (i, j))| others[i].push((j, at)));
    let factors = Factors::new(windows, width, by_sums);
    for (band, rows) in windows.bands().iter().enumerate() {
        for (by, others) in by_a.iter_mut().zip(&others) {
            let factors: Vec<Vec<f32>> = others.iter().map(|&(_, at)| factors.row(band, at)).collect();
            let mut terms = Vec::with_capacity(others.len());
            for y in rows.clone() {
                terms.clear();
                let rows = others.iter().map(|&(j, _)| &b[j][y * width..][..width]);
                terms.extend(factors.iter().map(Vec::as_slice).zip(rows));
                add_products(&mut by[y * width..][..width], &terms);
            }
        }
    }
}

/// Sums of the products of each plane with itself at every lag of [`LAGS`], round the border: [planes × 25 ×
/// sums].
pub(super) fn lagged(planes: &[Vec<f32>], width: usize, windows: &Windows) -> Vec<f64> {
    let mut sums = Sums::new(windows, width, planes.len() * LAGS.len());
    let mut by_column = vec![0.0; width];
    for (at, plane) in planes.iter().enumerate() {
        let wide = Wrapped::of(plane, width, REACH);
        for (band, rows) in strips(windows) {
            for (lag, (down, right)) in LAGS.into_iter().enumerate() {
                let (here, there) = (wide.strip(rows.start, 0), wide.strip(rows.start + down, right));
                column_dots(here, there, rows.len(), &mut by_column);
                sums.add(band, at * LAGS.len() + lag, &by_column);
            }
        }
    }
    sums.by_cell()
}

/// Adds to `by` what the derivative `by_sums` by [`lagged`] means for the planes.
pub(super) fn lagged_back(
    planes: &[Vec<f32>],
    width: usize,
    windows: &Windows,
    by_sums: &[f64],
    by: &mut [Vec<f32>],
) {
    let bands = windows.bands();
    let height = bands.last().map_or(0, |rows| rows.end);
    let band_of: Vec<usize> =
        bands.iter().enumerate().flat_map(|(band, rows)| rows.clone().map(move |_| band)).collect();
    let all_factors = Factors::new(windows, width, by_sums);
    for (at, (plane, by)) in planes.iter().zip(by).enumerate() {
        let wide = Wrapped::of(plane, width, REACH);
        // A row for each lag of each band.
        let mut factors = Vec::with_capacity(bands.len() * LAGS.len() * width);
        for band in 0..bands.len() {
            for lag in 0..LAGS.len() {
                factors.extend(all_factors.row(band, at * LAGS.len() + lag));
            }
        }
        let factors = Wrapped::of(&factors, width, 0);
        let mut terms = Vec::with_capacity(2 * LAGS.len());
        for y in 0..height {
            terms.clear();
            for (lag, (down, right)) in LAGS.into_iter().enumerate() {
                // As the first factor of a product, and as the second of the one that begins a lag before.
                terms.push((factors.row(band_of[y] * LAGS.len() + lag, 0), wide.row(y + down, right)));
                let above = (y + height - down) % height;
                let factor = factors.row(band_of[above] * LAGS.len() + lag, -right);
                terms.push((factor, wide.row(above, -right)));
            }
            add_products(&mut by[y * width..][..width], &terms);
        }
    }
}

/// Sums over the windows down, column by column.
struct Sums<'a> {
    windows: &'a Windows,
    width: usize,
    /// [count × windows down × width]
    by_column: Vec<f32>,
}

impl<'a> Sums<'a> {
    fn new(windows: &'a Windows, width: usize, count: usize) -> Self {
        Self { windows, width, by_column: vec![0.0; count * windows.down_count() * width] }
    }

    /// Adds the sums of a band's columns to the `at`-th of every window that covers the band.
    fn add(&mut self, band: usize, at: usize, by_column: &[f32]) {
        for &(window, weight) in self.windows.covering(band) {
            let row = (at * self.windows.down_count() + window) * self.width;
            add_scaled(&mut self.by_column[row..][..self.width], by_column, weight);
        }
    }

    /// [count × windows down × cells across]
    fn by_cell(&self) -> Vec<f64> {
        let rows = self.by_column.chunks_exact(self.width);
        let cells = rows.flat_map(|row| self.windows.across().iter().map(|columns| &row[columns.clone()]));
        cells.map(|cell| cell.iter().map(|v| f64::from(*v)).sum()).collect()
    }
}

/// By what each column is multiplied on the way back: the derivatives by sums, stretched over the columns of
/// their cells.
struct Factors<'a> {
    windows: &'a Windows,
    width: usize,
    /// [count × windows down × width]
    by_column: Vec<f32>,
}

impl<'a> Factors<'a> {
    fn new(windows: &'a Windows, width: usize, by_sums: &[f64]) -> Self {
        let across = windows.across();
        let mut by_column = Vec::with_capacity(by_sums.len() / across.len().max(1) * width);
        for cells in by_sums.chunks_exact(across.len()) {
            for (by, columns) in cells.iter().zip(across) {
                by_column.resize(by_column.len() + columns.len(), *by as f32);
            }
        }
        Self { windows, width, by_column }
    }

    /// Those of the `at`-th sum for the rows of a band.
    fn row(&self, band: usize, at: usize) -> Vec<f32> {
        let mut row = vec![0.0; self.width];
        for &(window, weight) in self.windows.covering(band) {
            let from = (at * self.windows.down_count() + window) * self.width;
            add_scaled(&mut row, &self.by_column[from..][..self.width], weight);
        }
        row
    }
}

/// Bands of cells, cut into strips of at most [`ROWS`] rows.
fn strips(windows: &Windows) -> impl Iterator<Item = (usize, Range<usize>)> {
    windows.bands().iter().enumerate().flat_map(|(band, rows)| {
        rows.clone().step_by(ROWS).map(move |start| (band, start..(start + ROWS).min(rows.end)))
    })
}

/// A plane with [`REACH`] pixels more on the left and on the right, and some more rows below, taken from the
/// other side.
struct Wrapped {
    width: usize,
    values: Vec<f32>,
}

impl Wrapped {
    fn of(plane: &[f32], width: usize, more_rows: usize) -> Self {
        let rows = plane.len() / width + more_rows;
        let mut values = Vec::with_capacity(rows * (width + 2 * REACH));
        for row in plane.chunks_exact(width).cycle().take(rows) {
            values.extend_from_slice(&row[width - REACH..]);
            values.extend_from_slice(row);
            values.extend_from_slice(&row[..REACH]);
        }
        Self { width, values }
    }

    /// From row `y` and column `x` on, which is at most [`REACH`] to either side.
    fn strip(&self, y: usize, x: isize) -> Strip<'_> {
        let stride = self.width + 2 * REACH;
        Strip { values: &self.values[(y * stride + REACH).wrapping_add_signed(x)..], stride }
    }

    /// The row of [`Self::strip`].
    fn row(&self, y: usize, x: isize) -> &[f32] {
        &self.strip(y, x).values[..self.width]
    }
}
