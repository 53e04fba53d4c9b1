//! The first arrangement: every piece of the source is used exactly once, in another place, beside pieces it
//! goes with.

use gestalt_types::random::shuffle;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::raster::{CHANNELS, Raster};

/// Proposed swaps for each piece while the arrangement cools.
const SWAPS_PER_PIECE: usize = 500;

/// How much it matters, against the seams, that the coarse colours of the arrangement correlate neither
/// positively nor negatively with those of the source. Keeping pieces from their places alone would make the
/// intact picture the odd one out by its blurred colours.
const LIKENESS_WEIGHT: f64 = 2.0;

/// A grid of pieces over a picture; every piece has a place it came from and a place it goes to.
pub(super) struct Jigsaw {
    columns: usize,
    rows: usize,
    /// Left edges of the columns and the picture's width, in pixels.
    lefts: Vec<usize>,
    /// Top edges of the rows and the picture's height, in pixels.
    tops: Vec<usize>,
    /// Which source cell lies in each place.
    piece_at: Vec<usize>,
}

impl Jigsaw {
    /// Cuts `source` into pieces of about `piece_px` and arranges them by simulated annealing of the seams.
    pub(super) fn arrange(source: &Raster, piece_px: usize, rng: &mut ChaCha8Rng) -> Self {
        let (lefts, tops) = (cuts(source.width, piece_px, rng), cuts(source.height, piece_px, rng));
        let (columns, rows) = (lefts.len() - 1, tops.len() - 1);
        let mut piece_at: Vec<usize> = (0..columns * rows).collect();
        shuffle(&mut piece_at, rng);
        let mut jigsaw = Self { columns, rows, lefts, tops, piece_at };
        jigsaw.anneal(source, (piece_px / 4).max(1), rng);
        jigsaw
    }

    /// Where in the source the pixel `at` comes from when it moves with the piece that covers (x, y); may
    /// lie a little outside.
    pub(super) fn origin(&self, x: usize, y: usize, at: (usize, usize)) -> (isize, isize) {
        let (column, row) = (cell(&self.lefts, x), cell(&self.tops, y));
        let (dx, dy) = self.shift(row * self.columns + column);
        (at.0 as isize + dx, at.1 as isize + dy)
    }

    /// Source minus target position of the piece in a place; centres are laid on centres.
    fn shift(&self, place: usize) -> (isize, isize) {
        let piece = self.piece_at[place];
        let middle = |edges: &[usize], i: usize| ((edges[i] + edges[i + 1]) / 2) as isize;
        (
            middle(&self.lefts, piece % self.columns) - middle(&self.lefts, place % self.columns),
            middle(&self.tops, piece / self.columns) - middle(&self.tops, place / self.columns),
        )
    }

    fn anneal(&mut self, source: &Raster, margin: usize, rng: &mut ChaCha8Rng) {
        let seams = Seams::new(source, margin, piece_limit(&self.lefts).max(piece_limit(&self.tops)));
        let colours = self.colours(source);
        let places = self.piece_at.len();
        let typical =
            (0..places).map(|p| self.energy_around(p, &seams, 0.0)).sum::<f64>() / places as f64 + 1.0;
        let likeness_weight = LIKENESS_WEIGHT * typical * places as f64;
        let mut likeness: f64 = (0..places).map(|place| self.likeness(place, &colours)).sum();
        let swaps = SWAPS_PER_PIECE * places;
        for swap in 0..swaps {
            let heat = typical * 0.5 * 0.004_f64.powf(swap as f64 / swaps as f64);
            let (a, b) =
                (rng.random_range(0..places as u32) as usize, rng.random_range(0..places as u32) as usize);
            if a == b {
                continue;
            }
            let around = |jigsaw: &Self| {
                let seams =
                    jigsaw.energy_around(a, &seams, typical) + jigsaw.energy_around(b, &seams, typical);
                (seams, jigsaw.likeness(a, &colours) + jigsaw.likeness(b, &colours))
            };
            let (seams_before, like_before) = around(self);
            self.piece_at.swap(a, b);
            let (seams_after, like_after) = around(self);
            let changed = likeness + like_after - like_before;
            let gain = seams_after - seams_before + likeness_weight * (changed.powi(2) - likeness.powi(2));
            if gain > 0.0 && rng.random::<f64>() >= (-gain / heat).exp() {
                self.piece_at.swap(a, b);
            } else {
                likeness = changed;
            }
        }
    }

    /// Mean colour of every piece, less the mean of all, scaled so that the squares of all sum to 1.
    fn colours(&self, source: &Raster) -> Vec<[f64; 3]> {
        let mut colours: Vec<[f64; 3]> = (0..self.piece_at.len())
            .map(|piece| {
                let (column, row) = (piece % self.columns, piece / self.columns);
                let (left, width) = (self.lefts[column], self.lefts[column + 1] - self.lefts[column]);
                let (top, height) = (self.tops[row], self.tops[row + 1] - self.tops[row]);
                let mut sum = [0.0; 3];
                for pixel in
                    (top..top + height).flat_map(|y| source.run(left, y, width).chunks_exact(CHANNELS))
                {
                    (0..3).for_each(|channel| sum[channel] += f64::from(pixel[channel]));
                }
                sum.map(|total| total / (width * height).max(1) as f64)
            })
            .collect();
        for channel in 0..3 {
            let mean = colours.iter().map(|c| c[channel]).sum::<f64>() / colours.len() as f64;
            colours.iter_mut().for_each(|colour| colour[channel] -= mean);
        }
        let length = colours.iter().flatten().map(|v| v * v).sum::<f64>().sqrt().max(1.0);
        colours.iter_mut().flatten().for_each(|v| *v /= length);
        colours
    }

    /// A place's share of the correlation between the colours of the arrangement and those of the source.
    fn likeness(&self, place: usize, colours: &[[f64; 3]]) -> f64 {
        colours[place].iter().zip(&colours[self.piece_at[place]]).map(|(here, there)| here * there).sum()
    }

    /// What the piece in a place costs: its seams, and `penalty` for lying at home or beside its old
    /// neighbour.
    fn energy_around(&self, place: usize, seams: &Seams, penalty: f64) -> f64 {
        let (column, row) = (place % self.columns, place / self.columns);
        let mut energy = if self.piece_at[place] == place { penalty * 4.0 } else { 0.0 };
        // The grid wraps around: a part cut off by the border costs as much as one cut off inside, so that
        // parts are not drawn to the border and the ground to the middle.
        let left = row * self.columns + (column + self.columns - 1) % self.columns;
        let right = row * self.columns + (column + 1) % self.columns;
        let above = (row + self.rows - 1) % self.rows * self.columns + column;
        let below = (row + 1) % self.rows * self.columns + column;
        energy +=
            self.seam_across(left, place, seams, penalty) + self.seam_across(place, right, seams, penalty);
        energy += self.seam_down(above, place, seams, penalty) + self.seam_down(place, below, seams, penalty);
        energy
    }

    /// Mismatch along the edge between two places, `right` being the next in its row or, around the border,
    /// the first.
    fn seam_across(&self, left: usize, right: usize, seams: &Seams, penalty: f64) -> f64 {
        let (a, b) = (self.shift(left), self.shift(right));
        let row = left / self.columns;
        let (x, y) = (self.lefts[left % self.columns + 1] as isize, self.tops[row] as isize);
        let right_x = self.lefts[right % self.columns] as isize;
        let length = self.tops[row + 1] - self.tops[row];
        let mismatch = seams.upright((x + a.0, y + a.1), (right_x + b.0, y + b.1), length);
        mismatch + if self.piece_at[left] + 1 == self.piece_at[right] { penalty } else { 0.0 }
    }

    /// Mismatch along the edge between two places, `below` being the next in its column or, around the
    /// border, the first.
    fn seam_down(&self, above: usize, below: usize, seams: &Seams, penalty: f64) -> f64 {
        let (a, b) = (self.shift(above), self.shift(below));
        let column = above % self.columns;
        let (x, y) = (self.lefts[column] as isize, self.tops[above / self.columns + 1] as isize);
        let below_y = self.tops[below / self.columns] as isize;
        let length = self.lefts[column + 1] - self.lefts[column];
        let mismatch = seams.level((x + a.0, y + a.1), (x + b.0, below_y + b.1), length);
        mismatch + if self.piece_at[above] + self.columns == self.piece_at[below] { penalty } else { 0.0 }
    }
}

/// Compares what two pieces would show along their common edge, a little beyond it on both sides.
struct Seams {
    source: Raster,
    margin: isize,
    pad: isize,
}

impl Seams {
    fn new(source: &Raster, margin: usize, piece_limit: usize) -> Self {
        let pad = margin + piece_limit;
        Self { source: source.padded(pad), margin: margin as isize, pad: pad as isize }
    }

    fn upright(&self, a: (isize, isize), b: (isize, isize), length: usize) -> f64 {
        self.region((a.0 - self.margin, a.1), (b.0 - self.margin, b.1), 2 * self.margin as usize, length)
    }

    fn level(&self, a: (isize, isize), b: (isize, isize), length: usize) -> f64 {
        self.region((a.0, a.1 - self.margin), (b.0, b.1 - self.margin), length, 2 * self.margin as usize)
    }

    fn region(&self, a: (isize, isize), b: (isize, isize), width: usize, height: usize) -> f64 {
        let at = |(x, y): (isize, isize)| ((x + self.pad).max(0) as usize, (y + self.pad).max(0) as usize);
        let ((ax, ay), (bx, by)) = (at(a), at(b));
        let fit = |v: usize, length: usize, limit: usize| v.min(limit - length);
        let (ax, bx) = (fit(ax, width, self.source.width), fit(bx, width, self.source.width));
        let (ay, by) = (fit(ay, height, self.source.height), fit(by, height, self.source.height));
        let sum: i64 = (0..height)
            .map(|row| {
                let (a, b) = (self.source.run(ax, ay + row, width), self.source.run(bx, by + row, width));
                a.iter().zip(b).map(|(a, b)| i64::from(i32::from(*a) - i32::from(*b)).pow(2)).sum::<i64>()
            })
            .sum();
        // The root lets one glaring seam weigh like a few middling ones, not like hundreds.
        (sum as f64 / (width * height) as f64).sqrt() * width.max(height) as f64
    }
}

/// Edges that divide `length` into pieces of about `piece_px`, each moved by up to an eighth of a piece.
fn cuts(length: usize, piece_px: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let pieces = ((length as f64 / piece_px as f64).round() as usize).max(2);
    let wobble = (length / pieces / 8) as i32;
    (0..=pieces)
        .map(|i| {
            let even = (i * length / pieces) as i32;
            let moved = if i == 0 || i == pieces { even } else { even + rng.random_range(-wobble..=wobble) };
            moved as usize
        })
        .collect()
}

fn cell(edges: &[usize], at: usize) -> usize {
    edges.partition_point(|edge| *edge <= at).clamp(1, edges.len() - 1) - 1
}

fn piece_limit(edges: &[usize]) -> usize {
    edges.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(1)
}
