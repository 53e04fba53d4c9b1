//! Which column of anyone's table means what: `observer=subj,item=imagename,…`.

use std::str::FromStr;

/// What a column can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Observer,
    Kind,
    Session,
    Item,
    Condition,
    Scale,
    Target,
    Choice,
    Correct,
    TimeSeconds,
    TimeMilliseconds,
    Role,
}

const MEANINGS: [(&str, Meaning); 12] = [
    ("observer", Meaning::Observer),
    ("kind", Meaning::Kind),
    ("session", Meaning::Session),
    ("item", Meaning::Item),
    ("condition", Meaning::Condition),
    ("scale", Meaning::Scale),
    ("target", Meaning::Target),
    ("choice", Meaning::Choice),
    ("correct", Meaning::Correct),
    ("rt_s", Meaning::TimeSeconds),
    ("rt_ms", Meaning::TimeMilliseconds),
    ("role", Meaning::Role),
];

/// The columns of a table of answers, as named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    named: Vec<(Meaning, String)>,
}

/// Why the names of columns make no table of answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    /// No `meaning=column`.
    #[error("`{0}` is no `meaning=column`; write `observer=subj,item=imagename,…`")]
    NoPair(String),
    /// A meaning that is not known.
    #[error(
        "`{0}` is no column of an answers table; there are observer, kind, session, item, condition, scale, target, \
         choice, correct, rt_s, rt_ms and role"
    )]
    Unknown(String),
    /// A meaning twice.
    #[error("`{0}` is named twice")]
    Twice(String),
    /// Something that has to be there.
    #[error("{0} is missing; name its column")]
    Missing(&'static str),
    /// Named, but not in the table.
    #[error("there is no column `{0}`; there are {1}")]
    NotThere(String, String),
}

impl FromStr for Columns {
    type Err = ColumnsError;

    fn from_str(text: &str) -> Result<Self, ColumnsError> {
        let mut named: Vec<(Meaning, String)> = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (meaning, column) = part.split_once('=').ok_or(ColumnsError::NoPair(part.to_owned()))?;
            let known = MEANINGS.iter().find(|(name, _)| *name == meaning.trim());
            let (_, meaning) = known.ok_or(ColumnsError::Unknown(meaning.to_owned()))?;
            if named.iter().any(|(other, _)| other == meaning) {
                return Err(ColumnsError::Twice(part.to_owned()));
            }
            named.push((*meaning, column.trim().to_owned()));
        }
        let columns = Self { named };
        let has = |meaning| columns.named.iter().any(|(other, _)| *other == meaning);
        if !has(Meaning::Observer) {
            return Err(ColumnsError::Missing("observer"));
        }
        if !has(Meaning::Item) {
            return Err(ColumnsError::Missing("item"));
        }
        let is_judged = has(Meaning::Target) && has(Meaning::Choice);
        if !has(Meaning::Correct) && !is_judged {
            return Err(ColumnsError::Missing("`correct`, or `target` with `choice`,"));
        }
        Ok(columns)
    }
}

/// Where the columns stand in one table.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    places: Vec<(Meaning, usize)>,
}

impl Columns {
    /// Case makes no difference: files of one data set differ in it.
    pub(super) fn places(&self, header: &[String]) -> Result<Places, ColumnsError> {
        let place = |(meaning, name): &(Meaning, String)| {
            let found = header.iter().position(|column| column.to_lowercase() == name.to_lowercase());
            let missing = || ColumnsError::NotThere(name.clone(), header.join(", "));
            Ok((*meaning, found.ok_or_else(missing)?))
        };
        Ok(Places { places: self.named.iter().map(place).collect::<Result<_, _>>()? })
    }
}

impl Places {
    /// The cell of this meaning; None where there is no such column, or the row is too short.
    pub(super) fn of<'a>(&self, meaning: Meaning, cells: &[&'a str]) -> Option<&'a str> {
        let (_, place) = self.places.iter().find(|(known, _)| *known == meaning)?;
        cells.get(*place).copied()
    }
}
