//! Where the pieces of a distortion go: beside pieces that they fit, away from their own place and old
//! neighbours.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::Fit;
use super::grid::{Cell, Grid};
use super::joins::Joins;
use crate::raster::{CHANNELS, Raster};

/// Proposed swaps for each piece while the arrangement cools.
const SWAPS_PER_PIECE: usize = 200;
/// Heat at the start, in costs of a typical piece, and what is left of it at the end.
const HEAT: (f64, f64) = (0.5, 0.004);
/// How much it matters, against the joins, that the coarse colours of the arrangement do not correlate with
/// those of the source. Keeping pieces from their places alone would make the intact picture the odd one out
/// by its blurred colours.
const LIKENESS_WEIGHT: f64 = 2.0;
/// Below this many grey levels a join costs nothing: what cannot be seen need not be avoided.
const LEAST_COST: f64 = 0.5;

/// Arranges `pieces`, one for each place of the grid, by simulated annealing. Where chance decides, joins
/// cost nothing, and the order is random but for the places and neighbours that are kept apart.
pub(super) fn arranged(
    source: &Raster,
    grid: &Grid,
    mut pieces: Vec<usize>,
    fit: Fit,
    rng: &mut ChaCha8Rng,
) -> Vec<usize> {
    for last in (1..pieces.len()).rev() {
        pieces.swap(last, rng.random_range(0..=last as u32) as usize);
    }
    let joins = (fit == Fit::Beside).then(|| Joins::new(source, grid));
    let mut arrangement = Arrangement { grid, joins, colours: colours(source, grid), pieces };
    arrangement.anneal(rng);
    arrangement.pieces
}

struct Arrangement<'a> {
    grid: &'a Grid,
    joins: Option<Joins<'a>>,
    colours: Vec<[f64; 3]>,
    /// Which piece lies in each place.
    pieces: Vec<usize>,
}

impl Arrangement<'_> {
    fn anneal(&mut self, rng: &mut ChaCha8Rng) {
        let places = self.pieces.len();
        let typical =
            (0..places).map(|place| self.cost(place, 0.0)).sum::<f64>() / places as f64 + LEAST_COST;
        let likeness_weight = LIKENESS_WEIGHT * typical * places as f64;
        let mut likeness: f64 = (0..places).map(|place| self.likeness(place)).sum();
        let swaps = SWAPS_PER_PIECE * places;
        for swap in 0..swaps {
            let heat = typical * HEAT.0 * libm::pow(HEAT.1, swap as f64 / swaps as f64);
            let [a, b] = [0, 1].map(|_| rng.random_range(0..places as u32) as usize);
            if self.pieces[a] == self.pieces[b] {
                continue;
            }
            let both = |this: &Self| {
                (this.cost(a, typical) + this.cost(b, typical), this.likeness(a) + this.likeness(b))
            };
            let (cost_before, like_before) = both(self);
            self.pieces.swap(a, b);
            let (cost_after, like_after) = both(self);
            let changed = likeness + like_after - like_before;
            let rise = cost_after - cost_before + likeness_weight * (changed.powi(2) - likeness.powi(2));
            if rise > 0.0 && rng.random::<f64>() >= libm::exp(-rise / heat) {
                self.pieces.swap(a, b);
            } else {
                likeness = changed;
            }
        }
    }

    /// What the piece in a place costs: its joins, and `penalty` for lying at home, beside its old
    /// neighbour, or beside a copy of itself.
    fn cost(&self, place: usize, penalty: f64) -> f64 {
        let (columns, rows) = (self.grid.columns(), self.grid.rows());
        let (column, row) = (place % columns, place / columns);
        let mut cost = if self.pieces[place] == place { 4.0 * penalty } else { 0.0 };
        if column > 0 {
            cost += self.across(place - 1, penalty);
        }
        if column + 1 < columns {
            cost += self.across(place, penalty);
        }
        if row > 0 {
            cost += self.down(place - columns, penalty);
        }
        if row + 1 < rows {
            cost += self.down(place, penalty);
        }
        cost
    }

    fn across(&self, left: usize, penalty: f64) -> f64 {
        let (a, b) = (self.pieces[left], self.pieces[left + 1]);
        let were_neighbours = a == b || (a + 1 == b && b % self.grid.columns() != 0);
        let [at_a, at_b] = [self.grid.shift(a, left), self.grid.shift(b, left + 1)];
        let join = self.joins.as_ref().map_or(0.0, |joins| joins.across(left, at_a, at_b));
        join + if were_neighbours { penalty } else { 0.0 }
    }

    fn down(&self, above: usize, penalty: f64) -> f64 {
        let below = above + self.grid.columns();
        let (a, b) = (self.pieces[above], self.pieces[below]);
        let were_neighbours = a == b || a + self.grid.columns() == b;
        let [at_a, at_b] = [self.grid.shift(a, above), self.grid.shift(b, below)];
        let join = self.joins.as_ref().map_or(0.0, |joins| joins.down(above, at_a, at_b));
        join + if were_neighbours { penalty } else { 0.0 }
    }

    /// A place's share of the correlation between the colours of the arrangement and those of the source.
    fn likeness(&self, place: usize) -> f64 {
        self.colours[place].iter().zip(&self.colours[self.pieces[place]]).map(|(a, b)| a * b).sum()
    }
}

/// Mean colour of every piece less the mean of all, scaled so that the squares of all sum to 1; 0 where all
/// are alike.
fn colours(source: &Raster, grid: &Grid) -> Vec<[f64; 3]> {
    let mut colours: Vec<[f64; 3]> =
        (0..grid.len()).map(|piece| mean_colour(source, grid.cell(piece))).collect();
    for channel in 0..3 {
        let mean = colours.iter().map(|colour| colour[channel]).sum::<f64>() / colours.len() as f64;
        colours.iter_mut().for_each(|colour| colour[channel] -= mean);
    }
    let length = colours.iter().flatten().map(|v| v * v).sum::<f64>().sqrt().max(1.0);
    colours.iter_mut().flatten().for_each(|v| *v /= length);
    colours
}

fn mean_colour(source: &Raster, cell: Cell) -> [f64; 3] {
    let mut sum = [0.0; 3];
    for y in cell.top..cell.bottom {
        for pixel in source.run(cell.left, y, cell.width()).chunks_exact(CHANNELS) {
            (0..3).for_each(|channel| sum[channel] += f64::from(pixel[channel]));
        }
    }
    sum.map(|total| total / (cell.width() * cell.height()).max(1) as f64)
}
