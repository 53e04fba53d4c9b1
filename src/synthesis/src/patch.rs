//! Distorts a picture by rearranging its own patches: local texture stays, the whole is lost.

use std::ops::RangeInclusive;

use image::RgbImage;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::field::{Field, PATCH, Search, Softness};
use crate::histogram;
use crate::jigsaw::Jigsaw;
use crate::matched::{self, Fit, Layout};
use crate::raster::Raster;
use crate::triplets::Triplet;

/// Smallest and largest patch size in pixels.
pub const SCALE_LIMITS_PX: RangeInclusive<u32> = 8..=512;

/// The level of the arrangement is the one where a piece is at least this wide.
const COARSE_PIECE_PX: u32 = 8;
/// Rounds of search and vote at every level.
const ROUNDS: usize = 4;
/// Votes while the picture takes shape: patches are blended, so that the next search finds what fits in
/// between.
const BLENDING: Softness = Softness { floor: 400.0, share: 2.0 };
/// The last vote: the best patch wins, so that texture is as sharp as in the source.
const DECIDING: Softness = Softness { floor: 10.0, share: 0.2 };
/// Cost in squared grey levels of using a region twice as often as its share.
const OVERUSE: f32 = 800.0;
/// A match may be sought this far from the arrangement's proposal, in pixels of the level. It is about one
/// piece at the coarsest level: further, and pieces would find back to their old neighbours.
const RADIUS_PX: usize = 8;

/// What the intact picture of a trial goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traces {
    /// The same as the distortions: it is put together from its own pieces in place.
    Matched,
    /// Nothing: the traces of the synthesis are in the distortions only. So were all sets made before
    /// 2026-11-25.
    Unmatched,
}

/// Synthesis by patches at one scale.
///
/// With [`Traces::Matched`] all three pictures of a trial are put together from pieces of about the scale by
/// one program (`matched/mod.rs`); it takes less than 0.1 s for 224 px on one core. With
/// [`Traces::Unmatched`]:
///
/// The picture is cut into pieces of about the scale, the pieces are shuffled so that they go with their new
/// neighbours (each used once, none near its own place), and the seams are then grown together from coarse
/// to fine by PatchMatch search and voting in the manner of bidirectional similarity (Simakov et al. 2008).
/// What results has the picture's own texture everywhere, and its parts in the wrong places. Each colour
/// channel's histogram is brought to the picture's own.
///
/// Takes about 0.2 s for 224 px on one core, longer for smaller scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatchSynthesis {
    scale_px: u32,
    traces: Traces,
}

/// The patch scale is out of range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a patch scale of {scale_px} px is out of range; give one from {} to {} px, at most half the picture's \
     shorter side",
    SCALE_LIMITS_PX.start(), SCALE_LIMITS_PX.end()
)]
pub struct ScaleError {
    /// The scale asked for, in pixels of the full picture.
    pub scale_px: u32,
}

impl PatchSynthesis {
    /// Patches of `scale_px` pixels of the full-resolution picture, traces unmatched.
    ///
    /// # Errors
    /// When the scale is outside [`SCALE_LIMITS_PX`].
    pub fn new(scale_px: u32) -> Result<Self, ScaleError> {
        if SCALE_LIMITS_PX.contains(&scale_px) {
            Ok(Self { scale_px, traces: Traces::Unmatched })
        } else {
            Err(ScaleError { scale_px })
        }
    }

    /// The same with the intact picture treated in this way.
    #[must_use]
    pub fn with_traces(self, traces: Traces) -> Self {
        Self { traces, ..self }
    }

    /// The patch size in pixels.
    pub fn scale_px(&self) -> u32 {
        self.scale_px
    }

    /// Whether the intact picture is treated as its distortions are.
    pub fn traces(&self) -> Traces {
        self.traces
    }

    /// The three pictures of a trial with matched traces; `None` without them and for a picture too small to
    /// be cut.
    pub(crate) fn matched_triplet(&self, picture: &RgbImage, seed: u64) -> Option<Triplet> {
        let layout = Layout::of(picture, self.scale_px, Fit::Beside)?;
        (self.traces == Traces::Matched).then(|| matched::triplet(picture, layout, seed))
    }

    /// Another arrangement of the patches of `picture`: of the same size, and the same for the same pixels,
    /// scale and seed.
    ///
    /// A picture whose shorter side is less than two patches is rearranged by halves of that side; one of
    /// less than 16 px has nothing to rearrange and comes back as it is.
    pub fn distort(&self, picture: &RgbImage, seed: u64) -> RgbImage {
        let Some(layout) = Layout::of(picture, self.scale_px, Fit::Beside) else { return picture.clone() };
        if self.traces == Traces::Matched {
            return matched::distorted(picture, layout, seed);
        }
        let scale_px = layout.piece_px as u32;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let levels = pyramid(picture, scale_px);
        let arranged = arrange(&levels, scale_px as usize, &mut rng);
        histogram::matched(&arranged, picture)
    }
}

/// The picture and its halvings down to where a piece is about [`COARSE_PIECE_PX`] wide.
fn pyramid(picture: &RgbImage, scale_px: u32) -> Vec<Raster> {
    let mut levels = vec![Raster::from_rgb(picture)];
    let mut piece_px = scale_px;
    while piece_px >= 2 * COARSE_PIECE_PX {
        levels.push(levels[levels.len() - 1].halved());
        piece_px /= 2;
    }
    levels
}

/// Arranges the coarsest level and carries the arrangement down to the finest.
fn arrange(levels: &[Raster], scale_px: usize, rng: &mut ChaCha8Rng) -> Raster {
    let depth = levels.len() - 1;
    let coarsest = &levels[depth];
    let jigsaw = Jigsaw::arrange(coarsest, scale_px >> depth, rng);
    let mut field = Field::from_origins(coarsest.width, coarsest.height, |x, y| {
        jigsaw.origin(x + PATCH / 2, y + PATCH / 2, (x, y))
    });
    let mut target = field.vote(coarsest, BLENDING);
    for (depth, source) in levels.iter().enumerate().rev() {
        if depth + 1 < levels.len() {
            field = field.doubled(source.width, source.height);
            target = field.vote(source, BLENDING);
        }
        let search =
            Search { forbidden_px: (scale_px * 3 / 4) >> depth, radius_px: RADIUS_PX, overuse: OVERUSE };
        for round in 1..=ROUNDS {
            field.improve(&target, source, search, rng);
            let last = depth == 0 && round == ROUNDS;
            target = field.vote(source, if last { DECIDING } else { BLENDING });
        }
    }
    target
}
