//! Cuts a picture into square blocks and shuffles them: every pixel is kept, and so are parts up to the
//! block's size.

use gestalt_types::random::shuffle;
use image::{RgbImage, imageops};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The blocks of `block_px` pixels in random order; an edge that no whole block fits into stays.
///
/// A picture that holds fewer than two blocks comes back as it is.
pub fn block_shuffled(picture: &RgbImage, block_px: u32, seed: u64) -> RgbImage {
    let block_px = block_px.max(1);
    let (columns, rows) = (picture.width() / block_px, picture.height() / block_px);
    let corner = |block: u32| (block % columns * block_px, block / columns * block_px);
    let mut order: Vec<u32> = (0..columns * rows).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    shuffle(&mut order, &mut rng);
    let mut shuffled = picture.clone();
    for (place, block) in order.into_iter().enumerate() {
        let ((x, y), (to_x, to_y)) = (corner(block), corner(place as u32));
        let cut = imageops::crop_imm(picture, x, y, block_px, block_px).to_image();
        imageops::replace(&mut shuffled, &cut, i64::from(to_x), i64::from(to_y));
    }
    shuffled
}
