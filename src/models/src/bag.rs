//! A bag of patches: every patch of a picture goes through a network alone, so that nothing larger than a
//! patch is seen.

use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::Layer;
use gestalt_networks::weight::Weights;

use crate::card::ModelCard;
use crate::device::Compute;
use crate::error::ModelError;
use crate::extractor::FeatureExtractor;

/// Networks take pictures whose side is a multiple of this, in pixels.
const STEP_PX: usize = 32;
/// Smaller patches are enlarged (bilinearly) to this side: a network halves its map five times.
const SMALLEST_PX: usize = 64;
/// Most patches along a side of a picture: small patches of a large picture lie further apart than half
/// their side.
const MOST_ALONG: usize = 32;

/// A network that sees one patch at a time, and gives the mean of the patches' features.
#[derive(Debug)]
pub struct PatchBag {
    network: FeatureExtractor,
    patch_px: usize,
    layer: Layer,
}

impl PatchBag {
    /// Patches of `patch_px` × `patch_px` px, seen by the network of `card` with unpacked `weights` on the
    /// CPU. The model is to be held to its reference output before: here its input has another size, which
    /// only networks without learned positions take.
    ///
    /// # Errors
    /// When the weights are not the card's, or the network does not take patches of this size.
    pub fn new(mut card: ModelCard, weights: &Weights, patch_px: usize) -> Result<Self, ModelError> {
        let side_px = patch_px.next_multiple_of(STEP_PX).max(SMALLEST_PX);
        card.architecture.set_image_px(side_px);
        card.preprocess.resize_px = side_px;
        card.preprocess.crop_px = side_px;
        let network = FeatureExtractor::of_weights(card, weights, Compute::cpu()?)?;
        let layer = network.default_layer()?;
        Ok(Self { network, patch_px, layer })
    }

    /// The mean of the features of all patches at a stride of half a patch, or as far apart as makes 32 a
    /// side; `pixels` is RGB, row by row.
    ///
    /// # Errors
    /// When the picture is smaller than a patch, or the device stops.
    pub async fn features(
        &self,
        pixels: &[u8],
        (width_px, height_px): (usize, usize),
    ) -> Result<Vec<f32>, ModelError> {
        Rgb8::new(pixels, width_px, height_px)?;
        let side = self.patch_px;
        let longer = width_px.max(height_px);
        let stride = (side / 2).max(longer.saturating_sub(side).div_ceil(MOST_ALONG - 1)).max(1);
        let mut sums: Vec<f64> = Vec::new();
        let mut patches = 0_u32;
        for y in (0..(height_px + 1).saturating_sub(side)).step_by(stride) {
            let row: Vec<Vec<u8>> = (0..(width_px + 1).saturating_sub(side))
                .step_by(stride)
                .map(|x| patch(pixels, width_px, (x, y), side))
                .collect();
            let views =
                row.iter().map(|patch| Rgb8::new(patch, side, side)).collect::<Result<Vec<_>, _>>()?;
            for features in self.network.features(&views, self.layer, None).await? {
                sums.resize(features.len(), 0.0);
                sums.iter_mut().zip(&features).for_each(|(sum, value)| *sum += f64::from(*value));
                patches += 1;
            }
        }
        if patches == 0 {
            let why = format!("a picture of {width_px} × {height_px} px has no patch of {side} px");
            return Err(ModelError::Stopped(why));
        }
        Ok(sums.into_iter().map(|sum| (sum / f64::from(patches)) as f32).collect())
    }
}

/// The patch whose upper left corner is `(x, y)`, RGB row by row.
fn patch(pixels: &[u8], width_px: usize, (x, y): (usize, usize), side: usize) -> Vec<u8> {
    let row = |row: usize| &pixels[3 * ((y + row) * width_px + x)..][..3 * side];
    (0..side).flat_map(row).copied().collect()
}
