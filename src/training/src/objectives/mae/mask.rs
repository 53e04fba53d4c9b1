//! Which patches of a picture the encoder sees, and what the decoder is asked for in place of the others.

use burn::tensor::TensorData;
use gestalt_types::random::shuffle;
use rand_chacha::ChaCha8Rng;

use crate::batch::Batch;

/// A random order of a picture's patches, of which the first are visible.
#[derive(Clone, Debug)]
pub struct Mask {
    /// A permutation of `0..n`.
    order: Vec<usize>,
    /// Number of visible patches, `v`.
    visible: usize,
}

impl Mask {
    /// Draws which `visible` of `patches` patches are visible.
    pub fn draw(patches: usize, visible: usize, random: &mut ChaCha8Rng) -> Self {
        let mut order: Vec<usize> = (0..patches).collect();
        shuffle(&mut order, random);
        Self { order, visible }
    }

    /// The visible patches, `v` of them.
    pub fn visible(&self) -> &[usize] {
        &self.order[..self.visible]
    }

    /// The hidden patches, `n - v` of them.
    pub fn hidden(&self) -> &[usize] {
        &self.order[self.visible..]
    }
}

/// What every batch of a masked autoencoder is read as. All masks of a batch hide the same number of
/// patches.
impl Batch<Mask> {
    /// `v`
    pub fn visible(&self) -> usize {
        self.drawn().first().map_or(0, |mask| mask.visible)
    }

    /// `[b, v, patch_len]`
    pub fn visible_patches(&self) -> TensorData {
        let mut values: Vec<f32> = Vec::with_capacity(self.pictures * self.visible() * self.patch_len);
        for (i, mask) in self.drawn().iter().enumerate() {
            mask.visible().iter().for_each(|&patch| values.extend(self.patch(i, patch)));
        }
        TensorData::new(values, [self.pictures, self.visible(), self.patch_len])
    }

    /// `[b · v]`: positions of the visible patches.
    pub fn visible_order(&self) -> TensorData {
        let rows = self.drawn().iter().flat_map(|mask| mask.visible());
        let values: Vec<i32> = rows.map(|&patch| patch as i32).collect();
        TensorData::new(values, [self.pictures * self.visible()])
    }

    /// `[b · (n + 1)]`: rows of the decoder's position table, the class token's (0) first.
    pub fn decoder_order(&self) -> TensorData {
        let row = |mask: &Mask| {
            let patches: Vec<i32> = mask.order.iter().map(|&patch| patch as i32 + 1).collect();
            std::iter::once(0).chain(patches)
        };
        let values: Vec<i32> = self.drawn().iter().flat_map(row).collect();
        TensorData::new(values, [self.pictures * (self.patches + 1)])
    }

    /// `[b, n - v, patch_len]`: the hidden patches, each normalised by its own mean and standard deviation.
    pub fn hidden_targets(&self) -> TensorData {
        let hidden = self.patches - self.visible();
        let mut values: Vec<f32> = Vec::with_capacity(self.pictures * hidden * self.patch_len);
        for (i, mask) in self.drawn().iter().enumerate() {
            for &patch in mask.hidden() {
                let pixels = self.patch(i, patch);
                let (mean, deviation) = mean_and_deviation(pixels);
                values.extend(pixels.iter().map(|value| (value - mean) / deviation));
            }
        }
        TensorData::new(values, [self.pictures, hidden, self.patch_len])
    }
}

/// Mean and (unbiased, never quite zero) standard deviation of one patch, as in the authors' code.
pub fn mean_and_deviation(pixels: &[f32]) -> (f32, f32) {
    let count = pixels.len() as f32;
    let mean = pixels.iter().sum::<f32>() / count;
    let variance = pixels.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / (count - 1.0);
    (mean, (variance + 1e-6).sqrt())
}
