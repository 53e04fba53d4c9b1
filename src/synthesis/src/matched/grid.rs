//! Straight cuts that divide a picture into pieces of about one size, and where each piece lies.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A cut is moved by up to this share of a piece, so that the joins of the three pictures lie in different
/// places.
const WOBBLE: f64 = 0.125;

/// The offset of a source position from the target position that shows it, in pixels: (x, y).
pub(super) type Shift = (isize, isize);

/// A grid of pieces over a picture, numbered row by row from the top left.
pub(super) struct Grid {
    /// Left edges of the columns and the picture's width, in pixels.
    pub(super) lefts: Vec<usize>,
    /// Top edges of the rows and the picture's height, in pixels.
    pub(super) tops: Vec<usize>,
}

/// A rectangle of a picture in pixels; right and bottom are exclusive.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) right: usize,
    pub(super) bottom: usize,
}

impl Cell {
    pub(super) fn width(self) -> usize {
        self.right - self.left
    }

    pub(super) fn height(self) -> usize {
        self.bottom - self.top
    }
}

impl Grid {
    /// Cuts a picture of `width` × `height` pixels into pieces of about `piece_px`, at least two each way.
    pub(super) fn cut(width: usize, height: usize, piece_px: usize, rng: &mut ChaCha8Rng) -> Self {
        Self { lefts: cuts(width, piece_px, rng), tops: cuts(height, piece_px, rng) }
    }

    pub(super) fn columns(&self) -> usize {
        self.lefts.len() - 1
    }

    pub(super) fn rows(&self) -> usize {
        self.tops.len() - 1
    }

    /// Number of pieces.
    pub(super) fn len(&self) -> usize {
        self.columns() * self.rows()
    }

    pub(super) fn cell(&self, index: usize) -> Cell {
        let (column, row) = (index % self.columns(), index / self.columns());
        Cell {
            left: self.lefts[column],
            top: self.tops[row],
            right: self.lefts[column + 1],
            bottom: self.tops[row + 1],
        }
    }

    /// The middle of a piece in pixels: (x, y).
    pub(super) fn middle(&self, index: usize) -> (isize, isize) {
        let cell = self.cell(index);
        (usize::midpoint(cell.left, cell.right) as isize, usize::midpoint(cell.top, cell.bottom) as isize)
    }

    /// The shift that lays the middle of `piece` on the middle of `place`.
    pub(super) fn shift(&self, piece: usize, place: usize) -> Shift {
        let ((from_x, from_y), (to_x, to_y)) = (self.middle(piece), self.middle(place));
        (from_x - to_x, from_y - to_y)
    }
}

/// Edges that divide `length` into pieces of about `piece_px`.
fn cuts(length: usize, piece_px: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let pieces = ((length as f64 / piece_px as f64).round() as usize).max(2);
    let wobble = ((length / pieces) as f64 * WOBBLE) as i32;
    (0..=pieces)
        .map(|i| {
            let even = (i * length / pieces) as i32;
            let moved = if i == 0 || i == pieces { even } else { even + rng.random_range(-wobble..=wobble) };
            moved as usize
        })
        .collect()
}
