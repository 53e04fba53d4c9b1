//! Proximity groups: a row of equal parts, seen as groups by the gaps in it (Wertheimer 1923).

use super::Probe;
use super::parameter::{Parameter, ParameterError, Unit, Values};
use super::raster::{Point, between, direction, dot, rasterise};

const GROUPS: Parameter = Parameter {
    name: "groups",
    meaning: "groups in the row",
    unit: Unit::Count,
    low: 2.0,
    high: 5.0,
    default: 3.0,
};
const MEMBERS: Parameter = Parameter {
    name: "members",
    meaning: "parts in each group",
    unit: Unit::Count,
    low: 2.0,
    high: 4.0,
    default: 2.0,
};
const GAP: Parameter = Parameter {
    name: "gap",
    meaning: "gap inside a group over the width of a part",
    unit: Unit::Ratio,
    low: 0.1,
    high: 1.0,
    default: 0.25,
};
const GAP_RATIO: Parameter = Parameter {
    name: "gap-ratio",
    meaning: "gap between groups over the gap inside a group",
    unit: Unit::Ratio,
    low: 1.0,
    high: 8.0,
    default: 3.0,
};
const LENGTH: Parameter = Parameter {
    name: "length",
    meaning: "the row from end to end",
    unit: Unit::PictureSide,
    low: 0.3,
    high: 0.9,
    default: 0.8,
};
const ROTATION: Parameter = Parameter {
    name: "rotation",
    meaning: "turn of the row about the picture's middle",
    unit: Unit::Degrees,
    low: -180.0,
    high: 180.0,
    default: 0.0,
};
const DISCS: Parameter = Parameter::switch("discs", "discs instead of squares");
const CONTROL: Parameter =
    Parameter::switch("control", "the same parts over the same length with equal gaps");

/// A row that fits into the picture at every value of its parameters.
///
/// Regions: `background`, `group 1`, `group 2`, … from the left before the turn; in the control the parts
/// keep the labels.
#[derive(Clone, Debug, PartialEq)]
pub struct ProximityGroups {
    groups: u32,
    members: u32,
    /// Where each part begins, from the row's left end.
    starts: Vec<f64>,
    length: f64,
    part: f64,
    /// Along the row.
    towards: Point,
    discs: bool,
}

impl ProximityGroups {
    /// What can be set.
    pub const PARAMETERS: &[Parameter] = &[GROUPS, MEMBERS, GAP, GAP_RATIO, LENGTH, ROTATION, DISCS, CONTROL];

    /// A row of groups.
    ///
    /// # Errors
    /// When a parameter is unknown or out of range.
    pub fn new(given: &[(&str, f64)]) -> Result<Self, ParameterError> {
        let values = Values::check(Self::PARAMETERS, given)?;
        let (groups, members) = (values.count(&GROUPS), values.count(&MEMBERS));
        let (length, parts) = (values.of(&LENGTH), groups * members);
        let (inner, outer) = (values.of(&GAP), values.of(&GAP) * values.of(&GAP_RATIO));
        // Gaps in widths of a part; they share the row's length with the parts.
        let all_gaps = f64::from(groups * (members - 1)) * inner + f64::from(groups - 1) * outer;
        let part = length / (f64::from(parts) + all_gaps);
        let gap_after = |place: u32| match (values.is_on(&CONTROL), (place + 1) % members) {
            (true, _) => all_gaps / f64::from(parts - 1),
            (false, 0) => outer,
            (false, _) => inner,
        };
        let starts = (0..parts).scan(0.0, |next, place| {
            let start = *next;
            *next += part * (1.0 + gap_after(place));
            Some(start)
        });
        Ok(Self {
            groups,
            members,
            starts: starts.collect(),
            length,
            part,
            towards: direction(values.of(&ROTATION)),
            discs: values.is_on(&DISCS),
        })
    }

    /// Draws it, `size_px` wide and high.
    pub fn draw(&self, size_px: u32) -> Probe {
        let groups = (1..=self.groups).map(|group| format!("group {group}"));
        let labels = std::iter::once("background".to_owned()).chain(groups).collect();
        rasterise(size_px, labels, |p| self.group_at(p) > 0, |p| self.group_at(p))
    }

    /// The label at a place.
    fn group_at(&self, p: Point) -> u8 {
        let from_middle = between((0.5, 0.5), p);
        let along = dot(self.towards, from_middle) + self.length / 2.0;
        let across = dot((-self.towards.1, self.towards.0), from_middle);
        let half = self.part / 2.0;
        let covers = |&start: &f64| {
            let (x, y) = (along - start - half, across);
            if self.discs { x * x + y * y < half * half } else { x.abs() < half && y.abs() < half }
        };
        self.starts.iter().position(covers).map_or(0, |place| (place as u32 / self.members) as u8 + 1)
    }
}
