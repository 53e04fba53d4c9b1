//! The Good Gestalt sets hold what their published table says, picture by picture, and are the same
//! everywhere.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use gestalt_figures::gestalt_sets::{
    GestaltSet, GestaltSets, MASK_LEN, PICTURE_LEN, SIDE_PX, Sample, Split, write_file,
};
use proptest::prelude::*;
use safetensors::{Dtype, SafeTensors};

use GestaltSet::{Closure, Continuity, GradientOcclusion, IllusoryOcclusion, Kanizsa, Proximity};
use Split::{Test, Train, Validation};

/// A colour by the bits of its three values.
type Bits = [u32; 3];

/// Whole numbers of the published ranges: ⌈255·n/7⌉ and ⌊255·n/7⌋ for n = 0 … 7, worked out by hand.
const CEIL: [u32; 8] = [0, 37, 73, 110, 146, 183, 219, 255];
const FLOOR: [u32; 8] = [0, 36, 72, 109, 145, 182, 218, 255];

fn colour(sample: &Sample, place: usize) -> [f32; 3] {
    [0, 1, 2].map(|channel| sample.picture[channel * MASK_LEN + place])
}

fn bits(colour: [f32; 3]) -> Bits {
    colour.map(f32::to_bits)
}

/// How often each colour occurs at a label, or everywhere.
fn colours(sample: &Sample, label: Option<u8>) -> BTreeMap<Bits, usize> {
    let mut counts = BTreeMap::new();
    for place in (0..MASK_LEN).filter(|&place| label.is_none_or(|label| sample.mask[place] == label)) {
        *counts.entry(bits(colour(sample, place))).or_insert(0) += 1;
    }
    counts
}

fn area(sample: &Sample, label: u8) -> usize {
    sample.mask.iter().filter(|&&one| one == label).count()
}

/// The whole numbers behind a colour; none where it is not exactly `k / 255 × ratio × factor` in f32.
fn levels(colour: Bits, ratio: [f32; 3], split: Split) -> Option<[u32; 3]> {
    let level = |channel: usize| {
        (0..=255_u32)
            .find(|&k| (k as f32 / 255.0 * ratio[channel] * split.factor()).to_bits() == colour[channel])
    };
    Some([level(0)?, level(1)?, level(2)?])
}

fn plain(colour: Bits, split: Split) -> Option<[u32; 3]> {
    levels(colour, [1.0; 3], split)
}

/// Asserts that a colour was drawn from `[low/7, high/7]`.
fn drawn_from(colour: Bits, [low, high]: [usize; 2], split: Split) -> [u32; 3] {
    let range = CEIL[low]..=FLOOR[high];
    let levels = plain(colour, split).expect("not a drawn colour");
    assert!(levels.iter().all(|level| range.contains(level)), "{levels:?} is not in {range:?}");
    levels
}

/// The only colour at these places.
fn only(counts: &BTreeMap<Bits, usize>) -> Bits {
    assert_eq!(counts.len(), 1);
    *counts.keys().next().unwrap()
}

fn samples(set: GestaltSet, split: Split, count: u32) -> impl Iterator<Item = Sample> {
    (0..count).map(move |index| set.draw(split, 11, index))
}

/// Where a label lies: columns and rows.
fn extent(sample: &Sample, label: u8) -> (RangeInclusive<usize>, RangeInclusive<usize>) {
    let places: Vec<usize> = (0..MASK_LEN).filter(|&place| sample.mask[place] == label).collect();
    let range = |values: Vec<usize>| *values.iter().min().unwrap()..=*values.iter().max().unwrap();
    (
        range(places.iter().map(|place| place % SIDE_PX).collect()),
        range(places.iter().map(|place| place / SIDE_PX).collect()),
    )
}

/// Asserts that a count out of `all` lies within five standard deviations of `p · all`.
fn about(count: usize, all: usize, p: f64) {
    let (mean, deviation) = (all as f64 * p, (all as f64 * p * (1.0 - p)).sqrt());
    assert!((count as f64 - mean).abs() < 5.0 * deviation, "{count} of {all}, but p = {p}");
}

#[test]
fn closure_in_training_is_a_filled_square_with_an_outline_of_2_px() {
    for split in [Train, Validation] {
        let mut corners = BTreeSet::new();
        for sample in samples(Closure, split, 100) {
            drawn_from(only(&colours(&sample, Some(0))), [0, 4], split);
            let (x, y) = extent(&sample, 1);
            assert_eq!((area(&sample, 1), x.end() - x.start(), y.end() - y.start()), (1600, 39, 39));
            let middle = bits(colour(&sample, (y.start() + 20) * SIDE_PX + x.start() + 20));
            let fill = drawn_from(middle, [3, 7], split);
            let square = colours(&sample, Some(1));
            let (outline, count) = square.iter().find(|(colour, _)| **colour != middle).unwrap();
            assert_eq!((square.len(), *count), (2, 40 * 40 - 36 * 36));
            assert_eq!(levels(*outline, [0.4, 0.5, 0.7], split), Some(fill));
            corners.insert((*x.start(), *y.start()));
        }
        assert!(corners.len() > 80, "the position is random");
    }
}

#[test]
fn closure_as_illusion_is_an_outline_and_broken_in_half_of_the_cases() {
    let mut broken = Vec::new();
    for sample in samples(Closure, Test, 400) {
        let background = only(&colours(&sample, Some(0)));
        let both = drawn_from(background, [3, 4], Test);
        let square = colours(&sample, Some(1));
        let outline = square.iter().find(|(colour, _)| **colour != background);
        let (colour, count) = outline.expect("something of the outline is left");
        assert_eq!((square.len(), levels(*colour, [0.4, 0.5, 0.7], Test)), (2, Some(both)));
        if *count < 304 {
            broken.push(*count as f64 / 304.0);
        }
    }
    about(broken.len(), 400, 0.5);
    let left = broken.iter().sum::<f64>() / broken.len() as f64;
    assert!((0.25..0.6).contains(&left), "{left} of broken outlines is left");
}

#[test]
fn continuity_is_a_ring_and_as_illusion_half_of_it_among_distractors() {
    let ring_px = std::f64::consts::PI * (80.0 * 80.0 - 70.0 * 70.0) / 16.0;
    for sample in samples(Continuity, Train, 100) {
        drawn_from(only(&colours(&sample, Some(0))), [6, 7], Train);
        drawn_from(only(&colours(&sample, Some(1))), [0, 5], Train);
        assert!((area(&sample, 1) as f64 - ring_px).abs() < 20.0);
        let (x, y) = extent(&sample, 1);
        assert!((38..=40).contains(&(x.end() - x.start())) && (38..=40).contains(&(y.end() - y.start())));
    }
    for sample in samples(Continuity, Test, 100) {
        let (on, off) = (colours(&sample, Some(1)), colours(&sample, Some(0)));
        let background = *off.iter().max_by_key(|(_, count)| **count).unwrap().0;
        drawn_from(background, [6, 7], Test);
        assert!(off.len() >= 2, "there are distractors, labelled as background");
        let all = colours(&sample, None);
        assert!(all.len() <= 4, "background, ring and two other colours");
        all.keys().filter(|colour| **colour != background).for_each(|colour| {
            drawn_from(*colour, [0, 5], Test);
        });
        // The ring's own colour is the one that covers half of it; nothing lies on it.
        let seen = on
            .iter()
            .filter(|(colour, _)| !off.contains_key(*colour))
            .map(|(_, count)| *count)
            .sum::<usize>();
        assert!((seen as f64 / area(&sample, 1) as f64 - 0.5).abs() < 0.06, "{seen}");
    }
}

#[test]
fn kanizsa_is_a_square_on_four_discs_and_as_illusion_of_the_backgrounds_colour() {
    let mut visible = BTreeSet::new();
    for sample in samples(Kanizsa, Train, 100) {
        drawn_from(only(&colours(&sample, Some(0))), [5, 6], Train);
        drawn_from(only(&colours(&sample, Some(1))), [2, 3], Train);
        drawn_from(only(&colours(&sample, Some(2))), [5, 7], Train);
        assert_eq!(area(&sample, 2), 25 * 25);
        visible.insert(area(&sample, 1));
    }
    assert!(visible.len() > 40, "discs are displaced, so that more or less of them is seen");
    let three_quarters = 4.0 * 0.75 * std::f64::consts::PI * 24.0 * 24.0 / 16.0;
    for sample in samples(Kanizsa, Test, 100) {
        let background = only(&colours(&sample, Some(0)));
        drawn_from(background, [5, 6], Test);
        assert_eq!(only(&colours(&sample, Some(2))), background);
        drawn_from(only(&colours(&sample, Some(1))), [2, 3], Test);
        assert_eq!(area(&sample, 2), 25 * 25);
        assert!((area(&sample, 1) as f64 - three_quarters).abs() < 30.0, "{}", area(&sample, 1));
    }
}

#[test]
fn illusory_occlusion_hides_the_square_or_the_cross() {
    let parts = |sample: &Sample| {
        let (x, y) = extent(sample, 1);
        let at = |dx: usize, dy: usize| bits(colour(sample, (y.start() + dy) * SIDE_PX + x.start() + dx));
        assert_eq!((area(sample, 1), x.end() - x.start()), (400, 19));
        let cross = colours(sample, Some(1))[&at(10, 10)];
        // Two beams of 32 × 80 px that share 32 × 32 px, of which one in 16 pixels is kept.
        assert_eq!(cross, 2 * 8 * 20 - 8 * 8);
        assert_eq!(at(6, 0), at(10, 10), "offset 24 px");
        assert_eq!(at(5, 5), at(0, 0), "24 px without a beam");
        (at(0, 0), at(10, 10))
    };
    let around = |sample: &Sample, split| {
        let around = colours(sample, Some(0));
        let (background, count) = around.iter().max_by_key(|(_, count)| **count).unwrap();
        let stripe = around.keys().find(|colour| *colour != background).unwrap();
        let share = 1.0 - *count as f64 / around.values().sum::<usize>() as f64;
        // Of a stripe's 10 px every fourth is kept, beginning with the first: 3 of 10 kept ones.
        assert!((share - 0.3).abs() < 0.02, "stripes of 10 px every 40: {share}");
        assert_eq!((around.len(), levels(*stripe, [0.2, 0.6, 0.3], split)), (2, plain(*background, split)));
        *background
    };
    for sample in samples(IllusoryOcclusion, Train, 100) {
        drawn_from(around(&sample, Train), [0, 5], Train);
        let (square, cross) = parts(&sample);
        assert_eq!(levels(cross, [0.8, 0.7, 0.3], Train), Some(drawn_from(square, [2, 7], Train)));
    }
    let mut hidden = 0;
    for sample in samples(IllusoryOcclusion, Test, 400) {
        let background = around(&sample, Test);
        let (square, cross) = parts(&sample);
        if square == background {
            let both = drawn_from(square, [2, 5], Test);
            assert_eq!(levels(cross, [0.8, 0.7, 0.3], Test), Some(both));
            hidden += 1;
        } else {
            drawn_from(background, [0, 5], Test);
            drawn_from(square, [2, 7], Test);
            assert_eq!(cross, background);
        }
    }
    about(hidden, 400, 0.5);
}

#[test]
fn gradient_occlusion_has_a_flat_rectangle_before_a_shaded_one() {
    for (split, count) in [(Train, 60), (Test, 60)] {
        let mut overlaps = 0;
        for sample in samples(GradientOcclusion, split, count) {
            drawn_from(only(&colours(&sample, Some(0))), [6, 7], split);
            drawn_from(only(&colours(&sample, Some(1))), [3, 5], split);
            let (x, y) = extent(&sample, 1);
            assert_eq!((area(&sample, 1), x.end() - x.start(), y.end() - y.start()), (15 * 30, 14, 29));
            overlaps += u32::from(area(&sample, 2) < 15 * 30);
            shading_is_exact(&sample, split);
        }
        assert!(if split == Test { overlaps == count } else { (1..count).contains(&overlaps) }, "{overlaps}");
    }
}

/// Every column of the rectangle behind is one drawn colour times its place on the way from 0.4 to 1.
fn shading_is_exact(sample: &Sample, split: Split) {
    let behind = colours(sample, Some(2));
    let factor = |px: usize| 0.4 + 0.6 * (px as f32 / 119.0);
    let shades = |k: u32, channel: usize| {
        let known: BTreeSet<u32> =
            (0..120).map(|px| (k as f32 / 255.0 * factor(px) * split.factor()).to_bits()).collect();
        behind.keys().all(|colour| known.contains(&colour[channel])).then_some(k)
    };
    for channel in 0..3 {
        let found: Vec<u32> = (0..=255).filter_map(|k| shades(k, channel)).collect();
        assert!(found.iter().any(|k| (CEIL[3]..=FLOOR[5]).contains(k)), "{found:?}");
    }
    for row in sample.mask.chunks(SIDE_PX).enumerate().filter(|(_, row)| row.contains(&2)).map(|(y, _)| y) {
        let reds: Vec<f32> = (row * SIDE_PX..(row + 1) * SIDE_PX)
            .filter(|&place| sample.mask[place] == 2)
            .map(|place| sample.picture[place])
            .collect();
        assert!(reds.windows(2).all(|pair| pair[0] < pair[1]), "it grows lighter to the right");
    }
}

#[test]
fn proximity_is_one_row_or_three_pairs() {
    for (split, p_row, count) in [(Train, 0.3, 600), (Test, 0.5, 400)] {
        let mut rows = 0;
        for sample in samples(Proximity, split, count) {
            drawn_from(only(&colours(&sample, Some(0))), [6, 7], split);
            let spans: Vec<_> = (1..sample.labels).map(|label| extent(&sample, label)).collect();
            let paints: Vec<Bits> =
                (1..sample.labels).map(|label| only(&colours(&sample, Some(label)))).collect();
            paints.iter().for_each(|paint| {
                drawn_from(*paint, [3, 5], split);
            });
            assert!(spans.iter().all(|(_, y)| y.end() - y.start() == 6));
            let width = |span: &RangeInclusive<usize>| span.end() - span.start() + 1;
            let squares: usize = (1..sample.labels).map(|label| area(&sample, label)).sum();
            assert_eq!(squares, 6 * 49);
            if sample.labels == 2 {
                rows += 1;
                assert_eq!(width(&spans[0].0), 6 * 7 + 5);
                continue;
            }
            assert_eq!(sample.labels, 4);
            assert!(spans.iter().all(|(x, _)| width(x) == 15), "pairs with a gap of 1 px");
            let gaps = [0, 1].map(|pair| spans[pair + 1].0.start() - spans[pair].0.end() - 1);
            assert!(spans[2].0.end() - spans[0].0.start() < 56);
            if split == Test {
                assert_eq!((gaps, paints[0] == paints[1] && paints[1] == paints[2]), ([3, 3], true));
            } else {
                assert!(gaps.iter().all(|&gap| gap >= 3));
                assert!(paints[0] != paints[1] && paints[1] != paints[2]);
            }
        }
        about(rows, count as usize, p_row);
    }
}

#[test]
fn no_colour_of_the_test_is_seen_in_training() {
    for set in GestaltSet::ALL {
        let seen = |split| -> BTreeSet<Bits> {
            samples(set, split, 200).flat_map(|sample| colours(&sample, None).into_keys()).collect()
        };
        let (train, validation, test) = (seen(Train), seen(Validation), seen(Test));
        let black = |colour: &&Bits| **colour == [0; 3];
        for (one, other) in [(&train, &test), (&validation, &test), (&train, &validation)] {
            assert_eq!(one.intersection(other).filter(|colour| !black(colour)).count(), 0, "{set}");
        }
    }
    // Nor can a drawn value ever be met again in another split, black excepted.
    let values = |split: Split| (1..=255).map(move |k| (k as f32 / 255.0 * split.factor()).to_bits());
    let all: BTreeSet<u32> = Split::ALL.into_iter().flat_map(values).collect();
    assert_eq!(all.len(), 3 * 255);
}

#[test]
fn native_code_draws_the_committed_bits() {
    let listed = include_str!("../fixtures/gestalt-sets-fingerprints.csv");
    let mut count = 0;
    for line in listed.lines().filter(|line| !line.starts_with('#')) {
        let [set, split, seed, index, fingerprint] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let (set, split): (GestaltSet, Split) = (set.parse().unwrap(), split.parse().unwrap());
        let drawn = set.draw(split, seed.parse().unwrap(), index.parse().unwrap()).fingerprint();
        assert_eq!(format!("{drawn:016x}"), fingerprint, "{line}");
        count += 1;
    }
    assert_eq!(count, 6 * 3 * 8);
}

#[test]
fn a_file_holds_what_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kanizsa-test.safetensors");
    // More than one chunk.
    let count = 700;
    let told = std::cell::Cell::new(0);
    write_file(Kanizsa, Test, 5, count, &path, &|more| told.set(told.get() + more)).unwrap();
    assert_eq!((told.get(), std::fs::read_dir(folder.path()).unwrap().count()), (count, 1));
    let bytes = std::fs::read(&path).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let facts = header.metadata().clone().unwrap();
    assert_eq!((&*facts["set"], &*facts["split"], &*facts["seed"]), ("kanizsa", "test", "5"));
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let [images, masks, labels] = ["images", "masks", "labels"].map(|name| tensors.tensor(name).unwrap());
    assert_eq!((images.dtype(), images.shape()), (Dtype::F32, &[700, 3, 64, 64][..]));
    assert_eq!((masks.dtype(), masks.shape()), (Dtype::U8, &[700, 64, 64][..]));
    assert_eq!((labels.dtype(), labels.shape()), (Dtype::U8, &[700][..]));
    for index in [0, 1, 511, 512, 699] {
        let sample = Kanizsa.draw(Test, 5, index as u32);
        let values: Vec<u8> = sample.picture.iter().flat_map(|value| value.to_le_bytes()).collect();
        assert_eq!(values, images.data()[index * PICTURE_LEN * 4..(index + 1) * PICTURE_LEN * 4]);
        assert_eq!(sample.mask, masks.data()[index * MASK_LEN..(index + 1) * MASK_LEN]);
        assert_eq!(sample.labels, labels.data()[index]);
    }
}

#[test]
fn sets_that_were_interrupted_go_on_and_other_ones_are_refused() {
    let out = tempfile::tempdir().unwrap();
    let sets =
        GestaltSets { sets: vec![Closure, Kanizsa], splits: vec![Test], count: Some(3), seed: 2, png: 1 };
    let straight = out.path().join("straight");
    sets.make(&straight, &|_| ()).unwrap();
    let files = |folder: &std::path::Path| {
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| (path.file_name().unwrap().to_owned(), std::fs::read(&path).unwrap()))
            .collect();
        files.sort();
        files
    };
    assert_eq!(files(&straight).len(), 2);
    // What a run leaves that is ended while it writes the second set.
    let cut_off = out.path().join("cut-off");
    let told = std::cell::Cell::new(0);
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        sets.make(&cut_off, &|more| {
            told.set(told.get() + more);
            assert!(told.get() <= 3, "ended");
        })
    }));
    assert!(ended.is_err());
    let kept = cut_off.join("closure-test.safetensors");
    let first_written = std::fs::metadata(&kept).unwrap().modified().unwrap();
    std::fs::write(cut_off.join("kanizsa-test.7.part"), b"half").unwrap();
    std::fs::write(cut_off.join("closure-test/00000.9.part"), b"half").unwrap();
    let other = GestaltSets { seed: 3, ..sets.clone() };
    let error = other.make(&cut_off, &|_| ()).unwrap_err().to_string();
    assert!(error.contains("seed is 2 there, 3 is asked for"), "{error}");
    sets.make(&cut_off, &|_| ()).unwrap();
    assert_eq!(files(&cut_off), files(&straight));
    assert_eq!(files(&cut_off.join("closure-test")), files(&straight.join("closure-test")));
    assert_eq!(std::fs::metadata(&kept).unwrap().modified().unwrap(), first_written, "whole files are kept");
    let error = sets.make(&cut_off, &|_| ()).unwrap_err().to_string();
    assert!(error.contains("is not empty"), "{error}");
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/closure-test.safetensors");
    let error = write_file(Closure, Test, 1, 1, &path, &|_| {}).unwrap_err().to_string();
    assert!(error.contains("closure-test.safetensors") && error.contains("check that"), "{error}");
}

#[test]
fn names_are_read_back_and_unknown_ones_refused() {
    for set in GestaltSet::ALL {
        assert_eq!(set.name().parse(), Ok(set));
    }
    let error = "kaniza".parse::<GestaltSet>().unwrap_err().to_string();
    assert!(error.contains("kaniza") && error.contains("gradient-occlusion"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_picture_is_sound(set in 0..6_usize, split in 0..3_usize, seed: u64, index: u32) {
        let (set, split) = (GestaltSet::ALL[set], Split::ALL[split]);
        let sample = set.draw(split, seed, index);
        prop_assert_eq!((sample.picture.len(), sample.mask.len()), (PICTURE_LEN, MASK_LEN));
        prop_assert!(sample.picture.iter().all(|value| (0.0..=split.factor()).contains(value)));
        let seen: BTreeSet<u8> = sample.mask.iter().copied().collect();
        prop_assert_eq!(seen, (0..sample.labels).collect::<BTreeSet<u8>>());
        prop_assert!(set.label_names().len() >= usize::from(sample.labels));
        prop_assert_eq!(&sample, &set.draw(split, seed, index));
        prop_assert_ne!(sample.fingerprint(), set.draw(split, seed, index.wrapping_add(1)).fingerprint());
        prop_assert_ne!(sample.fingerprint(), set.draw(split, seed.wrapping_add(1), index).fingerprint());
    }
}
