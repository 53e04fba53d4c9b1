//! Where statistics are pooled: over the whole picture, or over smooth overlapping windows (Freeman &
//! Simoncelli 2011).

use std::ops::Range;

use libm::cos;

/// Steps in which a window rises from 0 to 1. Within a step of a level's pixels its weight is constant, so
/// that products are summed first and windows only combine the sums. Windows of few pixels rise in fewer
/// steps, down to the second of these.
const STEPS: [usize; 2] = [4, 2];
/// Pixels of a level in a step, if that leaves enough steps.
const STEP_PX: usize = 3;

/// Windows along one axis of a level: overlapping raised cosines that sum to one everywhere.
struct Axis {
    cells: Vec<Range<usize>>,
    /// For each window the first cell that it covers and the weights of the cells.
    windows: Vec<(usize, Vec<f64>)>,
}

impl Axis {
    /// One cell and one window.
    fn whole(length: usize) -> Self {
        Self { cells: vec![0..length; 1], windows: vec![(0, vec![1.0])] }
    }

    /// `spacings` + 1 windows, centred on the multiples of length / spacings; each falls to 0 at its
    /// neighbours' centres.
    fn windows(length: usize, spacings: usize) -> Self {
        let [most, least] = STEPS;
        let count = length.min((length / spacings / STEP_PX).clamp(least, most) * spacings);
        let cells: Vec<Range<usize>> =
            (0..count).map(|i| i * length / count..(i + 1) * length / count).collect();
        let place =
            |cell: &Range<usize>| (cell.start + cell.end) as f64 / (2 * length) as f64 * spacings as f64;
        let windows = (0..=spacings)
            .map(|centre| {
                let away = |cell: &Range<usize>| (place(cell) - centre as f64).abs();
                let first = cells.iter().take_while(|cell| away(cell) >= 1.0 && place(cell) < centre as f64);
                let first = first.count();
                let covered = cells[first..].iter().take_while(|cell| away(cell) < 1.0);
                let weight = |cell: &Range<usize>| cos(std::f64::consts::FRAC_PI_2 * away(cell)).powi(2);
                (first, covered.map(weight).collect())
            })
            .collect();
        Self { cells, windows }
    }

    /// For each cell the windows that cover it, with their weights.
    fn covering(&self) -> Vec<Vec<(usize, f32)>> {
        let mut covering = vec![Vec::new(); self.cells.len()];
        for (window, (first, weights)) in self.windows.iter().enumerate() {
            for (cell, weight) in covering[*first..].iter_mut().zip(weights) {
                cell.push((window, *weight as f32));
            }
        }
        covering
    }
}

/// The windows over the pixels of one level.
///
/// Sums are taken window by window downwards and cell by cell across, `[windows down × cells across]`: rows
/// are added up as vectors, and only then columns.
pub(super) struct Windows {
    across: Axis,
    down: Axis,
    /// For each band of cells the windows down that cover it, with their weights.
    covering: Vec<Vec<(usize, f32)>>,
    /// For each window the reciprocal of the sum of its weights over the pixels.
    reciprocal: Vec<f64>,
    /// For each window its share of the pixels; sums to one.
    pub(super) share: Vec<f64>,
}

impl Windows {
    /// Windows of the picture of `full` size over a level of `width` × `height`. `None` is one window over
    /// everything.
    pub(super) fn new(full: (usize, usize), (width, height): (usize, usize), window_px: Option<u32>) -> Self {
        let axis = |full_px: usize, length: usize| match window_px {
            Some(px) => Axis::windows(length, spacings(full_px, px)),
            None => Axis::whole(length),
        };
        let (across, down) = (axis(full.0, width), axis(full.1, height));
        let covering = down.covering();
        let mut windows = Self { across, down, covering, reciprocal: Vec::new(), share: Vec::new() };
        let mut rows = vec![0.0; windows.down_count()];
        for (band, covering) in windows.down.cells.iter().zip(&windows.covering) {
            covering.iter().for_each(|(at, weight)| rows[*at] += f64::from(*weight) * band.len() as f64);
        }
        let columns = windows.across.cells.iter().map(|columns| columns.len() as f64);
        let pixels: Vec<f64> =
            rows.iter().flat_map(|rows| columns.clone().map(move |columns| rows * columns)).collect();
        windows.reciprocal = vec![1.0; windows.down_count() * windows.across.windows.len()];
        let sums = windows.pool(&pixels);
        windows.share = sums.iter().map(|sum| sum / (width * height) as f64).collect();
        windows.reciprocal = sums.iter().map(|sum| if *sum > 0.0 { 1.0 / sum } else { 0.0 }).collect();
        windows
    }

    /// How many windows there are.
    pub(super) fn count(&self) -> usize {
        self.reciprocal.len()
    }

    /// How many windows there are downwards.
    pub(super) fn down_count(&self) -> usize {
        self.down.windows.len()
    }

    /// The rows of each band of cells.
    pub(super) fn bands(&self) -> &[Range<usize>] {
        &self.down.cells
    }

    /// The windows down that cover a band, with their weights.
    pub(super) fn covering(&self, band: usize) -> &[(usize, f32)] {
        &self.covering[band]
    }

    /// The columns of the cells across.
    pub(super) fn across(&self) -> &[Range<usize>] {
        &self.across.cells
    }

    /// Weighted means over the windows, [windows × count], of sums, [count × windows down × cells across].
    pub(super) fn pool(&self, sums: &[f64]) -> Vec<f64> {
        let (columns, across) = (self.across.cells.len(), &self.across.windows);
        let count = sums.len() / (self.down_count() * columns);
        let mut pooled = vec![0.0; self.count() * count];
        for (at, rows) in sums.chunks_exact(self.down_count() * columns).enumerate() {
            for (down, cells) in rows.chunks_exact(columns).enumerate() {
                for (i, (left, weights)) in across.iter().enumerate() {
                    let window = down * across.len() + i;
                    let sum: f64 =
                        weights.iter().zip(&cells[*left..]).map(|(weight, cell)| weight * cell).sum();
                    pooled[window * count + at] = sum * self.reciprocal[window];
                }
            }
        }
        pooled
    }

    /// The adjoint of [`Self::pool`].
    pub(super) fn spread(&self, windows: &[f64]) -> Vec<f64> {
        let (columns, across) = (self.across.cells.len(), &self.across.windows);
        let count = windows.len() / self.count();
        let mut spread = vec![0.0; self.down_count() * columns * count];
        for (at, rows) in spread.chunks_exact_mut(self.down_count() * columns).enumerate() {
            for (down, cells) in rows.chunks_exact_mut(columns).enumerate() {
                for (i, (left, weights)) in across.iter().enumerate() {
                    let window = down * across.len() + i;
                    let by = windows[window * count + at] * self.reciprocal[window];
                    weights.iter().zip(&mut cells[*left..]).for_each(|(weight, cell)| *cell += weight * by);
                }
            }
        }
        spread
    }
}

/// Into how many spacings a side is divided when a window is two spacings wide.
fn spacings(full_px: usize, window_px: u32) -> usize {
    (2 * full_px).div_ceil(window_px.max(1) as usize).max(1)
}
