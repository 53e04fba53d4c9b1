//! What can be set about a figure: name, unit, range and default of each parameter, and the check of given
//! values.

use std::fmt;

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Fractions of the picture's side.
    PictureSide,
    /// A ratio of two lengths.
    Ratio,
    /// Degrees, clockwise.
    Degrees,
    /// Whole numbers.
    Count,
    /// 0 (off) or 1 (on).
    Switch,
    /// Whole pixels.
    Pixels,
}

/// One thing that can be set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// In kebab case.
    pub name: &'static str,
    /// In words.
    pub meaning: &'static str,
    /// What the value counts.
    pub unit: Unit,
    /// The smallest value.
    pub low: f64,
    /// The largest value.
    pub high: f64,
    /// The value where none is given.
    pub default: f64,
}

/// A parameter that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParameterError {
    /// Not one of the figure's.
    #[error("this figure has no parameter `{name}`; it has: {known}")]
    Unknown {
        /// What was given.
        name: String,
        /// What there is.
        known: String,
    },
    /// Not in the range, or no number.
    #[error("{} is {value}, but {} is needed", parameter.name, parameter.range())]
    OutOfRange {
        /// Which one.
        parameter: Parameter,
        /// What was given.
        value: f64,
    },
}

impl Parameter {
    /// A parameter that is off unless it is turned on.
    pub const fn switch(name: &'static str, meaning: &'static str) -> Self {
        Self { name, meaning, unit: Unit::Switch, low: 0.0, high: 1.0, default: 0.0 }
    }

    /// The values that can be used, in words.
    pub fn range(&self) -> String {
        let whole = if self.is_whole() { "a whole number " } else { "" };
        match self.unit {
            Unit::Switch => "0 (off) or 1 (on)".to_owned(),
            unit => format!("{whole}from {} to {}{unit}", self.low, self.high),
        }
    }

    /// The value itself, if it can be used.
    ///
    /// # Errors
    /// When it is out of range, not a number, or broken where only whole numbers make sense.
    pub fn check(&self, value: f64) -> Result<f64, ParameterError> {
        let sound = (self.low..=self.high).contains(&value) && (!self.is_whole() || value.fract() == 0.0);
        if sound { Ok(value) } else { Err(ParameterError::OutOfRange { parameter: *self, value }) }
    }

    const fn is_whole(&self) -> bool {
        matches!(self.unit, Unit::Count | Unit::Switch | Unit::Pixels)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PictureSide => " of the picture's side",
            Self::Ratio | Self::Count | Self::Switch => "",
            Self::Degrees => "°",
            Self::Pixels => " px",
        })
    }
}

/// Values that were checked against a figure's parameters.
pub struct Values<'a>(&'a [(&'a str, f64)]);

impl<'a> Values<'a> {
    /// Checks every given value; the last of several with one name counts.
    pub fn check(parameters: &[Parameter], given: &'a [(&'a str, f64)]) -> Result<Self, ParameterError> {
        for &(name, value) in given {
            let parameter = parameters.iter().find(|parameter| parameter.name == name);
            let known = || parameters.iter().map(|parameter| parameter.name).collect::<Vec<_>>().join(", ");
            parameter
                .ok_or_else(|| ParameterError::Unknown { name: name.to_owned(), known: known() })?
                .check(value)?;
        }
        Ok(Self(given))
    }

    /// The given value, or the default.
    pub fn of(&self, parameter: &Parameter) -> f64 {
        let given = self.0.iter().rev().find(|(name, _)| *name == parameter.name);
        given.map_or(parameter.default, |(_, value)| *value)
    }

    /// A whole number.
    pub fn count(&self, parameter: &Parameter) -> u32 {
        self.of(parameter) as u32
    }

    /// Whether a switch is on.
    pub fn is_on(&self, parameter: &Parameter) -> bool {
        self.of(parameter) == 1.0
    }
}
