//! What a user relies on: every control keeps and loses what it says.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use gestalt_protocol::{Encoding, Role};
use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_synthesis::PatchSynthesis;
use gestalt_synthesis::block_shuffle::block_shuffled;
use gestalt_synthesis::controls::{Control, Warp, phase_scrambled, re_encoded, warp_of_strength};
use gestalt_synthesis::measure::Comparison;
use gestalt_trial_sets::{Recipe, Source, TrialSetFolder, check, make};
use gestalt_types::Name;
use image::{RgbImage, imageops};
use rustfft::{FftPlanner, num_complex::Complex};

const SCALE_PX: u32 = 24;

fn picture(seed: u64, width: u32, height: u32) -> RgbImage {
    let square = scenes::render(Category::ALL[seed as usize % Category::ALL.len()], seed, width.max(height));
    imageops::crop_imm(&square, 0, 0, width, height).to_image()
}

/// Amplitudes of the rows' one-dimensional spectra, summed over rows: enough to tell spectra apart, and not
/// the transform that is tested.
fn amplitudes(picture: &RgbImage, channel: usize) -> Vec<f64> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let column = FftPlanner::new().plan_fft_forward(height);
    let row = FftPlanner::new().plan_fft_forward(width);
    let at = |x: usize, y: usize| f64::from(picture.get_pixel(x as u32, y as u32)[channel]);
    let mut rows: Vec<Vec<Complex<f64>>> =
        (0..height).map(|y| (0..width).map(|x| Complex::new(at(x, y), 0.0)).collect()).collect();
    rows.iter_mut().for_each(|values| row.process(values));
    let mut found = Vec::new();
    for x in 0..width {
        let mut values: Vec<Complex<f64>> = rows.iter().map(|row| row[x]).collect();
        column.process(&mut values);
        found.extend(values.iter().map(|value| value.norm()));
    }
    found
}

#[test]
fn phase_scrambling_keeps_the_amplitude_spectrum_and_nothing_in_place() {
    // Low contrast, so that nothing is cut off at black and white and only rounding is left.
    let mut intact = picture(1, 64, 48);
    intact.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|v| 96 + v / 4));
    let scrambled = phase_scrambled(&intact, 5);
    for channel in 0..3 {
        let (before, after) = (amplitudes(&intact, channel), amplitudes(&scrambled, channel));
        let off: f64 = before.iter().zip(&after).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
        let share = off / before[1..].iter().map(|a| a * a).sum::<f64>();
        assert!(share < 0.005, "channel {channel}: {share}");
        assert!((before[0] / after[0] - 1.0).abs() < 0.002, "the mean is kept");
    }
    assert!(Comparison::of(&intact, &scrambled, 16).kept_in_place < 0.2);
    assert_eq!(phase_scrambled(&intact, 5), scrambled);
    assert_ne!(phase_scrambled(&intact, 6), scrambled);
}

#[test]
fn phase_scrambling_leaves_grey_grey() {
    let grey = imageops::grayscale(&picture(2, 40, 40));
    let grey = RgbImage::from_fn(40, 40, |x, y| image::Rgb([grey.get_pixel(x, y)[0]; 3]));
    assert!(phase_scrambled(&grey, 1).pixels().all(|p| p[0] == p[1] && p[1] == p[2]));
}

#[test]
fn block_shuffling_keeps_every_block_and_so_the_histogram() {
    let intact = picture(3, 96, 72);
    let shuffled = block_shuffled(&intact, SCALE_PX, 4);
    assert_ne!(shuffled, intact);
    let blocks = |picture: &RgbImage| {
        let mut blocks: Vec<Vec<u8>> = (0..72 / SCALE_PX)
            .flat_map(|y| (0..96 / SCALE_PX).map(move |x| (x * SCALE_PX, y * SCALE_PX)))
            .map(|(x, y)| imageops::crop_imm(picture, x, y, SCALE_PX, SCALE_PX).to_image().into_raw())
            .collect();
        blocks.sort();
        blocks
    };
    assert_eq!(blocks(&shuffled), blocks(&intact));
}

#[test]
fn a_warp_keeps_no_more_in_place_than_the_main_distortion_and_more_of_the_texture_than_another_picture() {
    let synthesis = PatchSynthesis::new(SCALE_PX).unwrap();
    let pictures: Vec<RgbImage> = (0..2).map(|seed| picture(seed, 112, 112)).collect();
    let (mut kept, mut main, mut own, mut other) = (0.0, 0.0, 0.0, 0.0);
    for (index, intact) in pictures.iter().enumerate() {
        let distorted = synthesis.distort(intact, 9);
        let warped = warp_of_strength(intact, &distorted, SCALE_PX, 9);
        let with = |picture: &RgbImage| Comparison::of(intact, picture, SCALE_PX);
        kept += with(&warped).kept_in_place / 2.0;
        main += with(&distorted).kept_in_place / 2.0;
        own += with(&warped).texture_distance;
        other += with(&pictures[1 - index]).texture_distance;
    }
    println!("kept in place: warp {kept}, patch {main}; texture {own}, of another picture {other}");
    assert!((kept - main).abs() < 0.1, "warp {kept}, patch {main}");
    assert!(own < other / 2.0, "{own} {other}");
}

#[test]
fn a_warp_of_nothing_is_the_picture_and_a_stronger_one_keeps_less() {
    let intact = picture(5, 96, 64);
    let warp = Warp::new(96, 64, 48.0, 1);
    assert_eq!(warp.apply(&intact, 0.0), intact);
    let kept =
        [0.1, 0.4, 0.8].map(|slope| Comparison::of(&intact, &warp.apply(&intact, slope), 16).kept_in_place);
    assert!(kept[0] > kept[1] && kept[1] >= kept[2], "{kept:?}");
}

#[test]
fn re_encoded_copies_differ_from_each_other_and_not_to_the_eye() {
    let intact = picture(6, 100, 70);
    let [first, second] = re_encoded(&intact).unwrap();
    // In luma, where the eye is sharp; halved chroma takes more from the thin coloured lines of a small
    // scene.
    let apart = |a: &RgbImage, b: &RgbImage| {
        let (a, b) = (imageops::grayscale(a), imageops::grayscale(b));
        let squares = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
        (squares.sum::<f64>() / a.as_raw().len() as f64).sqrt()
    };
    for (a, b) in [(&intact, &first), (&intact, &second), (&first, &second)] {
        assert!(a != b && a.dimensions() == b.dimensions());
        assert!(apart(a, b) < 8.0, "{} grey levels", apart(a, b));
    }
}

#[test]
fn a_set_with_controls_states_them_and_leaves_its_other_trials_as_they_were() {
    let recipe = |controls| Recipe {
        name: Name::new("set").unwrap(),
        source: Source::Scenes { count: 3, categories: Vec::new() },
        synthesis: Arc::new(PatchSynthesis::new(16).unwrap()),
        further: Vec::new(),
        spread: false,
        size: 64.into(),
        seed: 2,
        practice: 1,
        catch: 1,
        controls,
        equalise_jpeg: None,
        encoding: Encoding::WebpLossless,
    };
    let [without, with] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let plain = make(&recipe(0), without.path(), &|_| ()).unwrap().publish().unwrap().set;
    let set = make(&recipe(2), with.path(), &|_| ()).unwrap().publish().unwrap().set;
    assert_eq!(check(with.path()).unwrap(), set);
    assert_eq!(set.trials()[..5], *plain.trials());
    let folder = TrialSetFolder::open(with.path()).unwrap();
    for control in Control::ALL {
        let trials: Vec<_> =
            set.trials().iter().filter(|t| t.condition.as_str() == control.condition()).collect();
        assert!(trials.len() == 2 && trials.iter().all(|trial| trial.role == Role::Control));
        if control == Control::IntactTwins {
            let [odd, others @ ..] =
                &mut trials[0].images.clone().map(|hash| folder.read_image(&hash).unwrap());
            let place = trials[0].intact.index();
            if place > 0 {
                std::mem::swap(odd, &mut others[place - 1]);
            }
            assert_eq!(imageops::flip_horizontal(&others[0]), others[1]);
        }
    }
}

#[test]
fn every_control_works_on_any_shape() {
    let synthesis = PatchSynthesis::new(16).unwrap();
    for (width, height) in [(33, 90), (90, 33), (41, 41)] {
        let intact = picture(7, width, height);
        for control in Control::ALL {
            let triplet = control.triplet(intact.clone(), &synthesis, 3).unwrap();
            for picture in [&triplet.intact, &triplet.distortions[0], &triplet.distortions[1]] {
                assert_eq!(picture.dimensions(), (width, height), "{control:?}");
            }
        }
    }
}
