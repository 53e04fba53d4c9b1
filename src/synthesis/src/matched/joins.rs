//! What the joins between pieces look like: how badly two pieces go together, and the picture that the
//! pieces make.

use image::{Rgb, RgbImage};

use super::grid::{Cell, Grid, Shift};
use crate::raster::{CHANNELS, Raster, UNITS};

/// Half the width of the strip along a join in which two pieces are compared, in pixels.
const STRIP_PX: usize = 2;
/// Width of the band along a join in which one piece fades into the next, in pixels.
const FADE_PX: usize = 4;

/// Compares what two pieces would show along their common edge.
pub(super) struct Joins<'a> {
    grid: &'a Grid,
    source: Raster,
    pad: usize,
}

impl<'a> Joins<'a> {
    /// Joins of pieces of `source` that are shifted to places up to a picture away.
    pub(super) fn new(source: &Raster, grid: &'a Grid) -> Self {
        let largest = |edges: &[usize]| edges.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(1);
        let pad = largest(&grid.lefts).max(largest(&grid.tops)) + STRIP_PX;
        Self { grid, source: source.padded(pad), pad }
    }

    /// Root mean squared difference in grey levels between what the pieces of the place `left` and of the
    /// next place in its row show along their join, the pieces being shifted by `a` and `b`.
    pub(super) fn across(&self, left: usize, a: Shift, b: Shift) -> f64 {
        let cell = self.grid.cell(left);
        self.difference(Cell { left: cell.right - STRIP_PX, right: cell.right + STRIP_PX, ..cell }, a, b)
    }

    /// The same for the place `above` and the place below it.
    pub(super) fn down(&self, above: usize, a: Shift, b: Shift) -> f64 {
        let cell = self.grid.cell(above);
        self.difference(Cell { top: cell.bottom - STRIP_PX, bottom: cell.bottom + STRIP_PX, ..cell }, a, b)
    }

    /// Mean difference over all joins when the piece in every place is shifted by that place's shift, in
    /// grey levels.
    pub(super) fn mismatch(&self, shifts: &[Shift]) -> f64 {
        let (columns, rows) = (self.grid.columns(), self.grid.rows());
        let (mut sum, mut joins) = (0.0, 0usize);
        for place in 0..self.grid.len() {
            if place % columns + 1 < columns {
                sum += self.across(place, shifts[place], shifts[place + 1]);
                joins += 1;
            }
            if place / columns + 1 < rows {
                sum += self.down(place, shifts[place], shifts[place + columns]);
                joins += 1;
            }
        }
        sum / joins.max(1) as f64
    }

    fn difference(&self, strip: Cell, a: Shift, b: Shift) -> f64 {
        let (width, height) = (strip.width(), strip.height());
        let inside = |at: usize, shift: isize, length: usize, limit: usize| {
            ((at + self.pad) as isize + shift).clamp(0, (limit - length) as isize) as usize
        };
        let corner = |(dx, dy): Shift| {
            (
                inside(strip.left, dx, width, self.source.width),
                inside(strip.top, dy, height, self.source.height),
            )
        };
        let ((ax, ay), (bx, by)) = (corner(a), corner(b));
        let mut sum = 0i64;
        for row in 0..height {
            let (a, b) = (self.source.run(ax, ay + row, width), self.source.run(bx, by + row, width));
            for (a, b) in a.chunks_exact(CHANNELS).zip(b.chunks_exact(CHANNELS)) {
                sum += (0..3).map(|c| i64::from(i32::from(a[c]) - i32::from(b[c])).pow(2)).sum::<i64>();
            }
        }
        (sum as f64 / (width * height * 3) as f64).sqrt() / f64::from(UNITS)
    }
}

/// The picture that shows in every place of `grid` its piece of `source`, shifted; neighbours fade into each
/// other. Beyond the border the source is mirrored.
pub(super) fn joined(source: &RgbImage, grid: &Grid, shifts: &[Shift]) -> RgbImage {
    let (width, height) = (source.width() as usize, source.height() as usize);
    let mut sums = vec![[0u32; 4]; width * height];
    for (place, shift) in shifts.iter().enumerate() {
        let cell = grid.cell(place);
        for y in cell.top.saturating_sub(FADE_PX / 2)..(cell.bottom + FADE_PX / 2).min(height) {
            let down = fade(y, cell.top, cell.bottom, height);
            for x in cell.left.saturating_sub(FADE_PX / 2)..(cell.right + FADE_PX / 2).min(width) {
                let weight = down * fade(x, cell.left, cell.right, width);
                let pixel = source
                    .get_pixel(mirrored(x as isize + shift.0, width), mirrored(y as isize + shift.1, height));
                let sum = &mut sums[y * width + x];
                (0..3).for_each(|c| sum[c] += weight * u32::from(pixel[c]));
                sum[3] += weight;
            }
        }
    }
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let sum = sums[y as usize * width + x as usize];
        Rgb([0, 1, 2].map(|c| ((sum[c] + sum[3] / 2) / sum[3].max(1)) as u8))
    })
}

/// Twice the fade's width, in the middle of a piece; less where it fades in or out, along one axis.
fn fade(at: usize, start: usize, end: usize, limit: usize) -> u32 {
    let full = 2 * FADE_PX as isize;
    let inwards = |distance: isize| (2 * distance + 1 + FADE_PX as isize).clamp(0, full);
    let from_start = if start == 0 { full } else { inwards(at as isize - start as isize) };
    let from_end = if end == limit { full } else { inwards(end as isize - 1 - at as isize) };
    from_start.min(from_end) as u32
}

/// The position inside 0..length that a mirror at each border shows.
pub(super) fn mirrored(at: isize, length: usize) -> u32 {
    let period = (2 * length as isize - 2).max(1);
    let at = at.rem_euclid(period);
    (if at < length as isize { at } else { period - at }) as u32
}
