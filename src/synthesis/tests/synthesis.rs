//! What a user relies on: distortions keep the texture and the colours, lose the arrangement, and can be
//! made again.
#![allow(clippy::unwrap_used)]

use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_synthesis::measure::Comparison;
use gestalt_synthesis::portilla_simoncelli::PortillaSimoncelli;
use gestalt_synthesis::{PatchSynthesis, Synthesis, TripletMeasure};
use image::{DynamicImage, RgbImage};
use rayon::prelude::*;

const SIZE_PX: u32 = 128;
const SCALE_PX: u32 = 24;

fn picture(seed: u64) -> RgbImage {
    scenes::render(Category::ALL[seed as usize % Category::ALL.len()], seed, SIZE_PX)
}

fn synthesis() -> PatchSynthesis {
    PatchSynthesis::new(SCALE_PX).unwrap()
}

/// Wasserstein distance of the histograms of a channel, in grey levels.
fn histogram_distance(a: &RgbImage, b: &RgbImage, channel: usize) -> f64 {
    let sorted = |picture: &RgbImage| {
        let mut values: Vec<u8> = picture.pixels().map(|pixel| pixel[channel]).collect();
        values.sort_unstable();
        values
    };
    let (a, b) = (sorted(a), sorted(b));
    a.iter().zip(&b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
}

#[test]
fn the_same_pixels_scale_and_seed_give_the_same_distortion() {
    let picture = picture(1);
    assert_eq!(synthesis().distort(&picture, 5), synthesis().distort(&picture, 5));
    assert_ne!(synthesis().distort(&picture, 5), synthesis().distort(&picture, 6));
}

#[test]
fn two_seeds_give_two_arrangements_and_neither_is_the_original() {
    let mut layout_r = 0.0;
    for seed in 0..4 {
        let intact = picture(seed);
        let [first, second] = [10, 11].map(|s| synthesis().distort(&intact, s));
        let measure = TripletMeasure::of(&intact, [&first, &second], SCALE_PX);
        for pair in [measure.with_intact[0], measure.with_intact[1], measure.between] {
            assert!(pair.kept_in_place < 0.3, "picture {seed}: {measure:?}");
            layout_r += pair.layout_r / 12.0;
        }
        assert_eq!(Comparison::of(&intact, &intact, SCALE_PX).kept_in_place, 1.0);
    }
    // A single picture of two even halves has few arrangements, so that only the mean says something.
    assert!(layout_r < 0.5, "mean layout correlation {layout_r}");
}

#[test]
fn the_texture_stays_nearer_than_that_of_another_picture() {
    let pictures: Vec<RgbImage> = (0..4).map(picture).collect();
    let texture = |a: &RgbImage, b: &RgbImage| Comparison::of(a, b, SCALE_PX).texture_distance;
    let own: f64 = pictures.iter().map(|p| texture(p, &synthesis().distort(p, 3))).sum();
    let other: f64 = (0..4).map(|i| texture(&pictures[i], &pictures[(i + 1) % 4])).sum();
    assert!(own < other / 2.0, "own {own}, other {other}");
}

#[test]
fn every_channel_keeps_its_histogram() {
    for seed in 0..4 {
        let intact = picture(seed);
        let distorted = synthesis().distort(&intact, 1);
        for channel in 0..3 {
            let distance = histogram_distance(&intact, &distorted, channel);
            assert!(distance < 1.0, "picture {seed}, channel {channel}: {distance} grey levels");
        }
    }
}

#[test]
fn any_shape_keeps_its_size_and_a_tiny_picture_comes_back() {
    let square = picture(3);
    for (width, height) in [(128, 48), (49, 127), (48, 48), (17, 40)] {
        let cut = image::imageops::crop_imm(&square, 0, 0, width, height).to_image();
        let distorted = synthesis().distort(&cut, 1);
        assert_eq!(distorted.dimensions(), (width, height));
        assert_ne!(distorted, cut, "{width} × {height}");
    }
    for (width, height) in [(0, 0), (1, 1), (15, 200)] {
        let tiny = RgbImage::new(width, height);
        assert_eq!(synthesis().distort(&tiny, 1), tiny);
    }
}

#[test]
fn every_scale_goes_with_extreme_shapes() {
    let square = scenes::render(Category::ALL[2], 5, 400);
    for (width, height) in [(1, 1), (15, 400), (97, 160), (400, 33)] {
        let cut = image::imageops::crop_imm(&square, 0, 0, width, height).to_image();
        for scale_px in [8, 16, 32, 64, 128] {
            let distorted = PatchSynthesis::new(scale_px).unwrap().distort(&cut, 1);
            assert_eq!(distorted.dimensions(), (width, height));
            assert_eq!(distorted == cut, width.min(height) < 16, "{width} × {height} at {scale_px} px");
        }
    }
}

/// The filter bank's are in `gram.rs`.
#[test]
fn every_scale_makes_a_distortion_of_256_px() {
    // Of one colour channel, which is the same work but less of it.
    let intact = DynamicImage::ImageRgb8(scenes::render(Category::ALL[2], 5, 256)).into_luma8();
    let intact = DynamicImage::ImageLuma8(intact).into_rgb8();
    [8, 16, 32, 64, 128].into_par_iter().for_each(|scale_px| {
        let syntheses: [&dyn Synthesis; 2] =
            [&PatchSynthesis::new(scale_px).unwrap(), &PortillaSimoncelli::new(scale_px).unwrap()];
        for synthesis in syntheses {
            let name = format!("{} at {scale_px} px", synthesis.name());
            assert!((synthesis.smallest_px()..=synthesis.largest_px()).contains(&256), "{name}");
            let made = synthesis.distort(&intact, 1).unwrap();
            assert!(made.dimensions() == (256, 256) && made != intact, "{name}");
        }
    });
}

#[test]
fn a_scale_out_of_range_is_refused_with_the_range() {
    for scale_px in [0, 7, 513] {
        let message = PatchSynthesis::new(scale_px).unwrap_err().to_string();
        assert!(message.contains(&scale_px.to_string()) && message.contains("8 to 512"), "{message}");
    }
}
