//! The pictures of one training step, cut and normalised, so that objectives see only patches.

use burn::tensor::TensorData;
use gestalt_networks::architectures::vit::VitConfig;
use gestalt_networks::preprocess::Normalise;
use gestalt_networks::resize::{Region, resize_region};
use gestalt_scenes::Category;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::pool::Pool;
use crate::schedule::Schedule;

/// How pictures become an encoder's input.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The encoder, which fixes the size in pixels and the patches.
    pub encoder: VitConfig,
    /// Mean and standard deviation of each colour.
    pub normalise: Normalise,
}

/// Augmented pictures as patches, with what the objective drew for each.
pub struct Batch<D> {
    /// Number of pictures, `b`.
    pub pictures: usize,
    /// Patches per picture, `n`.
    pub patches: usize,
    /// Values per patch: 3 colours × `p` × `p`.
    pub patch_len: usize,
    /// `b · n · patch_len`, patches in row-major order.
    pixels: Vec<f32>,
    /// Category of each picture, where the pictures have one.
    categories: Vec<Option<Category>>,
    /// What the objective drew for each picture.
    drawn: Vec<D>,
}

impl<D> Batch<D> {
    /// The batch of `step`. It depends on the recipe's seed and the step alone, so that a resumed run sees what an
    /// uninterrupted one would have seen. `draw` continues the random numbers of each picture's crop and reflection.
    pub fn draw(
        pool: &Pool,
        view: &View,
        schedule: &Schedule,
        (seed, step): (u64, u64),
        mut draw: impl FnMut(&mut ChaCha8Rng) -> D,
    ) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(1 + step);
        let side_px = pool.size_px() as usize;
        let mut batch = Self::empty(view, schedule.batch);
        for _ in 0..schedule.batch {
            let picture = random.random_range(0..pool.len());
            let crop = random_crop(&mut random, side_px as f64, schedule.smallest_crop);
            let mirrored = random.random_bool(0.5);
            batch.append(pool, picture, (crop, mirrored), view);
            batch.drawn.push(draw(&mut random));
        }
        batch
    }

    fn empty(view: &View, pictures: usize) -> Self {
        let model = &view.encoder;
        Self {
            pictures,
            patches: model.patches(),
            patch_len: model.patch_len(),
            pixels: Vec::with_capacity(pictures * model.patches() * model.patch_len()),
            categories: Vec::with_capacity(pictures),
            drawn: Vec::with_capacity(pictures),
        }
    }

    fn append(&mut self, pool: &Pool, picture: usize, (crop, mirrored): (Region, bool), view: &View) {
        let (side_px, model) = (pool.size_px() as usize, &view.encoder);
        let out_px = (model.image_px, model.image_px);
        let mut cut = resize_region(pool.get(picture), (side_px, side_px), crop, out_px);
        if mirrored {
            mirror(&mut cut, model.image_px);
        }
        view.normalise.interleaved(&mut cut);
        append_patches(&cut, model.image_px, model.patch_px, &mut self.pixels);
        self.categories.push(pool.category(picture));
    }

    /// The patches of picture `i`, in row-major order: `n · patch_len`.
    pub fn picture(&self, i: usize) -> &[f32] {
        &self.pixels[i * self.patches * self.patch_len..][..self.patches * self.patch_len]
    }

    /// One patch: `patch_len` values.
    pub fn patch(&self, picture: usize, patch: usize) -> &[f32] {
        &self.picture(picture)[patch * self.patch_len..][..self.patch_len]
    }

    /// `[b, n, patch_len]`
    pub fn all_patches(&self) -> TensorData {
        TensorData::new(self.pixels.clone(), [self.pictures, self.patches, self.patch_len])
    }

    /// Category of each picture; None where the pictures have no categories.
    pub fn categories(&self) -> &[Option<Category>] {
        &self.categories
    }

    /// What the objective drew for each picture.
    pub fn drawn(&self) -> &[D] {
        &self.drawn
    }
}

impl Batch<()> {
    /// Every picture of the pool as it is, without crop or reflection.
    pub fn whole(pool: &Pool, view: &View) -> Self {
        let side_px = f64::from(pool.size_px());
        let all = Region { x_px: 0.0, y_px: 0.0, width_px: side_px, height_px: side_px };
        let mut batch = Self::empty(view, pool.len());
        for picture in 0..pool.len() {
            batch.append(pool, picture, (all, false), view);
            batch.drawn.push(());
        }
        batch
    }
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
