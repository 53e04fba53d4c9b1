//! Patch synthesis with matched traces: all three pictures of a trial are put together from pieces by one
//! program.
//!
//! The picture is cut into pieces of about the scale. A distortion lays them out in another arrangement. The
//! intact picture is cut as well, at other joins, and put together in place, every piece a few pixels off,
//! so that its joins are of the same kind and about as bad. What differs between the three is then the
//! arrangement, and a local-only observer has two things left to go by:
//!
//! - Joins between parts that were never neighbours look unlike anything in the intact picture, in both
//!   distortions alike. Pieces are arranged so that they fit their neighbours, which makes this small.
//! - What remains would still make the two distortions more like each other than like the intact picture. So
//!   a share of the pieces is exchanged ([`exchange`]): one distortion shows them twice, the other not at
//!   all. That takes the distortions apart, until none of the three is odd by its local content.
//!   `docs/validity.md` measures it.

mod arrangement;
mod exchange;
mod grid;
mod joins;

use gestalt_types::random::derived_seed;
use image::RgbImage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use self::exchange::Exchange;
use self::grid::{Grid, Shift};
use self::joins::{Joins, joined, mirrored};
use crate::coverage::Coverage;
use crate::raster::Raster;
use crate::triplets::Triplet;

/// Smaller pieces are no pieces: there is nothing to rearrange.
const LEAST_PIECE_PX: usize = 8;
/// The intact picture's pieces are shifted by at most this share of a piece.
const MOST_SHIFT: f64 = 0.25;

/// How the pieces of a distortion are chosen and laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Layout {
    /// Width of a piece in pixels, at least [`LEAST_PIECE_PX`].
    pub(crate) piece_px: usize,
    fit: Fit,
}

/// Which pieces lie beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Pieces that fit each other.
    Beside,
    /// Chance decides.
    ByChance,
}

impl Fit {
    /// Share of the pieces that one distortion shows twice and the other not at all: about the least at
    /// which bags of patches up to half the scale guess on rendered scenes (`docs/validity.md`). Pieces that
    /// do not fit need more.
    fn exchanged(self) -> f64 {
        match self {
            Fit::Beside => 0.125,
            Fit::ByChance => 0.1875,
        }
    }
}

impl Layout {
    /// Pieces of about `scale_px`, at most half the shorter side; `None` for a picture too small to be cut.
    pub(crate) fn of(picture: &RgbImage, scale_px: u32, fit: Fit) -> Option<Self> {
        let piece_px = scale_px.min(picture.width().min(picture.height()) / 2) as usize;
        (piece_px >= LEAST_PIECE_PX).then_some(Self { piece_px, fit })
    }
}

/// A picture put together from pieces, with the numbers that describe it.
struct Assembly {
    picture: RgbImage,
    /// How often each position of the source is shown.
    times: Vec<u16>,
    /// Mean difference across its joins in grey levels.
    mismatch: f64,
}

/// The three pictures of a trial; the same for the same picture, layout and seed.
pub(crate) fn triplet(intact: &RgbImage, layout: Layout, seed: u64) -> Triplet {
    let [first, second] = [0, 1].map(|which| distortion(intact, layout, seed, which));
    let wanted = f64::midpoint(first.mismatch, second.mismatch);
    let in_place = in_place(intact, layout.piece_px, wanted, derived_seed(seed, 3));
    let together: Vec<u16> = first.times.iter().zip(&second.times).map(|(a, b)| a + b).collect();
    let coverage = [&first.times, &second.times, &together].map(|times| Coverage::of(times));
    Triplet { intact: in_place, distortions: [first.picture, second.picture], coverage: Some(coverage) }
}

/// One distortion alone, the same as the first of [`triplet`].
pub(crate) fn distorted(intact: &RgbImage, layout: Layout, seed: u64) -> RgbImage {
    distortion(intact, layout, seed, 0).picture
}

fn distortion(intact: &RgbImage, layout: Layout, seed: u64, which: u64) -> Assembly {
    // Both distortions draw the same field and the same number of pieces.
    let mut common = ChaCha8Rng::seed_from_u64(derived_seed(seed, 2));
    let exchange = Exchange::new(layout.piece_px, &mut common);
    let chance: f64 = common.random();
    let mut rng = ChaCha8Rng::seed_from_u64(derived_seed(seed, which));
    let source = Raster::from_rgb(intact);
    let grid = Grid::cut(source.width, source.height, layout.piece_px, &mut rng);
    let doubled = (layout.fit.exchanged() * grid.len() as f64 + chance) as usize;
    let pieces = exchange.pieces(&grid, doubled, which == 1);
    let pieces = arrangement::arranged(&source, &grid, pieces, layout.fit, &mut rng);
    let shifts: Vec<Shift> =
        pieces.iter().enumerate().map(|(place, piece)| grid.shift(*piece, place)).collect();
    let mismatch = Joins::new(&source, &grid).mismatch(&shifts);
    Assembly { picture: joined(intact, &grid, &shifts), times: times(intact, &grid, &shifts), mismatch }
}

/// The picture put together from its own pieces in place, each shifted at random, on average as far as
/// brings the difference across its joins nearest to `wanted` grey levels.
fn in_place(intact: &RgbImage, piece_px: usize, wanted: f64, seed: u64) -> RgbImage {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let source = Raster::from_rgb(intact);
    let grid = Grid::cut(source.width, source.height, piece_px, &mut rng);
    let directions: Vec<[f64; 2]> =
        (0..grid.len()).map(|_| [0, 1].map(|_| 2.0 * rng.random::<f64>() - 1.0)).collect();
    let shifted = |most_px: u32| -> Vec<Shift> {
        let along = |share: f64| (share * f64::from(most_px)).round() as isize;
        directions.iter().map(|[x, y]| (along(*x), along(*y))).collect()
    };
    let joins = Joins::new(&source, &grid);
    let apart = |most_px: &u32| (joins.mismatch(&shifted(*most_px)) - wanted).abs();
    let limit_px = (piece_px as f64 * MOST_SHIFT) as u32;
    let most_px = (0..=limit_px).min_by(|a, b| apart(a).total_cmp(&apart(b))).unwrap_or(0);
    joined(intact, &grid, &shifted(most_px))
}

/// How often each position of the source is shown.
fn times(source: &RgbImage, grid: &Grid, shifts: &[Shift]) -> Vec<u16> {
    let (width, height) = (source.width() as usize, source.height() as usize);
    let mut times = vec![0u16; width * height];
    for (place, (dx, dy)) in shifts.iter().enumerate() {
        let cell = grid.cell(place);
        for y in cell.top..cell.bottom {
            let from_y = mirrored(y as isize + dy, height) as usize;
            for x in cell.left..cell.right {
                let shown = &mut times[from_y * width + mirrored(x as isize + dx, width) as usize];
                *shown = shown.saturating_add(1);
            }
        }
    }
    times
}
