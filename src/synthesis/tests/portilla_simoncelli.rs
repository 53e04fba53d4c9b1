//! Portilla–Simoncelli: the statistics are plenoptic's, and what is synthesised has them.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_synthesis::portilla_simoncelli::{PortillaSimoncelli, Statistics};
use gestalt_synthesis::{Synthesis, SynthesisError};
use image::{DynamicImage, Rgb, RgbImage};
use serde_json::Value;

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/portilla_simoncelli");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|e| e == "json")).collect()
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// Relative means: by the Euclidean norm of the group, since single correlations are near 0.
#[test]
fn every_group_agrees_with_plenoptic_to_a_ten_thousandth() {
    let fixtures = fixtures();
    assert_eq!(fixtures.len(), 6);
    for path in fixtures {
        let wanted: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let picture = image::open(path.with_extension("png")).unwrap().to_rgb8();
        let number = |key: &str| wanted[key].as_u64().unwrap() as usize;
        let statistics = Statistics::of_luma(&picture, number("scales"), number("orientations")).unwrap();
        let groups = wanted["groups"].as_array().unwrap();
        assert_eq!(statistics.groups().count(), groups.len());
        let numbers = |group: &Value| -> Vec<f64> {
            group["values"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
        };
        for ((group, values), wanted) in statistics.groups().zip(groups) {
            assert_eq!(group.name, wanted["name"]);
            assert_eq!(group.level.to_string(), wanted["level"]);
            let wanted = numbers(wanted);
            assert_eq!(values.len(), wanted.len());
            let difference: Vec<f64> = values.iter().zip(&wanted).map(|(a, b)| a - b).collect();
            let relative = norm(&difference) / norm(&wanted);
            assert!(relative < 1e-4, "{path:?} {group:?}: {relative:e}\n{values:?}\n{wanted:?}");
        }
    }
}

#[test]
fn a_picture_too_small_is_named_with_what_it_needs() {
    let message = Statistics::of_luma(&RgbImage::new(50, 90), 3, 4).unwrap_err().to_string();
    assert!(message.contains("50 × 90") && message.contains("56"), "{message}");
    assert_eq!(Statistics::most_scales(50, 90), 2);
    assert_eq!(Statistics::most_scales(0, 90), 0);
    assert!(Statistics::of_luma(&RgbImage::new(0, 0), 1, 4).is_err());
}

#[test]
fn an_even_picture_has_finite_statistics() {
    for grey in [0, 77, 255] {
        let even = RgbImage::from_pixel(64, 48, image::Rgb([grey; 3]));
        let values = Statistics::of_luma(&even, 2, 4).unwrap().to_vector();
        assert!(values.iter().all(|v| v.is_finite()));
    }
}

/// How far the statistics of `found` are from those of `target`: for each kind of statistics the norm of the
/// difference against that of the target's values, and the mean of that over the kinds. Minimum, maximum and
/// skews (which may be near 0) are left out.
fn residual(target: &RgbImage, found: &RgbImage, scales: usize) -> f64 {
    let [target, found] = [target, found].map(|picture| Statistics::of_luma(picture, scales, 4).unwrap());
    let mut kinds: Vec<(&str, f64, f64)> = Vec::new();
    for ((group, wanted), (_, found)) in
        target.groups().zip(found.groups()).filter(|((g, _), _)| g.name != "skew")
    {
        let count = if group.name == "pixel" { 2 } else { wanted.len() };
        let difference: Vec<f64> = wanted[..count].iter().zip(found).map(|(a, b)| a - b).collect();
        let (difference, wanted) = (norm(&difference).powi(2), norm(&wanted[..count]).powi(2));
        match kinds.iter_mut().find(|kind| kind.0 == group.name) {
            Some(kind) => (kind.1, kind.2) = (kind.1 + difference, kind.2 + wanted),
            None => kinds.push((group.name, difference, wanted)),
        }
    }
    kinds.iter().map(|(_, difference, wanted)| (difference / wanted).sqrt()).sum::<f64>() / kinds.len() as f64
}

fn scene(width_px: u32, height_px: u32) -> RgbImage {
    let picture = scenes::render(Category::ALL[0], 1, width_px.max(height_px));
    image::imageops::crop_imm(&picture, 0, 0, width_px, height_px).to_image()
}

fn grey(picture: &RgbImage) -> RgbImage {
    DynamicImage::ImageLuma8(DynamicImage::ImageRgb8(picture.clone()).to_luma8()).to_rgb8()
}

#[test]
fn what_is_synthesised_has_the_statistics_and_another_arrangement() {
    let synthesis = PortillaSimoncelli::new(32).unwrap();
    let colour = scene(96, 96);
    for intact in [grey(&colour), colour] {
        let [first, second] = [1, 2].map(|seed| synthesis.distort(&intact, seed).unwrap());
        let (near, other) = (residual(&intact, &first, 3), residual(&intact, &scene_of_another(), 3));
        assert!(near < 0.2 && near < other / 3.0, "residual {near}; of another picture {other}");
        assert_ne!(first, second);
        for (a, b) in [(&intact, &first), (&first, &second)] {
            assert!(mean_difference(a, b) > 15.0, "{}", mean_difference(a, b));
        }
    }
}

fn scene_of_another() -> RgbImage {
    scenes::render(Category::ALL[4], 2, 96)
}

/// Mean absolute difference of the pixels in grey levels.
fn mean_difference(a: &RgbImage, b: &RgbImage) -> f64 {
    a.iter().zip(b.iter()).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
}

#[test]
fn a_grey_picture_stays_grey_and_every_channel_keeps_its_histogram() {
    let synthesis = PortillaSimoncelli::new(16).unwrap();
    let distorted = synthesis.distort(&grey(&scene(48, 48)), 1).unwrap();
    assert!(distorted.pixels().all(|p| p[0] == p[1] && p[1] == p[2]));
    let intact = scene(48, 48);
    let distorted = synthesis.distort(&intact, 1).unwrap();
    for channel in 0..3 {
        let sorted = |picture: &RgbImage| {
            let mut levels: Vec<u8> = picture.pixels().map(|p| p[channel]).collect();
            levels.sort_unstable();
            levels
        };
        assert_eq!(sorted(&intact), sorted(&distorted), "channel {channel}");
    }
}

#[test]
fn the_same_seed_gives_the_same_picture_on_any_number_of_threads() {
    let synthesis = PortillaSimoncelli::new(16).unwrap();
    let intact = scene(48, 64);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| synthesis.distort(&intact, 7).unwrap())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn any_size_and_aspect_keeps_its_size() {
    for (width, height, scale_px) in [(97, 160, 64), (61, 33, 32), (14, 14, 64), (15, 120, 16)] {
        let intact = scene(width, height);
        let distorted = PortillaSimoncelli::new(scale_px).unwrap().distort(&intact, 1).unwrap();
        assert_eq!(distorted.dimensions(), (width, height));
        assert_ne!(distorted, intact);
    }
}

#[test]
fn windows_keep_what_is_arranged_more_coarsely() {
    // Dark above and bright below, under a texture.
    let intact = RgbImage::from_fn(96, 96, |x, y| {
        let grey = if y < 48 { 60 } else { 180 } + (x * 7919 + y * 104_729) % 41;
        Rgb([grey as u8; 3])
    });
    let halves_apart = |picture: &RgbImage| {
        let row_mean = |rows: std::ops::Range<u32>| {
            let values = rows.flat_map(|y| (0..96).map(move |x| f64::from(picture.get_pixel(x, y)[0])));
            values.sum::<f64>() / (24.0 * 96.0)
        };
        row_mean(72..96) - row_mean(0..24)
    };
    let whole = PortillaSimoncelli::new(16).unwrap();
    let windows = whole.in_windows(24).unwrap();
    assert!(halves_apart(&windows.distort(&intact, 1).unwrap()) > 100.0);
    assert!(halves_apart(&whole.distort(&intact, 1).unwrap()) < 60.0);
    assert_ne!(whole.name(), windows.name());
}

#[test]
fn what_cannot_be_synthesised_is_named_or_comes_back() {
    let synthesis = PortillaSimoncelli::new(64).unwrap();
    for (width, height) in [(0, 0), (1, 1), (13, 200)] {
        let failed = synthesis.distort(&RgbImage::new(width, height), 1);
        assert!(matches!(failed, Err(SynthesisError::TooSmall { needed_px: 14, .. })), "{failed:?}");
    }
    let even = RgbImage::from_pixel(40, 40, Rgb([10, 200, 30]));
    assert_eq!(synthesis.distort(&even, 1).unwrap(), even);
    // One pixel that is different, two colours only, a hard edge: nothing that a square root or a quotient
    // may trip over.
    let mut spot = even.clone();
    spot.put_pixel(3, 5, Rgb([11, 200, 30]));
    let edge = RgbImage::from_fn(40, 40, |x, _| if x < 20 { Rgb([0; 3]) } else { Rgb([255; 3]) });
    for picture in [spot, edge] {
        assert_eq!(synthesis.distort(&picture, 1).unwrap().dimensions(), (40, 40));
    }
}

#[test]
fn a_scale_or_window_that_there_is_not_is_refused() {
    for scale_px in [0, 7, 48, 512] {
        let message = PortillaSimoncelli::new(scale_px).unwrap_err().to_string();
        assert!(message.contains(&scale_px.to_string()) && message.contains("[8, 16"), "{message}");
    }
    let message = PortillaSimoncelli::new(8).unwrap().in_windows(3).unwrap_err().to_string();
    assert!(message.contains("8 px"), "{message}");
}
