//! Rendered scenes for those who have no photographs at hand: natural-looking pictures of everyday things,
//! made by marching rays through signed distance fields.
//!
//! Every picture is named by a category, a seed and a size, and is the same on every machine: randomness is
//! seeded ChaCha8, noise comes from integer hashes, and no result depends on the order of threads. Axes: y up, ground at
//! y = 0, objects face +x and are about two units large; light is linear until it is written as sRGB.

mod aircraft;
mod birds;
mod boats;
mod buildings;
mod cars;
mod category;
mod colour;
mod dice;
mod dogs;
mod fishes;
mod flowers;
mod furniture;
mod instruments;
mod model;
mod noise;
mod picture;
mod shade;
mod shape;
mod surroundings;
mod texture;
mod tools;
mod trace;
mod trees;
mod vessels;

use image::RgbImage;
use image::imageops::replace;

pub use category::{Category, UnknownCategory};
pub use picture::{Picture, render_with_mask};

/// Renders a square sRGB picture of `size_px` × `size_px` pixels (at least 1). Rows are rendered in parallel.
pub fn render(category: Category, seed: u64, size_px: u32) -> RgbImage {
    render_with_mask(category, seed, size_px).image
}

/// Pictures side by side: one row per category, seeds `0..per_category`, each `size_px` wide, 4 px apart.
pub fn contact_sheet(categories: &[Category], per_category: u32, size_px: u32) -> RgbImage {
    const GAP_PX: u32 = 4;
    let pitch = size_px + GAP_PX;
    let (width, height) = (per_category * pitch + GAP_PX, categories.len() as u32 * pitch + GAP_PX);
    let mut sheet = RgbImage::from_pixel(width, height, image::Rgb([245; 3]));
    for (row, &category) in categories.iter().enumerate() {
        for seed in 0..per_category {
            let picture = render(category, u64::from(seed), size_px);
            replace(
                &mut sheet,
                &picture,
                i64::from(seed * pitch + GAP_PX),
                i64::from(row as u32 * pitch + GAP_PX),
            );
        }
    }
    sheet
}

#[cfg(test)]
mod tests;
