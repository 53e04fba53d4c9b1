#![doc = include_str!("../README.md")]

mod aircraft;
mod birds;
mod boats;
mod buildings;
mod cars;
mod category;
mod colour;
mod dice;
mod dogs;
mod draft;
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

use gestalt_images::sheet::tiled;
use image::RgbImage;

pub use category::{Category, UnknownCategory};
pub use picture::{Picture, render_with_mask};

/// Renders a square sRGB picture of `size_px` × `size_px` pixels (at least 1). Rows are rendered in
/// parallel.
pub fn render(category: Category, seed: u64, size_px: u32) -> RgbImage {
    render_with_mask(category, seed, size_px).image
}

/// Pictures side by side: one row per category, seeds `0..per_category`, each `size_px` wide, 4 px apart.
pub fn contact_sheet(categories: &[Category], per_category: u32, size_px: u32) -> RgbImage {
    let row = |&category: &Category| {
        (0..u64::from(per_category)).map(|seed| render(category, seed, size_px)).collect()
    };
    tiled(&categories.iter().map(row).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
