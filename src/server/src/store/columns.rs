//! The text of stored values, both ways: what is written is listed here, and what is read must be on the
//! list.

use std::str::FromStr;

use gestalt_protocol::{ObserverKind, Outcome, Role};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::error::StoreError;

/// One row of a table, with the words by which an error names it.
pub(super) struct Record<'a> {
    pub(super) table: &'static str,
    pub(super) key: &'a str,
    pub(super) row: &'a AnyRow,
}

impl Record<'_> {
    /// A column whose text is a value of this type.
    pub(super) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError>
    where
        T::Err: std::fmt::Display,
    {
        let text: String = self.row.try_get(column)?;
        text.parse().map_err(|error| self.unreadable(column, format!("{error}")))
    }

    /// As [`Record::parsed`], for a column that may be null.
    pub(super) fn parsed_if_any<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreError>
    where
        T::Err: std::fmt::Display,
    {
        let stated: Option<String> = self.row.try_get(column)?;
        stated.map(|_| self.parsed(column)).transpose()
    }

    /// Whether a person or a model is observed.
    pub(super) fn kind(&self, column: &'static str) -> Result<ObserverKind, StoreError> {
        let text: String = self.row.try_get(column)?;
        kind_of(&text).ok_or_else(|| self.unreadable(column, format!("unknown observer kind `{text}`")))
    }

    /// A number that is at least 0.
    pub(super) fn count(&self, column: &'static str) -> Result<u64, StoreError> {
        let number: i64 = self.row.try_get(column)?;
        u64::try_from(number).map_err(|_| self.unreadable(column, format!("{number} is less than 0")))
    }

    fn unreadable(&self, column: &'static str, reason: String) -> StoreError {
        StoreError::Unreadable { table: self.table, key: self.key.to_owned(), column, reason }
    }
}

fn kind_of(text: &str) -> Option<ObserverKind> {
    match text {
        "human" => Some(ObserverKind::Human),
        "model" => Some(ObserverKind::Model),
        "simulated" => Some(ObserverKind::Simulated),
        _ => None,
    }
}

pub(crate) fn kind_text(kind: ObserverKind) -> &'static str {
    match kind {
        ObserverKind::Human => "human",
        ObserverKind::Model => "model",
        ObserverKind::Simulated => "simulated",
    }
}

pub(super) fn role_text(role: Role) -> &'static str {
    match role {
        Role::Test => "test",
        Role::Practice => "practice",
        Role::Catch => "catch",
        Role::Control => "control",
    }
}

pub(super) fn outcome_text(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Missed => "missed",
        Outcome::Tie => "tie",
        Outcome::NonFinite => "non_finite",
        Outcome::Interrupted => "interrupted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_as_it_was_written_and_nothing_else_is() {
        for kind in [ObserverKind::Human, ObserverKind::Model, ObserverKind::Simulated] {
            assert_eq!(kind_of(kind_text(kind)), Some(kind));
        }
        assert_eq!(kind_of("robot"), None);
    }
}
