//! How far apart different pictures are in appearance, and copies of one picture: what the threshold rests
//! on.
//!
//! `cargo run --release -p gestalt-images --example appearance`

use gestalt_images::appearance::Appearance;
use gestalt_images::jpeg_copy::{Chroma, jpeg_copy};
use gestalt_scenes::{Category, render};
use image::imageops::{self, FilterType};
use image::{DynamicImage, RgbImage};

const PICTURES: u64 = 600;
const SIDE_PX: u32 = 224;

/// A change that leaves a photograph the same photograph.
type Copy = fn(&RgbImage) -> RgbImage;

fn resized(picture: &RgbImage) -> RgbImage {
    imageops::resize(picture, SIDE_PX, SIDE_PX, FilterType::Triangle)
}

fn cropped(picture: &RgbImage, px: u32) -> RgbImage {
    resized(&imageops::crop_imm(picture, px, px, SIDE_PX - 2 * px, SIDE_PX - 2 * px).to_image())
}

fn saved(picture: &RgbImage, quality: u8) -> RgbImage {
    jpeg_copy(picture, quality, Chroma::Halved).unwrap_or_else(|_| picture.clone())
}

const COPIES: [(&str, Copy); 9] = [
    ("JPEG of quality 50", |p| saved(p, 50)),
    ("JPEG of quality 20", |p| saved(p, 20)),
    ("half as large", |p| resized(&imageops::resize(p, SIDE_PX / 2, SIDE_PX / 2, FilterType::Triangle))),
    ("lighter by 25", |p| imageops::brighten(p, 25)),
    ("20 % more contrast", |p| imageops::contrast(p, 20.0)),
    ("grey", |p| DynamicImage::ImageLuma8(imageops::grayscale(p)).into_rgb8()),
    ("mirrored", imageops::flip_horizontal),
    ("cropped by 1 % at each edge", |p| cropped(p, 2)),
    ("cropped by 2 % at each edge", |p| cropped(p, 4)),
];

fn main() {
    let scene = |seed| render(Category::ALL[seed as usize % Category::ALL.len()], seed, SIDE_PX);
    let pictures: Vec<RgbImage> = (0..PICTURES).map(scene).collect();
    let hashes: Vec<Option<Appearance>> = pictures.iter().map(Appearance::of).collect();
    let pairs = hashes
        .iter()
        .enumerate()
        .flat_map(|(place, one)| hashes[..place].iter().map(move |other| (one, other)));
    told("different scenes", pairs.filter_map(|(one, other)| Some(one.as_ref()?.distance(other.as_ref()?))));
    for (name, copy) in COPIES {
        let copies = pictures.iter().zip(&hashes);
        told(
            name,
            copies.filter_map(|(picture, hash)| {
                Some(hash.as_ref()?.distance(&Appearance::of(&copy(picture))?))
            }),
        );
    }
}

fn told(name: &str, distances: impl Iterator<Item = u32>) {
    let mut sorted: Vec<u32> = distances.collect();
    sorted.sort_unstable();
    let at =
        |share: f64| sorted.get(((sorted.len() as f64 - 1.0) * share) as usize).copied().unwrap_or_default();
    println!(
        "{name:<30} least {:>3}, median {:>3}, 95 % {:>3}, most {:>3}",
        at(0.0),
        at(0.5),
        at(0.95),
        at(1.0)
    );
}
