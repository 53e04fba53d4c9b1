//! Which source patch each patch of the output shows, and how the field of these choices is improved.
//!
//! PatchMatch (Barnes et al. 2009) with an occurrence penalty (Kaspar et al. 2015): a source region that is
//! used more often than its share grows dearer, so that the whole picture's patches are kept and not only
//! its cheapest ones.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::raster::{CHANNELS, Raster, UNITS};

/// Side of a compared patch, in pixels of the current level.
pub(super) const PATCH: usize = 7;
/// Side of the squares of source positions over which use is counted.
const SQUARE: usize = 4;
const NEVER: f32 = f32::INFINITY;

/// How one round of improvement searches.
#[derive(Clone, Copy)]
pub(super) struct Search {
    /// Source positions closer than this to the target position are not allowed, in pixels.
    pub(super) forbidden_px: usize,
    /// Random candidates are drawn within this distance of the best so far, halved for each next one.
    pub(super) radius_px: usize,
    /// Cost in squared grey levels of a region used twice as often as its share.
    pub(super) overuse: f32,
}

/// By how much worse than the best a match may be and still count about half, in squared grey levels.
#[derive(Clone, Copy)]
pub(super) struct Softness {
    /// However good the best is.
    pub(super) floor: f32,
    /// For each squared grey level of the best.
    pub(super) share: f32,
}

/// For every patch position of the output, by its top left corner, a patch position of the source.
pub(super) struct Field {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) source: Vec<(u32, u32)>,
    /// Mean squared difference to the chosen patch, in squared grey levels.
    pub(super) distance: Vec<f32>,
}

impl Field {
    /// A field over a `width` × `height` picture; `origin` may point outside, it is pulled in.
    pub(super) fn from_origins(
        width: usize,
        height: usize,
        origin: impl Fn(usize, usize) -> (isize, isize),
    ) -> Self {
        let (columns, rows) = (width - PATCH + 1, height - PATCH + 1);
        let mut source = Vec::with_capacity(columns * rows);
        for y in 0..rows {
            for x in 0..columns {
                let (sx, sy) = origin(x, y);
                source
                    .push((sx.clamp(0, columns as isize - 1) as u32, sy.clamp(0, rows as isize - 1) as u32));
            }
        }
        Self { columns, rows, distance: vec![0.0; source.len()], source }
    }

    /// The same arrangement on a picture of twice the size.
    pub(super) fn doubled(&self, width: usize, height: usize) -> Self {
        // A patch covers half as much there; taking the coarse patch's middle keeps the arrangement in
        // place.
        let coarse = |at: usize, limit: usize| ((at / 2).saturating_sub(PATCH / 4)).min(limit - 1);
        Self::from_origins(width, height, |x, y| {
            let (cx, cy) = (coarse(x, self.columns), coarse(y, self.rows));
            let (sx, sy) = self.source[cy * self.columns + cx];
            (2 * (sx as isize - cx as isize) + x as isize, 2 * (sy as isize - cy as isize) + y as isize)
        })
    }

    /// Two sweeps of propagation and random search of the patches of `target` in `source`.
    pub(super) fn improve(&mut self, target: &Raster, source: &Raster, search: Search, rng: &mut ChaCha8Rng) {
        let mut use_count = UseCount::new(self);
        for at in 0..self.source.len() {
            let (x, y) = (at % self.columns, at / self.columns);
            self.distance[at] = distance(target, (x, y), source, self.source[at], NEVER);
        }
        for backwards in [false, true] {
            for step in 0..self.source.len() {
                let at = if backwards { self.source.len() - 1 - step } else { step };
                self.improve_one(at, backwards, (target, source), search, &mut use_count, rng);
            }
        }
    }

    fn improve_one(
        &mut self,
        at: usize,
        backwards: bool,
        (target, source): (&Raster, &Raster),
        search: Search,
        use_count: &mut UseCount,
        rng: &mut ChaCha8Rng,
    ) {
        let (x, y) = (at % self.columns, at / self.columns);
        let home = self.source[at];
        use_count.remove(home);
        let allowed = |(sx, sy): (u32, u32)| {
            (sx as usize).abs_diff(x).max((sy as usize).abs_diff(y)) >= search.forbidden_px
        };
        let mut best = home;
        let mut best_distance = self.distance[at];
        let mut best_cost =
            if allowed(home) { best_distance + search.overuse * use_count.excess(home) } else { NEVER };
        let mut consider = |candidate: (u32, u32), best: &mut (u32, u32)| {
            if candidate == *best || !allowed(candidate) {
                return;
            }
            let dues = search.overuse * use_count.excess(candidate);
            if dues >= best_cost {
                return;
            }
            let found = distance(target, (x, y), source, candidate, best_cost - dues);
            if found + dues < best_cost {
                (*best, best_distance, best_cost) = (candidate, found, found + dues);
            }
        };
        for candidate in self.neighbours(x, y, backwards).into_iter().flatten() {
            consider(candidate, &mut best);
        }
        let mut radius = search.radius_px as i32;
        while radius >= 1 {
            let near = |v: u32, limit: usize, rng: &mut ChaCha8Rng| {
                (v as i32 + rng.random_range(-radius..=radius)).clamp(0, limit as i32 - 1) as u32
            };
            let candidate = (near(best.0, self.columns, rng), near(best.1, self.rows, rng));
            consider(candidate, &mut best);
            radius /= 2;
        }
        self.source[at] = best;
        self.distance[at] = best_distance;
        use_count.add(best);
    }

    /// What the two neighbours visited just before would suggest for (x, y).
    fn neighbours(&self, x: usize, y: usize, backwards: bool) -> [Option<(u32, u32)>; 2] {
        let step = |v: u32, limit: usize| {
            let moved = if backwards { v.checked_sub(1)? } else { v + 1 };
            ((moved as usize) < limit).then_some(moved)
        };
        let beside = |inside: bool, nx: usize, ny: usize| inside.then(|| self.source[ny * self.columns + nx]);
        let (level, upright) = if backwards {
            (beside(x + 1 < self.columns, x + 1, y), beside(y + 1 < self.rows, x, y + 1))
        } else {
            (beside(x > 0, x.wrapping_sub(1), y), beside(y > 0, x, y.wrapping_sub(1)))
        };
        [
            level.and_then(|(sx, sy)| Some((step(sx, self.columns)?, sy))),
            upright.and_then(|(sx, sy)| Some((sx, step(sy, self.rows)?))),
        ]
    }

    /// The picture the field describes: every pixel the mean of what its patches say.
    ///
    /// A patch counts by how its match compares with the best match over the same pixel, so that where
    /// patches disagree one of them wins and the picture stays sharp.
    pub(super) fn vote(&self, source: &Raster, softness: Softness) -> Raster {
        let (width, height) = (source.width, source.height);
        let best = self.best_over_pixels(width, height);
        let mut sums = vec![[0.0f32; CHANNELS + 1]; width * height];
        for (at, (&(sx, sy), &distance)) in self.source.iter().zip(&self.distance).enumerate() {
            let (x, y) = (at % self.columns, at / self.columns);
            for row in 0..PATCH {
                let from = (sy as usize + row) * width + sx as usize;
                let to = (y + row) * width + x;
                let pixels = source.pixels[from..from + PATCH].iter().zip(&best[to..to + PATCH]);
                for (sum, (pixel, best)) in sums[to..to + PATCH].iter_mut().zip(pixels) {
                    let worse = (distance - best) / (softness.floor + softness.share * best);
                    let weight = 1.0 / (1.0 + worse * worse).powi(2);
                    for channel in 0..CHANNELS {
                        sum[channel] += weight * f32::from(pixel[channel]);
                    }
                    sum[CHANNELS] += weight;
                }
            }
        }
        let pixels =
            sums.iter().map(|s| std::array::from_fn(|c| (s[c] / s[CHANNELS]).round() as i16)).collect();
        Raster { width, height, pixels }
    }

    /// For every pixel the smallest distance of the patches that cover it.
    fn best_over_pixels(&self, width: usize, height: usize) -> Vec<f32> {
        let mut along = vec![f32::INFINITY; width * self.rows];
        for (at, &distance) in self.distance.iter().enumerate() {
            let to = at / self.columns * width + at % self.columns;
            along[to..to + PATCH].iter_mut().for_each(|best| *best = best.min(distance));
        }
        let mut best = vec![f32::INFINITY; width * height];
        for y in 0..self.rows {
            for row in y..y + PATCH {
                let from = &along[y * width..(y + 1) * width];
                best[row * width..(row + 1) * width].iter_mut().zip(from).for_each(|(b, d)| *b = b.min(*d));
            }
        }
        best
    }
}

/// How often each square of source positions is used.
struct UseCount {
    columns: usize,
    counts: Vec<u16>,
}

impl UseCount {
    fn new(field: &Field) -> Self {
        let columns = field.columns.div_ceil(SQUARE);
        let mut count = Self { columns, counts: vec![0; columns * field.rows.div_ceil(SQUARE)] };
        field.source.iter().for_each(|&at| count.add(at));
        count
    }

    fn square(&self, (x, y): (u32, u32)) -> usize {
        y as usize / SQUARE * self.columns + x as usize / SQUARE
    }

    fn add(&mut self, at: (u32, u32)) {
        let square = self.square(at);
        self.counts[square] = self.counts[square].saturating_add(1);
    }

    fn remove(&mut self, at: (u32, u32)) {
        let square = self.square(at);
        self.counts[square] = self.counts[square].saturating_sub(1);
    }

    /// By how much one more use would exceed the square's share, in shares.
    fn excess(&self, at: (u32, u32)) -> f32 {
        let share = (SQUARE * SQUARE) as f32;
        (f32::from(self.counts[self.square(at)]) / share - 1.0).max(0.0)
    }
}

/// Mean squared difference of two patches in squared grey levels; anything ≥ `enough` once that is certain.
fn distance(
    target: &Raster,
    (x, y): (usize, usize),
    source: &Raster,
    (sx, sy): (u32, u32),
    enough: f32,
) -> f32 {
    const SCALE: f32 = 1.0 / (PATCH * PATCH * CHANNELS) as f32 / (UNITS as f32 * UNITS as f32);
    let mut sum = 0i32;
    for row in 0..PATCH {
        let a = target.run(x, y + row, PATCH);
        let b = source.run(sx as usize, sy as usize + row, PATCH);
        let squares = a.iter().zip(b).map(|(a, b)| {
            let d = i32::from(a.wrapping_sub(*b));
            d * d
        });
        sum += squares.sum::<i32>();
        if sum as f32 * SCALE >= enough {
            break;
        }
    }
    sum as f32 * SCALE
}
