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
        let pixels: Vec<f64> = windows
            .bands()
            .iter()
            .flat_map(|rows| windows.across().iter().map(|columns| (rows.len() * columns.len()) as f64))
            .collect();
        windows.reciprocal = vec![1.0; windows.down.windows.len() * windows.across.windows.len()];
        let sums = windows.pool(&pixels);
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

    /// The rows of each band of cells.
    pub(super) fn bands(&self) -> &[Range<usize>] {
        &self.down.cells
    }

    /// The columns of the cells of a band. Cells are counted band by band.
    pub(super) fn across(&self) -> &[Range<usize>] {
        &self.across.cells
    }

    /// For each column of pixels its cell's number in a band, times `factor`; of [count × cells] the numbers of `at`.
    pub(super) fn stretched(&self, cells: &[f64], at: usize, band: usize, factor: f64) -> Vec<f32> {
        let across = self.across();
        let mut row = Vec::with_capacity(across.last().map_or(0, |columns| columns.end));
        let of_band = &cells[at * self.cell_count() + band * across.len()..];
        for (number, columns) in of_band.iter().zip(across) {
            row.resize(columns.end, (factor * number) as f32);
        }
        row
    }

    /// Weighted means over the windows, [windows × count], of sums over the cells, [count × cells].
    pub(super) fn pool(&self, cells: &[f64]) -> Vec<f64> {
        let (columns, across) = (self.across.cells.len(), &self.across.windows);
        let count = cells.len() / self.cell_count();
        let mut pooled = vec![0.0; self.count() * count];
        let mut bands = vec![0.0; self.down.cells.len() * across.len()];
        for (at, cells) in cells.chunks_exact(self.cell_count()).enumerate() {
            for (sums, band) in bands.chunks_exact_mut(across.len()).zip(cells.chunks_exact(columns)) {
                for (sum, (left, weights)) in sums.iter_mut().zip(across) {
                    *sum = weights.iter().zip(&band[*left..]).map(|(weight, cell)| weight * cell).sum();
                }
            }
            for (j, (top, weights)) in self.down.windows.iter().enumerate() {
                for i in 0..across.len() {
                    let window = j * across.len() + i;
                    let below = bands[top * across.len() + i..].iter().step_by(across.len());
                    let sum: f64 = weights.iter().zip(below).map(|(weight, sum)| weight * sum).sum();
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
        let mut spread = vec![0.0; self.cell_count() * count];
        let mut bands = vec![0.0; self.down.cells.len() * across.len()];
        for (at, cells) in spread.chunks_exact_mut(self.cell_count()).enumerate() {
            bands.fill(0.0);
            for (j, (top, weights)) in self.down.windows.iter().enumerate() {
                for i in 0..across.len() {
                    let window = j * across.len() + i;
                    let by = windows[window * count + at] * self.reciprocal[window];
                    let below = bands[top * across.len() + i..].iter_mut().step_by(across.len());
                    weights.iter().zip(below).for_each(|(weight, sum)| *sum += weight * by);
                }
            }
            for (sums, band) in bands.chunks_exact(across.len()).zip(cells.chunks_exact_mut(columns)) {
                for (sum, (left, weights)) in sums.iter().zip(across) {
                    weights.iter().zip(&mut band[*left..]).for_each(|(weight, cell)| *cell += weight * sum);
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
