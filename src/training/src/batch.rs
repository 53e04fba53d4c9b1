//! The pictures of one training step, cut and normalised, so that objectives see only patches.

use burn::tensor::TensorData;
use gestalt_networks::preprocess::Normalise;
use gestalt_networks::resize::Region;
use gestalt_scenes::Category;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::pool::Pool;
use crate::schedule::Schedule;

/// How pictures become a network's input.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Side of the input in pixels.
    pub image_px: usize,
    /// Side of a patch in pixels; that of the input where the network takes pictures whole.
    pub patch_px: usize,
    /// Mean and standard deviation of each colour.
    pub normalise: Normalise,
    /// Views of each picture in a batch, one after the other.
    pub views: usize,
    /// Whether pictures are cropped and reflected at random.
    pub augments: bool,
}

/// Augmented pictures as patches, with what the objective drew for each.
pub struct Batch<D> {
    /// Number of pictures, `b`; views of one picture count singly.
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
    /// The batch of `step`. It depends on the recipe's seed and the step alone, so that a resumed run sees
    /// what an uninterrupted one would have seen. `draw` is given each view's pixels, interleaved RGB from 0
    /// to 255, which it may change; it continues the random numbers of the view's crop and reflection.
    pub fn draw(
        pool: &Pool,
        view: &View,
        schedule: &Schedule,
        (seed, step): (u64, u64),
        mut draw: impl FnMut(&mut [f32], &mut ChaCha8Rng) -> D,
    ) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(1 + step);
        let side_px = f64::from(pool.size_px());
        let mut batch = Self::empty(view, schedule.batch * view.views);
        for _ in 0..schedule.batch {
            let picture = random.random_range(0..pool.len());
            for _ in 0..view.views {
                let part = match (view.augments, schedule.crop_px) {
                    (false, _) => whole(side_px),
                    (true, Some(px)) => fixed_crop(&mut random, side_px, f64::from(px)),
                    (true, None) => random_crop(&mut random, side_px, schedule.smallest_crop),
                };
                let mut cut = pool.cut(picture, part, view.image_px);
                if view.augments && random.random_bool(0.5) {
                    mirror(&mut cut, view.image_px);
                }
                batch.drawn.push(draw(&mut cut, &mut random));
                batch.append(cut, pool.category(picture), view);
            }
        }
        batch
    }

    fn empty(view: &View, pictures: usize) -> Self {
        let (patches, patch_len) =
            ((view.image_px / view.patch_px).pow(2), 3 * view.patch_px * view.patch_px);
        Self {
            pictures,
            patches,
            patch_len,
            pixels: Vec::with_capacity(pictures * patches * patch_len),
            categories: Vec::with_capacity(pictures),
            drawn: Vec::with_capacity(pictures),
        }
    }

    fn append(&mut self, mut cut: Vec<f32>, category: Option<Category>, view: &View) {
        view.normalise.interleaved(&mut cut);
        append_patches(&cut, view.image_px, view.patch_px, &mut self.pixels);
        self.categories.push(category);
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
        let part = whole(f64::from(pool.size_px()));
        let mut batch = Self::empty(view, pool.len());
        for picture in 0..pool.len() {
            batch.append(pool.cut(picture, part, view.image_px), pool.category(picture), view);
            batch.drawn.push(());
        }
        batch
    }
}

/// All of a square picture.
fn whole(side_px: f64) -> Region {
    Region { x_px: 0.0, y_px: 0.0, width_px: side_px, height_px: side_px }
}

/// A square of `px` at a random place.
fn fixed_crop(random: &mut ChaCha8Rng, side_px: f64, px: f64) -> Region {
    Region {
        x_px: random.random_range(0.0..=side_px - px),
        y_px: random.random_range(0.0..=side_px - px),
        width_px: px,
        height_px: px,
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

/// Interleaved RGB → patches in row-major order, colour-major inside, as the encoder's patch embedding wants
/// them.
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
