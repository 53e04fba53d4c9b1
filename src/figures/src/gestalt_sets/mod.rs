//! The six Good Gestalt sets (Lonnqvist, Wu & Herzog, "Latent Noise Segmentation", ICML 2024): pictures of
//! 64 × 64 px whose training half shows whole shapes and whose test half shows illusions, with a mask of
//! what people see.
//!
//! Built from the facts published about the sets, not from the authors' code. Where those are silent (above
//! all: where in the picture a shape lies) the docstring of the set's own file says what was chosen.
//!
//! Every picture has its own random stream, named by set, split, seed and index, so that any picture can be
//! drawn alone. Only whole numbers, IEEE `+ - * /` and `libm`'s soft sines are used: a browser draws the
//! same bits. Nothing here needs another part of this crate, so that a browser test can compile this folder
//! by itself.

mod canvas;
mod closure;
mod continuity;
mod draws;
mod gradient_occlusion;
mod illusory_occlusion;
mod kanizsa;
mod names;
mod proximity;

// There is no disk in a browser.
#[cfg(not(target_arch = "wasm32"))]
mod file;
#[cfg(not(target_arch = "wasm32"))]
mod make;
#[cfg(not(target_arch = "wasm32"))]
mod picture;

#[cfg(not(target_arch = "wasm32"))]
pub use file::{FileError, write_file};
#[cfg(not(target_arch = "wasm32"))]
pub use make::{GestaltSets, SetsError};
#[cfg(not(target_arch = "wasm32"))]
pub use picture::contact_sheet;

pub use names::UnknownName;

use draws::Draws;

/// Width and height of every picture and mask in pixels.
pub const SIDE_PX: usize = 64;

/// Pixels of a mask.
pub const MASK_LEN: usize = SIDE_PX * SIDE_PX;

/// Values of a picture.
pub const PICTURE_LEN: usize = 3 * MASK_LEN;

/// One of the six sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GestaltSet {
    /// A square whose outline is broken; see `closure.rs`.
    Closure,
    /// A ring of which six arcs are left among others; see `continuity.rs`.
    Continuity,
    /// A square seen by what it takes from four discs; see `kanizsa.rs`.
    Kanizsa,
    /// A square with a cross over stripes, of which one part has the background's colour; see
    /// `illusory_occlusion.rs`.
    IllusoryOcclusion,
    /// A flat rectangle over a shaded one; see `gradient_occlusion.rs`.
    GradientOcclusion,
    /// Six squares in one row or in three pairs; see `proximity.rs`.
    Proximity,
}

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Split {
    /// Whole shapes; every value × 0.999.
    Train,
    /// As in training, but every value × 0.998.
    Validation,
    /// Illusions, unscaled: no colour that is drawn here, black excepted, occurs in the other splits.
    Test,
}

/// A picture with its mask.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Values from 0 to 1: three planes (red, green, blue) of 64 rows of 64, so `[3, 64, 64]`.
    pub picture: Vec<f32>,
    /// What each pixel belongs to, `[64, 64]`: 0 is the background, the others count from 1.
    pub mask: Vec<u8>,
    /// How many labels this picture's mask has, the background's among them.
    pub labels: u8,
}

impl GestaltSet {
    /// All six, in the order of the paper's table.
    pub const ALL: [Self; 6] = [
        Self::Closure,
        Self::Continuity,
        Self::Kanizsa,
        Self::IllusoryOcclusion,
        Self::GradientOcclusion,
        Self::Proximity,
    ];

    /// Draws picture `index` of a split; the same on every machine for the same four numbers.
    pub fn draw(self, split: Split, seed: u64, index: u32) -> Sample {
        let draws = &mut Draws::new(self, split, seed, index);
        let illusion = split == Split::Test;
        let canvas = match self {
            Self::Closure => closure::draw(draws, illusion),
            Self::Continuity => continuity::draw(draws, illusion),
            Self::Kanizsa => kanizsa::draw(draws, illusion),
            Self::IllusoryOcclusion => illusory_occlusion::draw(draws, illusion),
            Self::GradientOcclusion => gradient_occlusion::draw(draws, illusion),
            Self::Proximity => proximity::draw(draws, illusion),
        };
        canvas.finish(split.factor())
    }
}

impl Split {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// How many pictures the published sets have.
    pub const fn published_count(self) -> u32 {
        match self {
            Self::Train => 30_000,
            Self::Validation => 300,
            Self::Test => 100,
        }
    }

    /// What every value is multiplied by, so that colours differ between the splits.
    pub const fn factor(self) -> f32 {
        match self {
            Self::Train => 0.999,
            Self::Validation => 0.998,
            Self::Test => 1.0,
        }
    }
}

impl Sample {
    /// A number that two machines agree on only if they drew the same bits: FNV-1a (64 bit) over the
    /// picture's values as little-endian f32, then the mask.
    pub fn fingerprint(&self) -> u64 {
        let values = self.picture.iter().flat_map(|value| value.to_le_bytes());
        values.chain(self.mask.iter().copied()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }
}
