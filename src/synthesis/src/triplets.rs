//! Makes the three pictures of one DiSRT trial from an intact picture.

use gestalt_types::random::derived_seed;
use image::RgbImage;

use crate::block_shuffle::block_shuffled;
use crate::{Synthesis, SynthesisError};
use gestalt_images::jpeg_copy::{Chroma, JpegCopyError, jpeg_copy};

/// Blocks of a catch trial's distortions on each side of the picture; 8 px each at 224 px.
const CATCH_BLOCKS: u32 = 28;

/// An odd picture and two others: but for intact twins (see `controls`), an intact picture with two distortions of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triplet {
    /// As it was photographed or rendered.
    pub intact: RgbImage,
    /// Two distortions by different seeds.
    pub distortions: [RgbImage; 2],
}

impl Triplet {
    /// A trial proper: two distortions of the same kind.
    ///
    /// # Errors
    /// When the picture cannot be distorted in this way.
    pub fn synthesised(
        intact: RgbImage,
        synthesis: &dyn Synthesis,
        seed: u64,
    ) -> Result<Self, SynthesisError> {
        let first = synthesis.distort(&intact, derived_seed(seed, 0))?;
        let second = synthesis.distort(&intact, derived_seed(seed, 1))?;
        Ok(Self { intact, distortions: [first, second] })
    }

    /// A catch trial: the two others are mosaics of shuffled 1/28 blocks, in which nothing is recognisable, so that
    /// whoever looks finds the whole picture at once.
    pub fn by_blocks(intact: RgbImage, seed: u64) -> Self {
        let block_px = intact.width().min(intact.height()) / CATCH_BLOCKS;
        let distortions = [0, 1].map(|copy| block_shuffled(&intact, block_px, derived_seed(seed, copy)));
        Self { intact, distortions }
    }

    /// All three passed through JPEG of this quality (4:2:0), so that they share the traces of one encoding; without one as they are.
    ///
    /// # Errors
    /// When they are too large for JPEG.
    pub fn equalised(self, quality: Option<u8>) -> Result<Self, JpegCopyError> {
        let Some(quality) = quality else { return Ok(self) };
        let copy = |picture: &RgbImage| jpeg_copy(picture, quality, Chroma::Halved);
        let [first, second] = &self.distortions;
        Ok(Self { intact: copy(&self.intact)?, distortions: [copy(first)?, copy(second)?] })
    }
}
