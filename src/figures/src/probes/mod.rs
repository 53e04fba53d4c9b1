//! Probe figures: drawings from vision science that ask one question each, with the regions a person sees in
//! them.
//!
//! Every figure has parameters with names, units and ranges ([`Parameter`]), made for a command line or for
//! sliders, and a *control* that has the same parts and lacks the cue. A figure that exists holds only
//! values in range and can be drawn at any size.
//!
//! Lengths are fractions of the picture's side; the origin is the upper left corner, x to the right, y down;
//! angles go clockwise. Ink is black on white, 64 samples a pixel, the same on every machine.

mod contour;
mod convexity;
mod groups;
mod kanizsa;
mod parameter;
mod raster;
mod sheet;

use image::RgbImage;

pub use contour::DottedContour;
pub use convexity::Convexity;
pub use groups::ProximityGroups;
pub use kanizsa::Kanizsa;
pub use parameter::{Parameter, ParameterError, Unit};
pub use sheet::contact_sheet;

/// Sides that [`Figure::draw`] accepts, in pixels.
pub const SIZE: Parameter = Parameter {
    name: "size",
    meaning: "side of the picture",
    unit: Unit::Pixels,
    low: 32.0,
    high: 2048.0,
    default: 224.0,
};

/// A drawn figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// What is shown: square, grey.
    pub picture: RgbImage,
    /// The region that the middle of each pixel belongs to, row by row: a place in `labels`.
    pub mask: Vec<u8>,
    /// What the regions are, by label from 0.
    pub labels: Vec<String>,
}

impl Probe {
    /// How many pixels have a label.
    pub fn area_px(&self, label: u8) -> usize {
        self.mask.iter().filter(|&&one| one == label).count()
    }
}

/// A kind of figure, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Figure {
    /// A square seen by what it takes from four discs.
    KanizsaSquare,
    /// A triangle seen by what it takes from three discs.
    KanizsaTriangle,
    /// A closed contour of dots among dots.
    DottedContour,
    /// A row seen as groups by the gaps in it.
    ProximityGroups,
    /// Columns of which those with bulging sides are seen as figures.
    Convexity,
}

/// A name that no figure has.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no figure {0:?}; use one of: {known}", known = Figure::ALL.map(Figure::name).join(", "))]
pub struct UnknownFigure(String);

impl Figure {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::KanizsaSquare,
        Self::KanizsaTriangle,
        Self::DottedContour,
        Self::ProximityGroups,
        Self::Convexity,
    ];

    /// In kebab case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KanizsaSquare => "kanizsa-square",
            Self::KanizsaTriangle => "kanizsa-triangle",
            Self::DottedContour => "dotted-contour",
            Self::ProximityGroups => "proximity-groups",
            Self::Convexity => "convexity",
        }
    }

    /// What can be set, in the order in which sliders should stand.
    pub const fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::KanizsaSquare | Self::KanizsaTriangle => Kanizsa::PARAMETERS,
            Self::DottedContour => DottedContour::PARAMETERS,
            Self::ProximityGroups => ProximityGroups::PARAMETERS,
            Self::Convexity => Convexity::PARAMETERS,
        }
    }

    /// Draws the figure with these parameters, and the others at their defaults, `size_px` wide and high.
    ///
    /// # Errors
    /// When the figure has no such parameter, or a value or the size is out of range.
    pub fn draw(self, given: &[(&str, f64)], size_px: u32) -> Result<Probe, ParameterError> {
        SIZE.check(f64::from(size_px))?;
        Ok(match self {
            Self::KanizsaSquare => Kanizsa::square(given)?.draw(size_px),
            Self::KanizsaTriangle => Kanizsa::triangle(given)?.draw(size_px),
            Self::DottedContour => DottedContour::new(given)?.draw(size_px),
            Self::ProximityGroups => ProximityGroups::new(given)?.draw(size_px),
            Self::Convexity => Convexity::new(given)?.draw(size_px),
        })
    }
}

impl std::str::FromStr for Figure {
    type Err = UnknownFigure;

    fn from_str(name: &str) -> Result<Self, UnknownFigure> {
        Self::ALL
            .into_iter()
            .find(|figure| figure.name() == name)
            .ok_or_else(|| UnknownFigure(name.to_owned()))
    }
}
