//! Trials that show what else than the whole could be solved by: each control keeps or loses one thing only.
//!
//! Every distortion is the same for the same picture and seed, and works on any size and shape.

mod phase_scramble;
mod re_encoded;
mod warp;

use image::{RgbImage, imageops};

pub use phase_scramble::phase_scrambled;
pub use re_encoded::{equally_re_encoded, re_encoded};
pub use warp::{Warp, warp_of_strength};
use warp::{losing_warp, slope_like, warped_in_place};

use crate::block_shuffle::block_shuffled;
use crate::matched::{self, Fit, Layout};
use crate::triplets::Triplet;
use crate::{Synthesis, SynthesisError, Traces};
use gestalt_types::random::derived_seed;

/// What the conditions of control trials begin with in `trials.json`.
pub const CONTROL_PREFIX: &str = "control-";

/// A kind of control trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// The picture and two copies of it that went through JPEG: solved by whoever sees the encoding, and by
    /// nobody else.
    ReEncoded,
    /// The picture, its mirror image and one distortion: the odd one is the distorted one.
    ///
    /// A mirror image has the same parts in the same relations and no pixel in place, and mirroring
    /// resamples nothing; two crops could be matched pixel by pixel, and copies of other sizes would differ
    /// in sharpness.
    IntactTwins,
    /// Smooth random displacement; as little is kept in place as in the main distortion, but neighbours stay
    /// neighbours.
    Warp,
    /// Random Fourier phases: the amplitude spectrum and the phase relations between colour channels are
    /// kept; the rest is lost.
    PhaseScramble,
    /// Blocks of the scale in random order: like the main distortion, with seams.
    BlockShuffle,
}

impl Control {
    /// Every kind, in the order of a set.
    pub const ALL: [Control; 5] = [
        Control::ReEncoded,
        Control::IntactTwins,
        Control::Warp,
        Control::PhaseScramble,
        Control::BlockShuffle,
    ];

    /// The name of its condition in `trials.json`.
    pub fn condition(self) -> &'static str {
        match self {
            Control::ReEncoded => "control-re-encoded",
            Control::IntactTwins => "control-intact-twins",
            Control::Warp => "control-warp",
            Control::PhaseScramble => "control-phase-scramble",
            Control::BlockShuffle => "control-block-shuffle",
        }
    }

    /// The three pictures of a trial, the odd one as `intact`: of intact twins, that is the distorted one.
    /// With a synthesis that matches traces they are matched here too, but for phase scrambling, where
    /// nothing could keep the picture and have the traces.
    ///
    /// # Errors
    /// When `synthesis` cannot distort the picture, or it is too large for JPEG.
    pub fn triplet(
        self,
        intact: RgbImage,
        synthesis: &dyn Synthesis,
        seed: u64,
    ) -> Result<Triplet, SynthesisError> {
        let matched = synthesis.traces() == Traces::Matched;
        let seeds = [0, 1].map(|copy| derived_seed(seed, copy));
        let (intact, distortions) = match self {
            Control::ReEncoded if matched => {
                let [one, first, second] = equally_re_encoded(&intact, seed)?;
                (one, [first, second])
            }
            Control::ReEncoded => {
                let copies = re_encoded(&intact)?;
                (intact, copies)
            }
            Control::IntactTwins => return twins(intact, synthesis, seed),
            Control::Warp => warps(intact, synthesis, seeds)?,
            Control::PhaseScramble => {
                let scrambled = seeds.map(|seed| phase_scrambled(&intact, seed));
                (intact, scrambled)
            }
            Control::BlockShuffle => {
                let layout = Layout::of(&intact, synthesis.scale_px(), Fit::ByChance);
                if let Some(layout) = layout.filter(|_| matched) {
                    return Ok(matched::triplet(&intact, layout, seed));
                }
                let shuffled = seeds.map(|seed| block_shuffled(&intact, synthesis.scale_px(), seed));
                (intact, shuffled)
            }
        };
        Ok(Triplet { intact, distortions, coverage: None })
    }
}

/// The picture, its mirror image and a distortion of either.
fn twins(intact: RgbImage, synthesis: &dyn Synthesis, seed: u64) -> Result<Triplet, SynthesisError> {
    let mirrored = imageops::flip_horizontal(&intact);
    // Either hand may be the one that was distorted, or handedness would tell.
    let source = if seed & 1 == 0 { &intact } else { &mirrored };
    let odd = synthesis.distort(source, derived_seed(seed, 0))?;
    let distortions = if synthesis.traces() == Traces::Matched {
        // Only the intact pictures of two trials are taken, so that each twin has its own joins.
        [
            synthesis.triplet(&intact, derived_seed(seed, 1))?,
            synthesis.triplet(&mirrored, derived_seed(seed, 2))?,
        ]
        .map(|triplet| triplet.intact)
    } else {
        [intact, mirrored]
    };
    Ok(Triplet { intact: odd, distortions, coverage: None })
}

/// The picture and two warps of it; with matched traces the picture is resampled as well, and keeps its
/// layout.
fn warps(
    intact: RgbImage,
    synthesis: &dyn Synthesis,
    seeds: [u64; 2],
) -> Result<(RgbImage, [RgbImage; 2]), SynthesisError> {
    let scale_px = synthesis.scale_px();
    let slope = |seed: u64| -> Result<f64, SynthesisError> {
        Ok(slope_like(&intact, &synthesis.distort(&intact, seed)?, scale_px, seed))
    };
    let [one, other] = seeds;
    let slopes = [slope(one)?, slope(other)?];
    let warps = [losing_warp(&intact, scale_px, one), losing_warp(&intact, scale_px, other)];
    let warped = [warps[0].apply(&intact, slopes[0]), warps[1].apply(&intact, slopes[1])];
    let odd = if synthesis.traces() == Traces::Matched {
        let slope = f64::midpoint(slopes[0], slopes[1]);
        warped_in_place(&intact, scale_px, slope, derived_seed(one, 1))
    } else {
        intact
    };
    Ok((odd, warped))
}
