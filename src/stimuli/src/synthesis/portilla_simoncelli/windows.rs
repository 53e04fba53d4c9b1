//! Where statistics are pooled: over the whole picture, or over smooth overlapping windows (Freeman & Simoncelli 2011).

use std::ops::Range;

use libm::cos;

/// Steps in which a window rises from 0 to 1. Within a step of a level's pixels its weight is constant, so that products are summed
/// over small cells first and windows only combine the cells.
const STEPS: usize = 4;

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

    /// `spacings` + 1 windows, centred on the multiples of length / spacings; each falls to 0 at its neighbours' centres.
    fn windows(length: usize, spacings: usize) -> Self {
        let count = length.min(STEPS * spacings);
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
}

/// The windows over the pixels of one level.
pub(super) struct Windows {
    across: Axis,
    down: Axis,
    /// For each window the reciprocal of the sum of its weights over the pixels.
    reciprocal: Vec<f64>,
    /// For each window its share of the pixels; sums to one.
    pub(super) share: Vec<f64>,
}

impl Windows {
    /// Windows of the picture of `full` size over a level of `width` × `height`. `None` is one window over everything.
    pub(super) fn new(full: (usize, usize), (width, height): (usize, usize), window_px: Option<u32>) -> Self {
        let axis = |full_px: usize, length: usize| match window_px {
            Some(px) => Axis::windows(length, spacings(full_px, px)),
            None => Axis::whole(length),
        };
        let mut windows = Self {
            across: axis(full.0, width),
            down: axis(full.1, height),
            reciprocal: Vec::new(),
            share: Vec::new(),
        };
        let pixels: Vec<f64> =
            windows.cells().map(|(rows, columns)| (rows.len() * columns.len()) as f64).collect();
        windows.reciprocal = vec![1.0; windows.down.windows.len() * windows.across.windows.len()];
        let sums = windows.pool(&pixels, 1);
        windows.share = sums.iter().map(|sum| sum / (width * height) as f64).collect();
        windows.reciprocal = sums.iter().map(|sum| if *sum > 0.0 { 1.0 / sum } else { 0.0 }).collect();
        windows
    }

    /// How many windows there are.
    pub(super) fn count(&self) -> usize {
        self.reciprocal.len()
    }

    /// How many cells there are.
    pub(super) fn cell_count(&self) -> usize {
        self.across.cells.len() * self.down.cells.len()
    }

    /// The rows and columns of every cell, row by row.
    pub(super) fn cells(&self) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        self.down.cells.iter().flat_map(|rows| self.across.cells.iter().map(|c| (rows.clone(), c.clone())))
    }

    /// Weighted means over the windows, [windows × count], of sums over the cells, [cells × count].
    pub(super) fn pool(&self, cells: &[f64], count: usize) -> Vec<f64> {
        let mut pooled = vec![0.0; self.count() * count];
        self.for_each(|window, cell, weight| {
            for k in 0..count {
                pooled[window * count + k] += weight * cells[cell * count + k];
            }
        });
        pooled
    }

    /// The adjoint of [`Self::pool`].
    pub(super) fn spread(&self, windows: &[f64], count: usize) -> Vec<f64> {
        let mut spread = vec![0.0; self.cell_count() * count];
        self.for_each(|window, cell, weight| {
            for k in 0..count {
                spread[cell * count + k] += weight * windows[window * count + k];
            }
        });
        spread
    }

    /// Calls `f` with every window, every cell that it covers, and the weight.
    fn for_each(&self, mut f: impl FnMut(usize, usize, f64)) {
        let columns = self.across.cells.len();
        for (j, (top, down)) in self.down.windows.iter().enumerate() {
            for (i, (left, across)) in self.across.windows.iter().enumerate() {
                let window = j * self.across.windows.len() + i;
                for (y, weight_y) in down.iter().enumerate() {
                    for (x, weight_x) in across.iter().enumerate() {
                        let cell = (top + y) * columns + left + x;
                        f(window, cell, weight_y * weight_x * self.reciprocal[window]);
                    }
                }
            }
        }
    }
}

/// Into how many spacings a side is divided when a window is two spacings wide.
fn spacings(full_px: usize, window_px: u32) -> usize {
    (2 * full_px).div_ceil(window_px.max(1) as usize).max(1)
}
