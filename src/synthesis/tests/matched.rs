//! What a user relies on with matched traces: the intact picture is remade in place, and local content does
//! not make it the odd one.
#![allow(clippy::unwrap_used)]

use gestalt_scenes::{Category, render};
use gestalt_synthesis::controls::{Control, equally_re_encoded};
use gestalt_synthesis::measure::Comparison;
use gestalt_synthesis::{PatchSynthesis, Synthesis, Traces, TripletMeasure};
use gestalt_types::Sha256;
use image::{Rgb, RgbImage};

const SIZE_PX: u32 = 128;
const SCALE_PX: u32 = 32;

fn picture(seed: u64) -> RgbImage {
    render(Category::ALL[seed as usize % Category::ALL.len()], seed, SIZE_PX)
}

fn matched() -> PatchSynthesis {
    PatchSynthesis::new(SCALE_PX).unwrap().with_traces(Traces::Matched)
}

#[test]
fn the_same_picture_and_seed_give_the_same_triplet() {
    let picture = picture(1);
    let triplet = matched().triplet(&picture, 5).unwrap();
    assert_eq!(triplet, matched().triplet(&picture, 5).unwrap());
    assert_ne!(triplet, matched().triplet(&picture, 6).unwrap());
    assert_eq!(triplet.distortions[0].dimensions(), picture.dimensions());
    let all = [&triplet.intact, &triplet.distortions[0], &triplet.distortions[1]];
    let found = all.map(|picture| Sha256::of(picture.as_raw()).as_str()[..16].to_owned());
    assert_eq!(found, FINGERPRINTS, "sets made with this version must stay what they are");
}

#[test]
fn the_intact_picture_is_remade_and_keeps_its_layout() {
    for seed in 0..6 {
        let picture = picture(seed);
        let triplet = matched().triplet(&picture, seed).unwrap();
        assert_ne!(triplet.intact, picture, "it must have joins as well");
        let with_original = Comparison::of(&picture, &triplet.intact, SCALE_PX);
        assert!(with_original.layout_r > 0.95, "picture {seed}: {with_original:?}");
        for distortion in &triplet.distortions {
            let lost = Comparison::of(&picture, distortion, SCALE_PX);
            assert!(lost.kept_in_place < 0.3, "picture {seed}: {lost:?}");
        }
    }
}

#[test]
fn its_joins_are_found_in_every_picture_of_a_triplet() {
    // A picture that changes evenly has its only steps at the joins.
    let ramp = RgbImage::from_fn(SIZE_PX, SIZE_PX, |x, y| Rgb([x as u8, y as u8, 100]));
    let triplet = matched().triplet(&ramp, 3).unwrap();
    let roughest = |picture: &RgbImage| {
        let step = |x: u32, y: u32| picture.get_pixel(x, y)[0].abs_diff(picture.get_pixel(x - 1, y)[0]);
        (0..SIZE_PX).flat_map(|y| (1..SIZE_PX).map(move |x| step(x, y))).max()
    };
    assert_eq!(roughest(&ramp), Some(1));
    for picture in [&triplet.intact, &triplet.distortions[0], &triplet.distortions[1]] {
        assert!(roughest(picture) > Some(1), "no joins");
    }
}

#[test]
fn the_two_distortions_together_show_every_part_about_twice() {
    for seed in 0..6 {
        let [first, second, together] = matched().triplet(&picture(seed), seed).unwrap().coverage.unwrap();
        for one in [first, second] {
            assert!(one.shown[0] < 0.35 && one.shown[3] < 0.05, "picture {seed}: {one:?}");
        }
        assert!(together.shown[0] < 0.08, "picture {seed}: {together:?}");
        assert!(together.variation < 0.8 * first.variation, "picture {seed}: {together:?}");
        assert!((first.shown.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn local_content_does_not_make_the_intact_picture_the_odd_one() {
    // Without matched traces the distortions are nearer to each other than to the intact picture.
    let share_odd = |synthesis: PatchSynthesis| {
        let odd = (0..24).filter(|&seed| {
            let measure =
                TripletMeasure::of_triplet(&synthesis.triplet(&picture(seed), seed).unwrap(), SCALE_PX);
            let [a, b] = measure.with_intact.map(|pair| pair.content_distances[1].unwrap());
            let between = measure.between.content_distances[1].unwrap();
            a > between && b > between
        });
        odd.count()
    };
    assert!(share_odd(matched()) <= 12);
}

#[test]
fn flat_tiny_and_odd_pictures_come_to_an_end() {
    let flat = RgbImage::from_pixel(64, 64, Rgb([90, 120, 30]));
    let triplet = matched().triplet(&flat, 1).unwrap();
    assert_eq!(triplet.distortions, [flat.clone(), flat.clone()], "there is nothing to rearrange");
    assert_eq!(triplet.intact, flat);
    for (width, height) in [(1, 1), (15, 40), (16, 16), (33, 200)] {
        let small =
            RgbImage::from_fn(width, height, |x, y| Rgb([(x * 7) as u8, (y * 5) as u8, (x * y) as u8]));
        let triplet = matched().triplet(&small, 2).unwrap();
        assert_eq!(triplet.distortions[1].dimensions(), (width, height));
        assert_eq!(triplet.coverage.is_some(), width.min(height) >= 16);
    }
}

/// Lines of dark strokes on white, as a scanned page has them.
fn page_of_text() -> RgbImage {
    RgbImage::from_fn(SIZE_PX, SIZE_PX, |x, y| {
        let (in_line, letter) = (y % 12 < 7 && y > 8, (x / 5).wrapping_mul(2_654_435_761) ^ (y / 12));
        let is_ink = in_line && x % 5 < 4 && (letter >> (x % 5 + y % 12 / 2)) & 1 == 1;
        Rgb([if is_ink { 20 } else { 245 }; 3])
    })
}

/// One thing on an even ground: all that there is lies in one piece.
fn one_thing() -> RgbImage {
    RgbImage::from_fn(SIZE_PX, SIZE_PX, |x, y| {
        let inside = (40..60).contains(&x) && (70..92).contains(&y);
        Rgb(if inside { [(x * 9) as u8, (y * 3) as u8, 40] } else { [120, 170, 220] })
    })
}

#[test]
fn text_and_a_single_thing_are_rearranged_as_well_as_can_be() {
    for picture in [page_of_text(), one_thing()] {
        let triplet = matched().triplet(&picture, 4).unwrap();
        let [first, second] = &triplet.distortions;
        assert!(first != second && *first != triplet.intact && *second != triplet.intact);
        for distortion in [first, second] {
            let lost = Comparison::of(&picture, distortion, SCALE_PX);
            assert!(lost.kept_in_place < 0.5 && lost.texture_distance < 30.0, "{lost:?}");
        }
    }
}

#[test]
fn a_scale_that_fills_the_picture_cuts_it_into_four() {
    let picture = picture(2);
    let all = PatchSynthesis::new(2 * SIZE_PX).unwrap().with_traces(Traces::Matched);
    let halves = PatchSynthesis::new(SIZE_PX / 2).unwrap().with_traces(Traces::Matched);
    assert_eq!(all.triplet(&picture, 3).unwrap(), halves.triplet(&picture, 3).unwrap());
}

#[test]
fn controls_match_their_traces_where_they_can() {
    let picture = picture(4);
    for control in Control::ALL {
        let matched = control.triplet(picture.clone(), &matched(), 7).unwrap();
        let phase = control == Control::PhaseScramble;
        assert_eq!(matched.intact == picture, phase, "{control:?}");
        if control != Control::IntactTwins {
            let kept = Comparison::of(&picture, &matched.intact, SCALE_PX).layout_r;
            assert!(kept > 0.95, "{control:?} {kept}");
        }
    }
    let copies = [0, 1, 2].map(|seed| equally_re_encoded(&picture, seed).unwrap());
    assert_eq!(copies[0][1], copies[1][0], "every copy is the first in a third of the trials");
    assert_ne!(copies[0][0], copies[0][1]);
}

/// The first digits of the SHA-256 of the intact picture and of the distortions.
const FINGERPRINTS: [&str; 3] = ["4f9749453c72aa78", "63cbeb48051b8689", "31e328824e34d1d7"];
