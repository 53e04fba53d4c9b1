//! One step's worth of pictures, cut, masked and normalised, so that the network code sees only tensors.

use burn::tensor::TensorData;
use gestalt_networks::preprocess::Normalise;
use gestalt_networks::resize::{Region, resize_region};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::pool::Pool;
use crate::recipe::Recipe;

/// Augmented pictures as patches, with the order that says which of them are visible.
pub struct Batch {
    /// Pictures, `b`.
    pub pictures: usize,
    /// Patches per picture, `n`.
    pub patches: usize,
    /// Visible patches per picture, `v`.
    pub visible: usize,
    /// Numbers per patch.
    patch_len: usize,
    /// `b · n · patch_len`, patches in row-major order.
    pixels: Vec<f32>,
    /// `b · n`: a permutation of `0..n` per picture; its first `v` are visible.
    order: Vec<usize>,
}

impl Batch {
    /// The batch of `step`: what it holds depends on the recipe's seed and the step alone, so that a resumed run
    /// sees what an uninterrupted one would have seen.
    pub fn draw(pool: &Pool, recipe: &Recipe, normalise: &Normalise, step: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(recipe.seed);
        random.set_stream(1 + step);
        let (model, n) = (&recipe.model, recipe.model.patches());
        let mut pixels = Vec::with_capacity(recipe.schedule.batch * n * model.patch_len());
        let mut order = Vec::with_capacity(recipe.schedule.batch * n);
        for _ in 0..recipe.schedule.batch {
            let picture = pool.get(random.random_range(0..pool.len()));
            let crop = random_crop(&mut random, pool.size_px() as f64, recipe.schedule.smallest_crop);
            let side = pool.size_px() as usize;
            let mut cut = resize_region(picture, (side, side), crop, (model.image_px, model.image_px));
            if random.random_bool(0.5) {
                mirror(&mut cut, model.image_px);
            }
            normalise.interleaved(&mut cut);
            append_patches(&cut, model.image_px, model.patch_px, &mut pixels);
            let start = order.len();
            order.extend(0..n);
            for last in (1..n).rev() {
                order.swap(start + last, start + random.random_range(0..=last));
            }
        }
        Self {
            pictures: recipe.schedule.batch,
            patches: n,
            visible: recipe.visible(),
            patch_len: model.patch_len(),
            pixels,
            order,
        }
    }

    /// The patches of picture `i`, in row-major order: `n · patch_len`.
    pub fn picture(&self, i: usize) -> &[f32] {
        &self.pixels[i * self.patches * self.patch_len..][..self.patches * self.patch_len]
    }

    /// The order of picture `i`'s patches; the first `visible` are visible.
    pub fn order(&self, i: usize) -> &[usize] {
        &self.order[i * self.patches..][..self.patches]
    }

    fn patch(&self, picture: usize, patch: usize) -> &[f32] {
        &self.picture(picture)[patch * self.patch_len..][..self.patch_len]
    }

    /// `[b, v, patch_len]`
    pub fn visible_patches(&self) -> TensorData {
        let mut values: Vec<f32> = Vec::with_capacity(self.pictures * self.visible * self.patch_len);
        for i in 0..self.pictures {
            self.order(i)[..self.visible].iter().for_each(|&patch| values.extend(self.patch(i, patch)));
        }
        TensorData::new(values, [self.pictures, self.visible, self.patch_len])
    }

    /// `[b · v]`: positions of the visible patches.
    pub fn visible_order(&self) -> TensorData {
        let rows = (0..self.pictures).flat_map(|i| &self.order(i)[..self.visible]);
        let values: Vec<i32> = rows.map(|&patch| patch as i32).collect();
        TensorData::new(values, [self.pictures * self.visible])
    }

    /// `[b · (n + 1)]`: rows of the decoder's position table, the class token's (0) first.
    pub fn decoder_order(&self) -> TensorData {
        let row = |i| std::iter::once(0).chain(self.order(i).iter().map(|&patch| patch as i32 + 1));
        let values: Vec<i32> = (0..self.pictures).flat_map(row).collect();
        TensorData::new(values, [self.pictures * (self.patches + 1)])
    }

    /// `[b, n - v, patch_len]`: the masked patches, each with its own mean and deviation taken out.
    pub fn masked_targets(&self) -> TensorData {
        let masked = self.patches - self.visible;
        let mut values: Vec<f32> = Vec::with_capacity(self.pictures * masked * self.patch_len);
        for i in 0..self.pictures {
            for &patch in &self.order(i)[self.visible..] {
                let pixels = self.patch(i, patch);
                let (mean, deviation) = mean_and_deviation(pixels);
                values.extend(pixels.iter().map(|value| (value - mean) / deviation));
            }
        }
        TensorData::new(values, [self.pictures, masked, self.patch_len])
    }
}

/// Mean and (unbiased, never quite zero) standard deviation of one patch, as in the authors' code.
pub fn mean_and_deviation(pixels: &[f32]) -> (f32, f32) {
    let count = pixels.len() as f32;
    let mean = pixels.iter().sum::<f32>() / count;
    let variance = pixels.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / (count - 1.0);
    (mean, (variance + 1e-6).sqrt())
}

/// A random part of a square picture: area share in `smallest..=1`, aspect 3:4 to 4:3.
fn random_crop(random: &mut ChaCha8Rng, side_px: f64, smallest: f64) -> Region {
    let area = side_px * side_px * random.random_range(smallest..=1.0);
    let aspect = random.random_range((0.75_f64).ln()..=(4.0_f64 / 3.0).ln()).exp();
    let width_px = (area * aspect).sqrt().min(side_px);
    let height_px = (area / aspect).sqrt().min(side_px);
    Region {
        x_px: random.random_range(0.0..=side_px - width_px),
        y_px: random.random_range(0.0..=side_px - height_px),
        width_px,
        height_px,
    }
}

/// Flips an interleaved RGB picture left to right.
fn mirror(pixels: &mut [f32], side_px: usize) {
    for row in pixels.chunks_exact_mut(side_px * 3) {
        for x in 0..side_px / 2 {
            for colour in 0..3 {
                row.swap(x * 3 + colour, (side_px - 1 - x) * 3 + colour);
            }
        }
    }
}

/// Interleaved RGB → patches in row-major order, colour-major inside, as the encoder's patch embedding wants them.
fn append_patches(pixels: &[f32], side_px: usize, patch_px: usize, out: &mut Vec<f32>) {
    for top in (0..side_px).step_by(patch_px) {
        for left in (0..side_px).step_by(patch_px) {
            for colour in 0..3 {
                for y in top..top + patch_px {
                    out.extend((left..left + patch_px).map(|x| pixels[(y * side_px + x) * 3 + colour]));
                }
            }
        }
    }
}
