//! Trials that show what else than the whole could be solved by: each control keeps or loses one thing only.
//!
//! Every distortion is the same for the same picture and seed, and works on any size and shape.

mod phase_scramble;
mod re_encoded;
mod warp;

use image::{RgbImage, imageops};

pub use phase_scramble::phase_scrambled;
pub use re_encoded::re_encoded;
pub use warp::{Warp, warp_of_strength};

use crate::block_shuffle::block_shuffled;
use crate::triplets::Triplet;
use crate::{Synthesis, SynthesisError};
use gestalt_types::random::derived_seed;

/// What the conditions of control trials begin with in `trials.json`.
pub const CONTROL_PREFIX: &str = "control-";

/// A kind of control trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// The picture and two copies of it that went through JPEG: solved by whoever sees the encoding, and by nobody else.
    ReEncoded,
    /// The picture, its mirror image and one distortion: the odd one is the distorted one.
    ///
    /// A mirror image has the same parts in the same relations and no pixel in place, and mirroring resamples nothing;
    /// two crops could be matched pixel by pixel, and copies of other sizes would differ in sharpness.
    IntactTwins,
    /// Smooth random displacement; as little is kept in place as in the main distortion, but neighbours stay neighbours.
    Warp,
    /// Random Fourier phases: the amplitude spectrum and the relations of the colour channels stay, all else is lost.
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
    ///
    /// # Errors
    /// When `synthesis` cannot distort the picture, or it is too large for JPEG.
    pub fn triplet(
        self,
        intact: RgbImage,
        synthesis: &dyn Synthesis,
        seed: u64,
    ) -> Result<Triplet, SynthesisError> {
        let seeds = [0, 1].map(|copy| derived_seed(seed, copy));
        let distortions = match self {
            Control::ReEncoded => re_encoded(&intact)?,
            Control::IntactTwins => {
                let mirrored = imageops::flip_horizontal(&intact);
                // Either hand may be the one that was distorted, or handedness would tell.
                let source = if seed & 1 == 0 { &intact } else { &mirrored };
                let odd = synthesis.distort(source, seeds[0])?;
                return Ok(Triplet { intact: odd, distortions: [intact, mirrored] });
            }
            Control::Warp => {
                let wanted = seeds.map(|seed| synthesis.distort(&intact, seed));
                let [first, second] = wanted;
                let (scale_px, [one, other]) = (synthesis.scale_px(), seeds);
                [
                    warp_of_strength(&intact, &first?, scale_px, one),
                    warp_of_strength(&intact, &second?, scale_px, other),
                ]
            }
            Control::PhaseScramble => seeds.map(|seed| phase_scrambled(&intact, seed)),
            Control::BlockShuffle => seeds.map(|seed| block_shuffled(&intact, synthesis.scale_px(), seed)),
        };
        Ok(Triplet { intact, distortions })
    }
}
