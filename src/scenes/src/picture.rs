//! From a category and a seed to pixels: frames the object, sends the rays, smooths the edges.

use glam::{Vec2, Vec3};
use image::{GrayImage, Luma, Rgb, RgbImage};
use rayon::prelude::*;

use super::category::Category;
use super::colour::to_srgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::Model;
use super::surroundings::{Backdrop, Surroundings};
use super::trace::{Eye, Met, Stage};

/// A picture and where its object is.
pub struct Picture {
    /// The picture, sRGB.
    pub image: RgbImage,
    /// 255 where the object is seen, 0 elsewhere.
    pub object: GrayImage,
}

#[derive(Clone, Copy)]
struct Sample {
    /// Linear light.
    light: Vec3,
    part: Option<usize>,
    /// From the eye, in units.
    distance: f32,
    /// Of the surface, length 1.
    normal: Vec3,
}

/// Renders one picture and its object mask; see [`super::render`].
pub fn render_with_mask(category: Category, seed: u64, size_px: u32) -> Picture {
    let stage = stage(category, seed, size_px.max(1));
    let size = size_px as usize;
    let first: Vec<Sample> = (0..size)
        .into_par_iter()
        .flat_map_iter(|y| {
            let mut near = Vec::with_capacity(64);
            (0..size)
                .map(|x| sample(&stage, x as f32 + 0.5, y as f32 + 0.5, size, &mut near))
                .collect::<Vec<_>>()
        })
        .collect();
    let lights: Vec<Vec3> = (0..size)
        .into_par_iter()
        .flat_map_iter(|y| {
            let mut near = Vec::with_capacity(64);
            (0..size).map(|x| smoothed(&stage, &first, x, y, size, &mut near)).collect::<Vec<_>>()
        })
        .collect();
    let at = |x: u32, y: u32| y as usize * size + x as usize;
    Picture {
        image: RgbImage::from_fn(size_px, size_px, |x, y| Rgb(to_srgb(lights[at(x, y)]))),
        object: GrayImage::from_fn(size_px, size_px, |x, y| {
            Luma([if first[at(x, y)].part.is_some() { 255 } else { 0 }])
        }),
    }
}

fn sample(stage: &Stage, x: f32, y: f32, size: usize, near: &mut Vec<u16>) -> Sample {
    let place = Vec2::new(2.0 * x / size as f32 - 1.0, 1.0 - 2.0 * y / size as f32);
    let (light, hit) = stage.light(stage.eye.origin, stage.eye.ray(place), near);
    let part = if let Met::Part(index) = hit.met { Some(index) } else { None };
    // A highlight must not outweigh its neighbours when samples are averaged.
    Sample { light: light.min(Vec3::splat(4.0)), part, distance: hit.distance, normal: hit.normal }
}

/// The pixel itself, or the mean of four more samples where it differs from a neighbour in kind, depth or
/// slope.
fn smoothed(stage: &Stage, first: &[Sample], x: usize, y: usize, size: usize, near: &mut Vec<u16>) -> Vec3 {
    let here = &first[y * size + x];
    let edge = [(1, 0), (0, 1), (-1, 0), (0, -1)].iter().any(|&(dx, dy): &(isize, isize)| {
        let (nx, ny) = (x as isize + dx, y as isize + dy);
        if nx < 0 || ny < 0 || nx >= size as isize || ny >= size as isize {
            return false;
        }
        differs(here, &first[ny as usize * size + nx as usize])
    });
    if !edge {
        return here.light;
    }
    // A rotated grid, so that near-horizontal and near-vertical edges both get four levels.
    let corners = [(0.125, 0.625), (0.375, 0.125), (0.625, 0.875), (0.875, 0.375)];
    let sum: Vec3 =
        corners.iter().map(|&(dx, dy)| sample(stage, x as f32 + dx, y as f32 + dy, size, near).light).sum();
    sum * 0.25
}

fn differs(a: &Sample, b: &Sample) -> bool {
    if a.part.is_none() && b.part.is_none() {
        return false;
    }
    a.part.is_some() != b.part.is_some()
        || (a.distance - b.distance).abs() > 0.02 * a.distance
        || a.normal.dot(b.normal) < 0.7
}

fn stage(category: Category, seed: u64, size_px: u32) -> Stage {
    let mut dice = Dice::new(seed, category.stream());
    let Draft { mut model, setting, yaw, pitch } = category.draft(&mut dice);
    model.finish();
    let place = Surroundings::of(setting, &mut dice);
    let (centre, radius) = extent(&model);
    let eye = Eye::around(centre, radius * dice.range(4.0, 5.0), yaw, pitch);
    let towards = (eye.origin - centre) * Vec3::new(1.0, 0.0, 1.0);
    let towards = towards.normalize_or(Vec3::Z);
    let side = Vec3::Y.cross(towards);
    // The sun stands behind the viewer's shoulder, so that the object is lit but modelled.
    let swing = dice.sign() * dice.range(0.35, 1.1);
    let sun = (towards + side * swing * 1.1 + Vec3::Y * dice.range(0.75, 1.35)).normalize();
    let wall = match &place.backdrop {
        Backdrop::Wall { distance, .. } => -(radius * 0.75 + (distance - 1.3)) + centre.dot(towards),
        _ => 0.0,
    };
    let mut stage = Stage { model, place, sun, wall: (towards, wall), eye, pixel: 0.02 };
    frame(&mut stage, dice.range(0.80, 0.90), Vec2::new(dice.range(-0.05, 0.05), dice.range(-0.04, 0.04)));
    stage.pixel = 2.0 * stage.eye.half / size_px as f32;
    stage
}

fn extent(model: &Model) -> (Vec3, f32) {
    let (low, high) = model.parts.iter().fold((Vec3::MAX, Vec3::MIN), |(low, high), part| {
        let (centre, radius) = part.ball();
        (low.min(centre - radius), high.max(centre + radius))
    });
    ((low + high) * 0.5, (high - low).max_element() * 0.5)
}

/// Looks once coarsely, then zooms and shifts so that the object's longer side fills the given share.
fn frame(stage: &mut Stage, fill: f32, shift: Vec2) {
    const GRID: usize = 56;
    stage.eye.half = 0.5;
    stage.pixel = 2.0 * stage.eye.half / GRID as f32;
    let mut near = Vec::with_capacity(64);
    let (mut low, mut high) = (Vec2::MAX, Vec2::MIN);
    for index in 0..GRID * GRID {
        let (x, y) = (index % GRID, index / GRID);
        let place = (Vec2::new(x as f32, y as f32) + 0.5) / GRID as f32 * 2.0 - 1.0;
        if stage.march(stage.eye.origin, stage.eye.ray(place), &mut near).is_some() {
            (low, high) = (low.min(place), high.max(place));
        }
    }
    if low.x > high.x {
        return;
    }
    let margin = 1.0 / GRID as f32;
    let size = (high - low + 2.0 * margin) * stage.eye.half;
    stage.eye.centre = (low + high) * 0.5 * stage.eye.half;
    stage.eye.half = size.max_element() * 0.5 / fill;
    stage.eye.centre -= shift * stage.eye.half;
}
