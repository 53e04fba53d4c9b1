//! From shapes to pixels, with smooth edges.

use image::{Rgb, RgbImage};
use libm::{cos, sin};
use rayon::prelude::*;

use super::Probe;

/// Samples a pixel in x and in y.
const SAMPLES: u32 = 8;

/// A place or a direction; the picture's side is 1.
pub type Point = (f64, f64);

/// Draws black ink on white, the average of 8 × 8 samples a pixel, and labels each pixel by its middle.
pub fn rasterise(
    size_px: u32,
    labels: Vec<String>,
    ink: impl Fn(Point) -> bool + Sync,
    region: impl Fn(Point) -> u8 + Sync,
) -> Probe {
    let side = f64::from(size_px);
    let fine = f64::from(size_px * SAMPLES);
    let middle = |pixel: u32| (f64::from(pixel) + 0.5) / side;
    let sample = |pixel: u32, part: u32| (f64::from(pixel * SAMPLES + part) + 0.5) / fine;
    let inked = |x: u32, y: u32| {
        let parts = (0..SAMPLES).flat_map(|down| (0..SAMPLES).map(move |right| (right, down)));
        parts.filter(|&(right, down)| ink((sample(x, right), sample(y, down)))).count() as u32
    };
    let pixels: Vec<(u8, u8)> = (0..size_px * size_px)
        .into_par_iter()
        .map(|place| {
            let (x, y) = (place % size_px, place / size_px);
            let all = SAMPLES * SAMPLES;
            // Whole numbers, rounded to the nearest grey.
            let grey = ((all - inked(x, y)) * 255 + all / 2) / all;
            (grey as u8, region((middle(x), middle(y))))
        })
        .collect();
    let picture = RgbImage::from_fn(size_px, size_px, |x, y| Rgb([pixels[(y * size_px + x) as usize].0; 3]));
    Probe { picture, mask: pixels.into_iter().map(|(_, label)| label).collect(), labels }
}

/// Cosine and sine, by software that is the same on every machine.
pub fn direction(deg: f64) -> Point {
    let radians = deg * std::f64::consts::PI / 180.0;
    (cos(radians), sin(radians))
}

/// `a · b`.
pub fn dot(a: Point, b: Point) -> f64 {
    a.0 * b.0 + a.1 * b.1
}

/// From `a` to `b`.
pub fn between(a: Point, b: Point) -> Point {
    (b.0 - a.0, b.1 - a.1)
}

/// Squared distance.
pub fn distance_squared(a: Point, b: Point) -> f64 {
    let way = between(a, b);
    dot(way, way)
}

/// Names of labels.
pub fn named(labels: &[&str]) -> Vec<String> {
    labels.iter().map(|&label| label.to_owned()).collect()
}
