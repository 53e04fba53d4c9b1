//! Probe figures measure what their parameters say, controls lack the cue and keep the parts, and wrong
//! values are refused.
#![allow(clippy::unwrap_used)]

use std::f64::consts::PI;

use gestalt_figures::probes::{Convexity, Figure, Kanizsa, Probe, SIZE, Unit};
use proptest::prelude::*;

const SIZE_PX: u32 = 448;

fn drawn(figure: Figure, given: &[(&str, f64)]) -> Probe {
    figure.draw(given, SIZE_PX).unwrap()
}

/// Ink in fractions of the picture's area, edges counted by their greys.
fn ink(probe: &Probe) -> f64 {
    let grey: u64 = probe.picture.pixels().map(|pixel| u64::from(255 - pixel.0[0])).sum();
    grey as f64 / 255.0 / f64::from(probe.picture.width()).powi(2)
}

/// The area of a region in fractions of the picture's.
fn region(probe: &Probe, name: &str) -> f64 {
    let label = probe.labels.iter().position(|label| label == name).unwrap();
    probe.area_px(label as u8) as f64 / f64::from(probe.picture.width()).powi(2)
}

fn near(measured: f64, expected: f64, tolerance: f64) {
    assert!((measured - expected).abs() <= tolerance, "{measured} is not {expected} ± {tolerance}");
}

/// Lengths of dark and light runs along a row, in pixels, with whether they are dark.
fn runs(probe: &Probe, y: u32) -> Vec<(bool, u32)> {
    let mut runs: Vec<(bool, u32)> = Vec::new();
    for x in 0..probe.picture.width() {
        let dark = probe.picture.get_pixel(x, y).0[0] < 128;
        match runs.last_mut() {
            Some((last, length)) if *last == dark => *length += 1,
            _ => runs.push((dark, 1)),
        }
    }
    runs
}

#[test]
fn the_support_ratio_is_what_is_drawn_of_the_contour() {
    let (size, side) = (f64::from(SIZE_PX), 0.4 * f64::from(SIZE_PX));
    // Just outside one side of each figure: the square's upper one, and the triangle's lower one, since a
    // corner is at its top.
    let rows = [
        (Figure::KanizsaSquare, (size - side) / 2.0 - 1.0),
        (Figure::KanizsaTriangle, size / 2.0 + side * 3.0_f64.sqrt() / 6.0 + 1.0),
    ];
    for ratio in [0.1, 0.25, 0.5, 0.9] {
        for (figure, y) in rows {
            let probe = drawn(figure, &[("support-ratio", ratio), ("side", 0.4)]);
            // From corner to corner.
            let (left, right) = ((size - side) / 2.0, (size + side) / 2.0);
            let is_dark = |x: &u32| probe.picture.get_pixel(*x, y as u32).0[0] < 128;
            let dark = (left as u32..right as u32).filter(is_dark).count();
            near(dark as f64 / side, ratio, 0.02);
        }
    }
}

#[test]
fn kanizsa_regions_have_the_area_of_their_geometry() {
    for (figure, corners, mouth) in
        [(Figure::KanizsaSquare, 4.0, 0.25), (Figure::KanizsaTriangle, 3.0, 1.0 / 6.0)]
    {
        for rotation in [0.0, 20.0] {
            let probe = drawn(figure, &[("support-ratio", 0.6), ("side", 0.4), ("rotation", rotation)]);
            let discs = corners * PI * 0.12_f64.powi(2);
            let whole = if corners == 4.0 { 0.16 } else { 0.16 * 3.0_f64.sqrt() / 4.0 };
            near(ink(&probe), discs * (1.0 - mouth), 2e-4);
            near(region(&probe, "inducers"), discs * (1.0 - mouth), 1e-3);
            // A side may gain or lose a row of pixels.
            near(region(&probe, "figure"), whole, 2e-3);
            let control = figure
                .draw(&[("support-ratio", 0.6), ("rotation", rotation), ("control", 1.0)], SIZE_PX)
                .unwrap();
            near(ink(&control), ink(&probe), 2e-4);
            // The turned discs cover their corners of the place where the figure would be.
            near(region(&control, "figure"), whole - discs * mouth, 2e-3);
        }
    }
}

#[test]
fn borders_are_there_only_when_asked_for() {
    let size = f64::from(SIZE_PX);
    let sides = [
        (Figure::KanizsaSquare, 4.0, 0.3 * size),
        (Figure::KanizsaTriangle, 3.0, (0.5 + 0.4 * 3.0_f64.sqrt() / 6.0) * size),
    ];
    for (figure, sides, y) in sides {
        let middle_of_side = |probe: &Probe| probe.picture.get_pixel(SIZE_PX / 2, y as u32).0[0];
        let without = drawn(figure, &[]);
        assert_eq!(middle_of_side(&without), 255, "{figure:?}");
        let with = drawn(figure, &[("borders", 1.0)]);
        assert!(middle_of_side(&with) < 64, "{figure:?}");
        // Half of each side is bare, the other half lies on the discs' edges, where half of the line is new.
        let line = 2.0 / 224.0;
        near(ink(&with) - ink(&without), sides * 0.4 * line * 0.75, 5e-4);
        assert_eq!(with.mask, without.mask);
    }
}

#[test]
fn a_dotted_contour_has_its_dots_and_its_control_has_them_elsewhere() {
    let set =
        [("contour-dots", 24.0), ("noise-dots", 60.0), ("dot", 0.03), ("radius", 0.25), ("wobble", 0.2)];
    let probe = drawn(Figure::DottedContour, &set);
    let dot = PI * 0.015_f64.powi(2);
    near(ink(&probe), 84.0 * dot, 0.02 * 84.0 * dot);
    near(region(&probe, "contour dots"), 24.0 * dot, 0.03 * 24.0 * dot);
    near(region(&probe, "noise dots"), 60.0 * dot, 0.03 * 60.0 * dot);
    // Mean of r²/2 over the turn, but for the dots that cover a part of it.
    let inside = PI * 0.25_f64.powi(2) * (1.0 + 0.2_f64.powi(2) / 2.0);
    let dots_inside = inside * 60.0 * dot + 12.0 * dot;
    near(region(&probe, "inside"), inside - dots_inside, 0.01);
    let control = drawn(Figure::DottedContour, &[&set[..], &[("control", 1.0)]].concat());
    near(ink(&control), ink(&probe), 0.02 * 84.0 * dot);
    assert_eq!(region(&control, "contour dots"), 0.0);
    let other_seed = drawn(Figure::DottedContour, &[&set[..], &[("seed", 2.0)]].concat());
    assert_ne!(other_seed.picture, probe.picture);
}

#[test]
fn gaps_of_proximity_groups_have_their_ratio_and_the_controls_are_equal() {
    let set = [("groups", 3.0), ("members", 2.0), ("gap", 0.5), ("gap-ratio", 4.0), ("length", 0.84)];
    // 6 parts, 3 gaps of a half and 2 of two parts: 11.5 parts.
    let part = 0.84 * f64::from(SIZE_PX) / 11.5;
    let lengths = |probe: &Probe, dark: bool| -> Vec<f64> {
        let runs = runs(probe, SIZE_PX / 2);
        let inner = &runs[1..runs.len() - 1];
        inner.iter().filter(|run| run.0 == dark).map(|run| f64::from(run.1)).collect()
    };
    let probe = drawn(Figure::ProximityGroups, &set);
    assert_eq!(lengths(&probe, true).len(), 6);
    lengths(&probe, true).iter().for_each(|&length| near(length, part, 1.0));
    for (gap, expected) in lengths(&probe, false).iter().zip([0.5, 2.0, 0.5, 2.0, 0.5]) {
        near(*gap, expected * part, 1.0);
    }
    let control = drawn(Figure::ProximityGroups, &[&set[..], &[("control", 1.0)]].concat());
    lengths(&control, false).iter().for_each(|&gap| near(gap, 5.5 / 5.0 * part, 1.0));
    near(ink(&control), ink(&probe), 1e-4);
    for group in ["group 1", "group 2", "group 3"] {
        near(region(&probe, group), 2.0 * (part / f64::from(SIZE_PX)).powi(2), 4e-4);
    }
    let discs = drawn(Figure::ProximityGroups, &[&set[..], &[("discs", 1.0), ("rotation", 45.0)]].concat());
    near(ink(&discs), ink(&probe) * PI / 4.0, 2e-4);
}

#[test]
fn convex_columns_bulge_and_all_columns_have_one_area() {
    let set = [("columns", 8.0), ("bumps", 2.0), ("bulge", 0.6)];
    let probe = drawn(Figure::Convexity, &set);
    near(region(&probe, "convex columns"), 0.5, 2e-3);
    near(ink(&probe), 0.5, 1e-3);
    // The third column is convex: two bumps of 0.6 columns stand out on both sides, 2/5 from the middle line
    // of the border.
    let column = f64::from(SIZE_PX) / 8.0;
    let third = |probe: &Probe, y: f64| f64::from(runs(probe, (y * f64::from(SIZE_PX)) as u32)[2].1);
    near(third(&probe, 0.25), column * (1.0 + 2.0 * 0.2), 1.5);
    near(third(&probe, 0.0), column * (1.0 - 2.0 * 0.4), 2.5);
    let control = drawn(Figure::Convexity, &[&set[..], &[("control", 1.0)]].concat());
    near(third(&control, 0.25), column, 1.5);
    near(third(&control, 0.0), column, 1.5);
    near(region(&control, "convex columns"), 0.5, 2e-3);
    let inverted = drawn(Figure::Convexity, &[&set[..], &[("inverted", 1.0)]].concat());
    // Half a pixel of ink is rounded to 128, whichever half it is.
    let opposite = |(a, b): (&u8, &u8)| (255..=256).contains(&(u16::from(*a) + u16::from(*b)));
    assert!(inverted.picture.as_raw().iter().zip(probe.picture.as_raw()).all(opposite));
    assert_eq!(inverted.mask, probe.mask);
}

#[test]
fn wrong_parameters_are_refused_with_the_range_named() {
    let refused = |figure: Figure, name: &str, value: f64, said: &str| {
        let error = figure.draw(&[(name, value)], 64).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(said), "{error}");
    };
    refused(Figure::KanizsaSquare, "support-ratio", 0.95, "from 0.1 to 0.9");
    refused(Figure::KanizsaSquare, "support-ratio", f64::NAN, "from 0.1 to 0.9");
    refused(Figure::KanizsaTriangle, "side", 0.5, "of the picture's side");
    refused(Figure::KanizsaSquare, "rotation", 181.0, "from -180 to 180°");
    refused(Figure::DottedContour, "contour-dots", 20.5, "a whole number from 16 to 60");
    refused(Figure::Convexity, "control", 0.5, "0 (off) or 1 (on)");
    refused(Figure::ProximityGroups, "support-ratio", 0.5, "it has: groups, members, gap");
    let error = Figure::Convexity.draw(&[], 16).unwrap_err().to_string();
    assert!(error.contains("size is 16") && error.contains("from 32 to 2048 px"), "{error}");
    assert!("kanizsa".parse::<Figure>().unwrap_err().to_string().contains("kanizsa-triangle"));
    assert!(Kanizsa::square(&[("side", 0.2)]).is_ok() && Convexity::new(&[("side", 0.2)]).is_err());
}

#[test]
fn every_parameter_is_described_and_its_default_can_be_used() {
    for figure in Figure::ALL {
        assert_eq!(figure.name().parse(), Ok(figure));
        for parameter in figure.parameters().iter().chain([&SIZE]) {
            assert!(parameter.check(parameter.default).is_ok(), "{parameter:?}");
            assert!(parameter.low < parameter.high && !parameter.meaning.is_empty(), "{parameter:?}");
        }
        assert!(figure.parameters().iter().any(|parameter| parameter.name == "control"), "{figure:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn every_figure_fits_at_every_value(figure in 0..5_usize, parts in prop::collection::vec(0.0..=1.0_f64, 8)) {
        let figure = Figure::ALL[figure];
        let value = |(parameter, part): (&gestalt_figures::probes::Parameter, &f64)| {
            let value = parameter.low + part * (parameter.high - parameter.low);
            let whole = matches!(parameter.unit, Unit::Count | Unit::Switch);
            (parameter.name, if whole { value.round() } else { value })
        };
        let given: Vec<(&str, f64)> = figure.parameters().iter().zip(&parts).map(value).collect();
        let probe = figure.draw(&given, 64).unwrap();
        prop_assert_eq!(&probe, &figure.draw(&given, 64).unwrap());
        prop_assert!(probe.mask.iter().all(|label| usize::from(*label) < probe.labels.len()));
        let at_the_edge = |x: u32, y: u32| x == 0 || y == 0 || x == 63 || y == 63;
        if matches!(figure, Figure::KanizsaSquare | Figure::KanizsaTriangle | Figure::ProximityGroups) {
            for (x, y, pixel) in probe.picture.enumerate_pixels() {
                prop_assert!(!at_the_edge(x, y) || pixel.0[0] == 255, "ink at {x}, {y}");
            }
        }
        if figure == Figure::DottedContour {
            // Noise may reach the edge, the contour may not.
            for (place, label) in probe.mask.iter().enumerate() {
                prop_assert!(*label != 2 || !at_the_edge(place as u32 % 64, place as u32 / 64));
            }
        }
    }
}
