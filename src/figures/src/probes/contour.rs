//! Dotted contours: a closed contour of dots that has to be found among other dots (after Uttal 1975; Kovács
//! & Julesz 1993).

use libm::{atan2, sin, sqrt};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Probe;
use super::parameter::{Parameter, ParameterError, Unit, Values};
use super::raster::{Point, between, direction, distance_squared, named, rasterise};

const CONTOUR_DOTS: Parameter = Parameter {
    name: "contour-dots",
    meaning: "dots on the contour, equally far apart",
    unit: Unit::Count,
    low: 16.0,
    high: 60.0,
    default: 36.0,
};
const NOISE_DOTS: Parameter = Parameter {
    name: "noise-dots",
    meaning: "other dots, kept apart from each other and from the contour",
    unit: Unit::Count,
    low: 0.0,
    high: 400.0,
    default: 120.0,
};
const JITTER: Parameter = Parameter {
    name: "jitter",
    meaning: "how far dots leave the contour at most, over the distance between neighbours",
    unit: Unit::Ratio,
    low: 0.0,
    high: 0.5,
    default: 0.0,
};
const DOT: Parameter = Parameter {
    name: "dot",
    meaning: "diameter of a dot",
    unit: Unit::PictureSide,
    low: 0.008,
    high: 0.04,
    default: 0.018,
};
const RADIUS: Parameter = Parameter {
    name: "radius",
    meaning: "mean radius of the contour",
    unit: Unit::PictureSide,
    low: 0.15,
    high: 0.3,
    default: 0.27,
};
const WOBBLE: Parameter = Parameter {
    name: "wobble",
    meaning: "depth of the contour's three lobes over its radius; 0 is a circle",
    unit: Unit::Ratio,
    low: 0.0,
    high: 0.3,
    default: 0.12,
};
const SEED: Parameter = Parameter {
    name: "seed",
    meaning: "another number, another arrangement",
    unit: Unit::Count,
    low: 0.0,
    high: 1_000_000.0,
    default: 1.0,
};
const CONTROL: Parameter = Parameter::switch("control", "no contour: its dots are strewn like the others");

/// Chords by which the contour's length is measured.
const CHORDS: usize = 720;
/// Number of random candidates; the one farthest from all dots becomes the next dot (Mitchell 1991).
const CANDIDATES: usize = 12;
/// Horizontal bands of the picture, each with the dots that reach into it.
const BANDS: usize = 64;

/// A contour about the picture's middle, among dots; it fits into the picture at every value of its
/// parameters.
///
/// Regions: `background`; `inside`, what the contour encloses (in the control: would enclose); `contour
/// dots`; `noise dots`.
#[derive(Clone, Debug, PartialEq)]
pub struct DottedContour {
    curve: Curve,
    dot_radius: f64,
    contour: Vec<Point>,
    noise: Vec<Point>,
}

impl DottedContour {
    /// What can be set.
    pub const PARAMETERS: &[Parameter] =
        &[CONTOUR_DOTS, NOISE_DOTS, JITTER, DOT, RADIUS, WOBBLE, SEED, CONTROL];

    /// A contour among dots.
    ///
    /// # Errors
    /// When a parameter is unknown or out of range.
    pub fn new(given: &[(&str, f64)]) -> Result<Self, ParameterError> {
        let values = Values::check(Self::PARAMETERS, given)?;
        let random = &mut ChaCha8Rng::seed_from_u64(values.of(&SEED) as u64);
        let phase = random.random::<f64>() * std::f64::consts::TAU;
        let curve = Curve { radius: values.of(&RADIUS), wobble: values.of(&WOBBLE), phase };
        let dot_radius = values.of(&DOT) / 2.0;
        let mut contour = curve.dots(values.count(&CONTOUR_DOTS), values.of(&JITTER), random);
        let mut strewn = values.count(&NOISE_DOTS) as usize;
        if values.is_on(&CONTROL) {
            strewn += contour.len();
            contour.clear();
        }
        let mut all = contour.clone();
        for _ in 0..strewn {
            all.push(emptiest(&all, dot_radius, random));
        }
        let noise = all.split_off(contour.len());
        Ok(Self { curve, dot_radius, contour, noise })
    }

    /// Draws it, `size_px` wide and high.
    pub fn draw(&self, size_px: u32) -> Probe {
        let (contour, noise) = (self.bands(&self.contour), self.bands(&self.noise));
        let region = |p| match (self.hits(&contour, p), self.hits(&noise, p), self.curve.encloses(p)) {
            (true, _, _) => 2,
            (false, true, _) => 3,
            (false, false, true) => 1,
            (false, false, false) => 0,
        };
        let ink = |p| self.hits(&contour, p) || self.hits(&noise, p);
        rasterise(size_px, named(&["background", "inside", "contour dots", "noise dots"]), ink, region)
    }

    fn bands(&self, dots: &[Point]) -> Vec<Vec<Point>> {
        let edge = |band: usize| band as f64 / BANDS as f64;
        let reaches = |dot: &&Point, band: usize| {
            dot.1 + self.dot_radius >= edge(band) && dot.1 - self.dot_radius <= edge(band + 1)
        };
        (0..BANDS).map(|band| dots.iter().filter(|dot| reaches(dot, band)).copied().collect()).collect()
    }

    fn hits(&self, bands: &[Vec<Point>], p: Point) -> bool {
        let squared = self.dot_radius * self.dot_radius;
        bands[(p.1 * BANDS as f64) as usize].iter().any(|&dot| distance_squared(dot, p) < squared)
    }
}

/// A circle about the picture's middle with three lobes.
#[derive(Clone, Debug, PartialEq)]
struct Curve {
    radius: f64,
    wobble: f64,
    phase: f64,
}

impl Curve {
    fn radius_at(&self, angle: f64) -> f64 {
        self.radius * (1.0 + self.wobble * sin(3.0 * angle + self.phase))
    }

    fn encloses(&self, p: Point) -> bool {
        let (dx, dy) = between((0.5, 0.5), p);
        let reach = self.radius_at(atan2(dy, dx));
        dx * dx + dy * dy < reach * reach
    }

    fn point(&self, turn: f64) -> Point {
        let (x, y) = direction(360.0 * turn);
        let reach = self.radius_at(turn * std::f64::consts::TAU);
        (0.5 + reach * x, 0.5 + reach * y)
    }

    /// Dots at equal distances along the curve, beginning anywhere, each moved inwards or outwards by
    /// chance.
    fn dots(&self, count: u32, jitter: f64, random: &mut ChaCha8Rng) -> Vec<Point> {
        let corners: Vec<Point> = (0..=CHORDS).map(|at| self.point(at as f64 / CHORDS as f64)).collect();
        let lengths: Vec<f64> =
            corners.windows(2).map(|pair| sqrt(distance_squared(pair[0], pair[1]))).collect();
        let spacing = lengths.iter().sum::<f64>() / f64::from(count);
        let mut next = spacing * random.random::<f64>();
        let (mut walked, mut dots) = (0.0, Vec::new());
        for (chord, length) in lengths.into_iter().enumerate() {
            while next < walked + length && dots.len() < count as usize {
                let part = (next - walked) / length;
                let (x, y) = self.point((chord as f64 + part) / CHORDS as f64);
                let way = between((0.5, 0.5), (x, y));
                let off = jitter * spacing * (2.0 * random.random::<f64>() - 1.0)
                    / sqrt(way.0 * way.0 + way.1 * way.1);
                dots.push((x + off * way.0, y + off * way.1));
                next += spacing;
            }
            walked += length;
        }
        dots
    }
}

/// Of some random places at which a whole dot fits the one that is farthest from every dot.
fn emptiest(dots: &[Point], dot_radius: f64, random: &mut ChaCha8Rng) -> Point {
    let mut draw = || dot_radius + (1.0 - 2.0 * dot_radius) * random.random::<f64>();
    let mut best = ((draw(), draw()), f64::MIN);
    for _ in 0..CANDIDATES {
        let place = (draw(), draw());
        let room = dots.iter().map(|&dot| distance_squared(dot, place)).fold(f64::MAX, f64::min);
        if room > best.1 {
            best = (place, room);
        }
    }
    best.0
}
