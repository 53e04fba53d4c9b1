//! Kanizsa figures: a square or a triangle seen by what it takes from discs at its corners (Kanizsa 1955).

use libm::sqrt;

use super::Probe;
use super::parameter::{Parameter, ParameterError, Unit, Values};
use super::raster::{Point, between, direction, distance_squared, dot, named, rasterise};

const SUPPORT_RATIO: Parameter = Parameter {
    name: "support-ratio",
    meaning: "drawn part of the figure's contour: a disc's diameter over the figure's side (Shipley & Kellman 1992)",
    unit: Unit::Ratio,
    low: 0.1,
    high: 0.9,
    default: 0.5,
};
const SIDE: Parameter = Parameter {
    name: "side",
    meaning: "side of the square or triangle",
    unit: Unit::PictureSide,
    low: 0.15,
    high: 0.43,
    default: 0.4,
};
const ROTATION: Parameter = Parameter {
    name: "rotation",
    meaning: "turn of the whole figure about the picture's middle",
    unit: Unit::Degrees,
    low: -180.0,
    high: 180.0,
    default: 0.0,
};
const BORDERS: Parameter =
    Parameter::switch("borders", "draw the figure's contour as a line, 2 px wide at 224 px");
const CONTROL: Parameter =
    Parameter::switch("control", "turn every disc by 180°, so that the mouths face outwards");

/// Width of the line of `borders`.
const LINE: f64 = 2.0 / 224.0;

/// A figure that fits into the picture at every value of its parameters.
///
/// Regions: `background`; `inducers`, what is there of the discs; `figure`, the square or triangle without
/// what discs cover of it (they do only in the control, where it is the same place without a figure). A
/// border has no region of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Kanizsa {
    corners: Vec<Point>,
    /// Towards each side, from the middle.
    normals: Vec<Point>,
    /// From the middle to each side.
    apothem: f64,
    radius: f64,
    borders: bool,
    control: bool,
}

impl Kanizsa {
    /// What can be set.
    pub const PARAMETERS: &[Parameter] = &[SUPPORT_RATIO, SIDE, ROTATION, BORDERS, CONTROL];

    /// A square on four discs.
    ///
    /// # Errors
    /// When a parameter is unknown or out of range.
    pub fn square(given: &[(&str, f64)]) -> Result<Self, ParameterError> {
        Self::new([45.0, 135.0, 225.0, 315.0], sqrt(0.5), given)
    }

    /// A triangle on three discs, one of them at the top.
    ///
    /// # Errors
    /// When a parameter is unknown or out of range.
    pub fn triangle(given: &[(&str, f64)]) -> Result<Self, ParameterError> {
        Self::new([30.0, 150.0, 270.0], sqrt(1.0 / 3.0), given)
    }

    /// From the directions of the corners and their distance from the middle, for a side of 1.
    fn new<const N: usize>(
        corners_deg: [f64; N],
        reach: f64,
        given: &[(&str, f64)],
    ) -> Result<Self, ParameterError> {
        let values = Values::check(Self::PARAMETERS, given)?;
        let (side, rotation_deg) = (values.of(&SIDE), values.of(&ROTATION));
        let corner = |deg: f64| {
            let (x, y) = direction(deg + rotation_deg);
            (0.5 + side * reach * x, 0.5 + side * reach * y)
        };
        let half_deg = 180.0 / N as f64;
        Ok(Self {
            corners: corners_deg.map(corner).to_vec(),
            normals: corners_deg.map(|deg| direction(deg + half_deg + rotation_deg)).to_vec(),
            apothem: side * reach * direction(half_deg).0,
            radius: values.of(&SUPPORT_RATIO) * side / 2.0,
            borders: values.is_on(&BORDERS),
            control: values.is_on(&CONTROL),
        })
    }

    /// Draws it, `size_px` wide and high.
    pub fn draw(&self, size_px: u32) -> Probe {
        let ink = |p| self.on_inducer(p) || (self.borders && self.depth(p).abs() < LINE / 2.0);
        let region = |p| match (self.on_inducer(p), self.depth(p) < 0.0) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 0,
        };
        rasterise(size_px, named(&["background", "inducers", "figure"]), ink, region)
    }

    /// Negative inside the figure, zero on its sides.
    fn depth(&self, p: Point) -> f64 {
        let from_middle = between((0.5, 0.5), p);
        let farthest = self.normals.iter().map(|&normal| dot(normal, from_middle)).fold(f64::MIN, f64::max);
        farthest - self.apothem
    }

    fn on_inducer(&self, p: Point) -> bool {
        let near =
            self.corners.iter().find(|&&corner| distance_squared(corner, p) < self.radius * self.radius);
        near.is_some_and(|&corner| {
            // Turning a disc by 180° is looking at the opposite point.
            let seen = if self.control { (2.0 * corner.0 - p.0, 2.0 * corner.1 - p.1) } else { p };
            self.depth(seen) >= 0.0
        })
    }
}
