//! The log: rows read from NDJSON, a JSON array or CSV, and written as NDJSON and CSV.

use gestalt_protocol::Row;
use gestalt_types::{FieldError, json};
use serde_json::{Map, Value};

use crate::columns::{COLUMNS, Column, EARLIER};
use crate::content::{self, NotReadable};
use crate::table::{self, Cell, NoTable, Table};

/// A log that was read: what is sound, and what was refused with its line.
#[derive(Debug, Default)]
pub struct Rows {
    /// The sound rows, in order.
    pub rows: Vec<Row>,
    /// Lines (from 1) that are no rows, and why.
    pub refused: Vec<(usize, FieldError)>,
}

/// Why a file holds no row at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoLog {
    /// It is not text.
    #[error(transparent)]
    Content(#[from] NotReadable),
    /// It is text that is neither JSON nor a table.
    #[error(transparent)]
    Table(#[from] NoTable),
    /// A trial set's file.
    #[error("is a trial set, not a log; give the rows that observers left when they took it")]
    TrialSet,
    /// A study's file.
    #[error("is a study, not a log; give the rows of its sessions, from the server's export")]
    Study,
    /// A table of something else.
    #[error("is a table without the column{} {}; give a log as `gestalt observe` or the site's export writes it",
        if .0.len() == 1 { "" } else { "s" }, .0.join(", "))]
    Columns(Vec<String>),
    /// No line is a row.
    #[error("holds no row: the first of {count} that are refused is line {line}: {error}")]
    Refused {
        /// Number of lines that are refused.
        count: usize,
        /// The first.
        line: usize,
        /// What is wrong with it.
        error: FieldError,
    },
}

impl Rows {
    /// Reads a log of any form that this crate knows. A bad line is refused, the others are kept.
    ///
    /// # Errors
    /// When the file holds no sound row; an empty log is one that holds a header and nothing else.
    pub fn read(bytes: &[u8]) -> Result<Self, NoLog> {
        let text = content::of(bytes)?;
        let log = match text.trim_start().as_bytes().first() {
            Some(b'{') => Self::of_json_lines(&text),
            Some(b'[') if !is_study_file(&text) => Self::of_json_array(&text),
            _ if is_study_file(&text) => return Err(NoLog::Study),
            _ => Self::of_table(&Table::of_text(&text)?)?,
        };
        match log.refused.first() {
            Some(_) if log.rows.is_empty() && is_document(&text, "images") => Err(NoLog::TrialSet),
            Some(_) if log.rows.is_empty() && is_document(&text, "trial_set") => Err(NoLog::Study),
            Some((line, error)) if log.rows.is_empty() => {
                Err(NoLog::Refused { count: log.refused.len(), line: *line, error: error.clone() })
            }
            _ => Ok(log),
        }
    }

    fn of_json_lines(text: &str) -> Self {
        let mut log = Self::default();
        for (place, line) in text.lines().enumerate() {
            if !line.trim().is_empty() {
                log.take(place + 1, Row::parse(line.as_bytes()));
            }
        }
        log
    }

    fn of_json_array(text: &str) -> Self {
        let mut log = Self::default();
        match json::read::<Vec<Value>>(text.as_bytes()) {
            Ok(values) => {
                for (place, value) in values.into_iter().enumerate() {
                    log.take(place + 1, Row::from_value(value));
                }
            }
            Err(error) => log.refused.push((1, error)),
        }
        log
    }

    fn of_table(table: &Table) -> Result<Self, NoLog> {
        let all = || COLUMNS.iter().chain(EARLIER.iter());
        let known: Vec<Option<&Column>> =
            table.header.iter().map(|name| all().find(|column| column.name == *name)).collect();
        let is_there = |name: &str| known.iter().flatten().any(|known| known.name == name);
        // Rows of version 1 have neither; what is missing of them is named row by row.
        let is_earlier = is_there("chosen_slot");
        let added = |column: &Column| is_earlier && ["task", "choices"].contains(&column.field.as_str());
        let missing: Vec<String> = COLUMNS
            .iter()
            .filter(|column| column.is_required && !is_there(&column.name) && !added(column))
            .map(|column| column.name.clone())
            .collect();
        if !missing.is_empty() {
            return Err(NoLog::Columns(missing));
        }
        let mut log = Self::default();
        for (line, cells) in &table.rows {
            let mut row = Map::new();
            for (column, cell) in
                known.iter().zip(cells).filter_map(|(column, cell)| Some(((*column)?, cell)))
            {
                column.put(&mut row, cell, table.separator != ',');
            }
            log.take(*line, Row::from_value(Value::Object(row)));
        }
        Ok(log)
    }

    fn take(&mut self, line: usize, row: Result<Row, FieldError>) {
        match row {
            Ok(row) => self.rows.push(row),
            Err(error) => self.refused.push((line, error)),
        }
    }

    /// The rows as NDJSON.
    ///
    /// # Errors
    /// As [`Row::to_json`].
    pub fn to_ndjson(rows: &[Row]) -> serde_json::Result<String> {
        rows.iter().map(|row| Ok(row.to_json()? + "\n")).collect()
    }

    /// The rows as CSV: one column a field, `shown`, `choices` and `distances` three each, unknown is empty.
    /// Text is inert in a spreadsheet.
    ///
    /// # Errors
    /// As [`Row::to_json`].
    pub fn to_csv(rows: &[Row]) -> serde_json::Result<String> {
        let lines = rows.iter().map(|row| {
            let row = serde_json::to_value(row)?;
            let row = row.as_object().cloned().unwrap_or_default();
            Ok(COLUMNS.iter().map(|column| cell(column.value(&row))).collect())
        });
        let lines: Vec<Vec<Cell>> = lines.collect::<serde_json::Result<_>>()?;
        Ok(table::to_csv(COLUMNS.iter().map(|column| column.name.as_str()), lines))
    }
}

fn cell(value: Option<&Value>) -> Cell {
    match value {
        None | Some(Value::Null) => Cell::Empty,
        Some(Value::String(text)) => Cell::Text(text.clone()),
        Some(other) => Cell::Number(other.to_string()),
    }
}

/// Whether the text is a study in TOML.
fn is_study_file(text: &str) -> bool {
    text.lines()
        .any(|line| line.strip_prefix("study_version").is_some_and(|rest| rest.trim_start().starts_with('=')))
}

/// Whether the text is one JSON object that has this field.
fn is_document(text: &str, field: &str) -> bool {
    serde_json::from_str::<Map<String, Value>>(text).is_ok_and(|object| object.contains_key(field))
}
