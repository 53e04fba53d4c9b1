//! Matrix products, shaped so that the compiler makes SIMD of them: the inner loops have fixed lengths
//! and no branches.

/// Columns that are summed together: four registers of four numbers.
pub const COLUMNS: usize = 16;
/// Rows that are summed together. Two rows of sixteen sums leave room for the factors in sixteen
/// registers; with more, V8 spills (measured: 2 × 16 reaches 40 GFLOP/s where 3 × 16 reaches 27).
const ROWS: usize = 2;
/// Rows that all panels pass over before the next rows come, so that they stay in the first cache.
const BLOCK_ROWS: usize = 48;

/// Rows of numbers that lie `stride` apart.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub values: &'a [f32],
    pub stride: usize,
    pub count: usize,
}

impl<'a> Rows<'a> {
    /// Rows without gaps.
    pub fn packed(values: &'a [f32], width: usize) -> Self {
        Self { values, stride: width, count: values.len() / width }
    }

    fn row(&self, index: usize, length: usize) -> &'a [f32] {
        &self.values[index * self.stride..][..length]
    }
}

/// The right-hand factor of a product, `[depth, columns]`, cut into panels of [`COLUMNS`] columns; the
/// last is filled up with zeros.
#[derive(Debug, Clone, Default)]
pub struct Panels {
    depth: usize,
    columns: usize,
    values: Vec<f32>,
}

impl Panels {
    /// Cuts a matrix `[depth, columns]` that is given entry by entry.
    pub fn new(depth: usize, columns: usize, entry: impl Fn(usize, usize) -> f32) -> Self {
        let mut panels = Self::default();
        panels.fill(depth, columns, entry);
        panels
    }

    /// As [`new`](Self::new), in the memory that is there already.
    pub fn fill(&mut self, depth: usize, columns: usize, entry: impl Fn(usize, usize) -> f32) {
        (self.depth, self.columns) = (depth, columns);
        self.values.clear();
        self.values.resize(columns.div_ceil(COLUMNS) * depth * COLUMNS, 0.0);
        for (panel, values) in self.values.chunks_exact_mut(depth * COLUMNS).enumerate() {
            let first = panel * COLUMNS;
            for (row, sixteen) in values.as_chunks_mut::<COLUMNS>().0.iter_mut().enumerate() {
                for (place, value) in sixteen.iter_mut().take(columns - first).enumerate() {
                    *value = entry(row, first + place);
                }
            }
        }
    }

    /// Rows of the matrix.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Columns of the matrix.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// `left · self` into rows of `out` that lie `out_stride` apart. `finish` may change sixteen sums
    /// of a row before they are written; it hears their first column.
    ///
    /// # Panics
    /// When `left` or `out` is shorter than the shapes ask.
    pub fn multiply(
        &self,
        left: Rows<'_>,
        out: &mut [f32],
        out_stride: usize,
        finish: impl Fn(usize, &mut [f32; COLUMNS]),
    ) {
        for first_row in (0..left.count).step_by(BLOCK_ROWS) {
            let end_row = (first_row + BLOCK_ROWS).min(left.count);
            for (panel, values) in self.values.chunks_exact(self.depth * COLUMNS).enumerate() {
                let column = panel * COLUMNS;
                let width = COLUMNS.min(self.columns - column);
                let mut write = |row: usize, mut sums: [f32; COLUMNS]| {
                    finish(column, &mut sums);
                    out[row * out_stride + column..][..width].copy_from_slice(&sums[..width]);
                };
                let mut row = first_row;
                while row + ROWS <= end_row {
                    let [above, below] = tile([0, 1].map(|r| left.row(row + r, self.depth)), values);
                    write(row, above);
                    write(row + 1, below);
                    row += ROWS;
                }
                if row < end_row {
                    let [last] = tile([left.row(row, self.depth)], values);
                    write(row, last);
                }
            }
        }
    }
}

/// The products of `R` rows with one panel.
#[inline(always)]
fn tile<const R: usize>(rows: [&[f32]; R], panel: &[f32]) -> [[f32; COLUMNS]; R] {
    let mut sums = [[0.0; COLUMNS]; R];
    for (depth, factors) in panel.as_chunks::<COLUMNS>().0.iter().enumerate() {
        for (sums, row) in sums.iter_mut().zip(rows) {
            let value = row[depth];
            for (sum, factor) in sums.iter_mut().zip(factors) {
                *sum += value * factor;
            }
        }
    }
    sums
}
