//! The error of every architecture's configuration.

use std::fmt::Display;

/// Why an architecture's numbers cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("architecture: {field} = {value} cannot be used: {why}")]
pub struct BadConfig {
    field: &'static str,
    value: String,
    why: &'static str,
}

impl BadConfig {
    /// An error unless the number is good.
    pub(crate) fn unless(
        good: bool,
        field: &'static str,
        value: impl Display,
        why: &'static str,
    ) -> Result<(), Self> {
        if good { Ok(()) } else { Err(Self { field, value: value.to_string(), why }) }
    }
}
