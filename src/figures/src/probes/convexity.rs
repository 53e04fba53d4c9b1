//! Convexity: columns in two colours, of which those whose sides bulge outwards are seen as figures
//! (Kanizsa & Gerbino 1976; Peterson & Salvagio 2008).

use libm::floor;

use super::Probe;
use super::parameter::{Parameter, ParameterError, Unit, Values};
use super::raster::{Point, named, rasterise};

const COLUMNS: Parameter = Parameter {
    name: "columns",
    meaning: "columns, convex and concave ones taking turns from the left",
    unit: Unit::Count,
    low: 2.0,
    high: 12.0,
    default: 8.0,
};
const BUMPS: Parameter = Parameter {
    name: "bumps",
    meaning: "bumps along each border",
    unit: Unit::Count,
    low: 1.0,
    high: 8.0,
    default: 4.0,
};
const BULGE: Parameter = Parameter {
    name: "bulge",
    meaning: "depth of a bump over the width of a column",
    unit: Unit::Ratio,
    low: 0.0,
    high: 0.6,
    default: 0.4,
};
const INVERTED: Parameter = Parameter::switch("inverted", "white convex columns instead of black ones");
const CONTROL: Parameter = Parameter::switch(
    "control",
    "all borders bulge to the right, so that no column is more convex than its neighbours",
);

/// Columns that fill the picture. All have one area: bumps stand out on both sides of where a straight
/// border would be.
///
/// Regions: `concave columns` and `convex columns`; in the control the columns keep the labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Convexity {
    columns: f64,
    bumps: f64,
    bulge: f64,
    inverted: bool,
    control: bool,
}

impl Convexity {
    /// What can be set.
    pub const PARAMETERS: &[Parameter] = &[COLUMNS, BUMPS, BULGE, INVERTED, CONTROL];

    /// Columns.
    ///
    /// # Errors
    /// When a parameter is unknown or out of range.
    pub fn new(given: &[(&str, f64)]) -> Result<Self, ParameterError> {
        let values = Values::check(Self::PARAMETERS, given)?;
        Ok(Self {
            columns: values.of(&COLUMNS),
            bumps: values.of(&BUMPS),
            bulge: values.of(&BULGE),
            inverted: values.is_on(&INVERTED),
            control: values.is_on(&CONTROL),
        })
    }

    /// Draws it, `size_px` wide and high.
    pub fn draw(&self, size_px: u32) -> Probe {
        let ink = |p| (self.region(p) == 1) != self.inverted;
        rasterise(size_px, named(&["concave columns", "convex columns"]), ink, |p| self.region(p))
    }

    /// 1 in the columns 0, 2, 4, …, which are the convex ones.
    fn region(&self, (x, y): Point) -> u8 {
        let place = x * self.columns;
        // Only the nearest border can be crossed: a bump is less than half a column deep on either side.
        let nearest = floor(place + 0.5);
        let column = if nearest < 1.0 || nearest >= self.columns {
            floor(place)
        } else if place < nearest + self.shift(nearest, y) {
            nearest - 1.0
        } else {
            nearest
        };
        u8::from((column as u32).is_multiple_of(2))
    }

    /// How far a border lies to the right of where it would be if it were straight, in columns: parabolas
    /// whose mean is 0.
    fn shift(&self, border: f64, y: f64) -> f64 {
        let along = y * self.bumps - floor(y * self.bumps);
        let bump = self.bulge * (4.0 * along * (1.0 - along) - 2.0 / 3.0);
        // A border with an odd number has its convex column on the left.
        if self.control || border as u32 % 2 == 1 { bump } else { -bump }
    }
}
