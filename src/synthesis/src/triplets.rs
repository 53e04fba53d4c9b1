//! Makes the three pictures of one DiSRT trial from an intact picture.

use gestalt_types::random::derived_seed;
use image::RgbImage;

use crate::block_shuffle::block_shuffled;
use crate::coverage::Coverage;
use crate::{Synthesis, SynthesisError};
use gestalt_images::jpeg_copy::{Chroma, JpegCopyError, jpeg_copy};

/// Blocks of a catch trial's distortions on each side of the picture; 8 px each at 224 px.
const CATCH_BLOCKS: u32 = 28;

/// An odd picture and two others: but for intact twins (see `controls`), an intact picture with two
/// distortions of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Triplet {
    /// As it was photographed or rendered; with matched traces, put together from its own pieces in place.
    pub intact: RgbImage,
    /// Two distortions by different seeds.
    pub distortions: [RgbImage; 2],
    /// How evenly each distortion, and both together, use the picture; where the synthesis counts it.
    pub coverage: Option<[Coverage; 3]>,
}

impl Triplet {
    /// An intact picture as it is, with two distortions of the same kind.
    ///
    /// # Errors
    /// When the picture cannot be distorted in this way.
    pub fn unmatched<S: Synthesis + ?Sized>(
        intact: &RgbImage,
        synthesis: &S,
        seed: u64,
    ) -> Result<Self, SynthesisError> {
        let [first, second] = [0, 1].map(|which| synthesis.distort(intact, derived_seed(seed, which)));
        Ok(Self { intact: intact.clone(), distortions: [first?, second?], coverage: None })
    }

    /// A catch trial: the two others are mosaics of shuffled 1/28 blocks, in which nothing is recognisable,
    /// so that whoever looks finds the whole picture at once.
    pub fn by_blocks(intact: RgbImage, seed: u64) -> Self {
        let block_px = intact.width().min(intact.height()) / CATCH_BLOCKS;
        let distortions = [0, 1].map(|copy| block_shuffled(&intact, block_px, derived_seed(seed, copy)));
        Self { intact, distortions, coverage: None }
    }

    /// All three passed through JPEG of this quality (4:2:0), so that they share the traces of one encoding;
    /// without one as they are.
    ///
    /// # Errors
    /// When they are too large for JPEG.
    pub fn equalised(self, quality: Option<u8>) -> Result<Self, JpegCopyError> {
        let Some(quality) = quality else { return Ok(self) };
        let copy = |picture: &RgbImage| jpeg_copy(picture, quality, Chroma::Halved);
        let [first, second] = &self.distortions;
        Ok(Self { intact: copy(&self.intact)?, distortions: [copy(first)?, copy(second)?], ..self })
    }
}
