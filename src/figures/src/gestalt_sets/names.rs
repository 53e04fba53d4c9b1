//! What the sets and splits are called on the command line and in file names.

use std::fmt;
use std::str::FromStr;

use super::{GestaltSet, Split};

/// A name that no set or split has.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} {given:?}; use one of: {known}")]
pub struct UnknownName {
    what: &'static str,
    given: String,
    known: String,
}

impl GestaltSet {
    /// In kebab case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closure => "closure",
            Self::Continuity => "continuity",
            Self::Kanizsa => "kanizsa",
            Self::IllusoryOcclusion => "illusory-occlusion",
            Self::GradientOcclusion => "gradient-occlusion",
            Self::Proximity => "proximity",
        }
    }

    /// What the labels of its masks stand for, from 0.
    pub const fn label_names(self) -> &'static [&'static str] {
        match self {
            Self::Closure | Self::IllusoryOcclusion => &["background", "square"],
            Self::Continuity => &["background", "ring"],
            Self::Kanizsa => &["background", "discs", "square"],
            Self::GradientOcclusion => &["background", "rectangle in front", "rectangle behind"],
            Self::Proximity => &["background", "row or first pair", "second pair", "third pair"],
        }
    }
}

impl Split {
    /// In lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for GestaltSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for GestaltSet {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let known = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|set| set.name() == name);
        found.ok_or_else(|| UnknownName { what: "set", given: name.to_owned(), known: known() })
    }
}

impl FromStr for Split {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let known = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|split| split.name() == name);
        found.ok_or_else(|| UnknownName { what: "split", given: name.to_owned(), known: known() })
    }
}
