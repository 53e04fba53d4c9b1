//! Any table as CSV (RFC 4180): written with inert text, read whatever separates its columns.

use std::fmt;

use csv::{ReaderBuilder, Terminator, WriterBuilder};

use crate::content::{self, NotReadable};
use crate::spreadsheet::{protected, unprotected};

/// The byte order mark that tells a spreadsheet that a file is UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What stands in one place of a table that is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Unknown, or without meaning here.
    Empty,
    /// A number or a truth value, written as it is.
    Number(String),
    /// A text, made inert for spreadsheets.
    Text(String),
}

impl Cell {
    /// A cell that was formatted before: a number where the text is one.
    pub fn formatted(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_number = digits.starts_with(|c: char| c.is_ascii_digit()) && text.parse::<f64>().is_ok();
        let is_padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        match text {
            "" => Self::Empty,
            _ if is_number && !is_padded => Self::Number(text.to_owned()),
            _ => Self::Text(text.to_owned()),
        }
    }
}

/// The content of the cell, without quotes.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Number(text) => f.write_str(text),
            Self::Text(text) => f.write_str(&protected(text)),
        }
    }
}

/// A table as CSV: comma separated, quoted where needed, lines ended by CR LF.
pub fn to_csv<'a>(
    header: impl IntoIterator<Item = &'a str>,
    lines: impl IntoIterator<Item = Vec<Cell>>,
) -> String {
    let mut writer = WriterBuilder::new().flexible(true).terminator(Terminator::CRLF).from_writer(Vec::new());
    let header = header.into_iter().map(|name| protected(name).into_owned());
    let lines = lines.into_iter().map(|cells| cells.iter().map(Cell::to_string).collect());
    for line in std::iter::once(header.collect::<Vec<String>>()).chain(lines) {
        // A vector takes whatever is written.
        let _ = writer.write_record(&line);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A table that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns, without spaces round them.
    pub header: Vec<String>,
    /// Number of the line on which each row begins, from 1, and its cells, without the marks of
    /// [`crate::spreadsheet`].
    pub rows: Vec<(usize, Vec<String>)>,
    /// What separates the columns.
    pub separator: char,
}

/// Why a table cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoTable {
    /// It is not text.
    #[error(transparent)]
    Content(#[from] NotReadable),
    /// It is text, but no table.
    #[error("is no table: {0}")]
    Csv(String),
}

impl Table {
    /// Reads CSV. Columns are separated by `,`, `;` or tab, whichever the header has most of.
    ///
    /// # Errors
    /// When the file is not text.
    pub fn read(bytes: &[u8]) -> Result<Self, NoTable> {
        Self::of_text(&content::of(bytes)?)
    }

    pub(crate) fn of_text(text: &str) -> Result<Self, NoTable> {
        let begin =
            |header: &[String], separator| Ok(Self { header: header.to_vec(), rows: Vec::new(), separator });
        each_row(text, begin, |table: &mut Self, line, cells| {
            table.rows.push((line, cells.iter().map(|cell| (*cell).to_owned()).collect()));
            Ok(())
        })
    }

    /// Reads CSV row by row, so that a table of a million rows need not be kept: `begin` makes something of
    /// the header, `row` gets it with the number of the line and the cells, without the marks of
    /// [`crate::spreadsheet`].
    ///
    /// # Errors
    /// When the file is not text or no table, or what `begin` and `row` refuse.
    pub fn fold<T, E: From<NoTable>>(
        bytes: &[u8],
        begin: impl FnOnce(&[String]) -> Result<T, E>,
        row: impl FnMut(&mut T, usize, &[&str]) -> Result<(), E>,
    ) -> Result<T, E> {
        let text = content::of(bytes).map_err(NoTable::from)?;
        each_row(&text, |header, _| begin(header), row)
    }

    /// The place of the column of this name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|header| header == name)
    }
}

fn each_row<T, E: From<NoTable>>(
    text: &str,
    begin: impl FnOnce(&[String], char) -> Result<T, E>,
    mut row: impl FnMut(&mut T, usize, &[&str]) -> Result<(), E>,
) -> Result<T, E> {
    let header = text.trim_start().lines().next().unwrap_or_default();
    let count = |separator: char| header.matches(separator).count();
    // Of equals the last is taken: a comma where there is no separator at all.
    let separator = ['\t', ';', ','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(',');
    let mut reader =
        ReaderBuilder::new().delimiter(separator as u8).flexible(true).from_reader(text.as_bytes());
    let wrong = |error: csv::Error| NoTable::Csv(error.to_string());
    let header = reader.headers().map_err(wrong)?.iter().map(|name| unprotected(name.trim()).to_owned());
    let mut found = begin(&header.collect::<Vec<String>>(), separator)?;
    let (mut at, mut line) = (0, 1);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(wrong)? {
        let start = record.position().map_or(0, |position| position.byte() as usize);
        // The reader ends a record between CR and LF, and counts no line then.
        let breaks = text[start..].len() - text[start..].trim_start_matches(['\r', '\n']).len();
        line += text[at..start + breaks].matches('\n').count();
        at = start + breaks;
        row(&mut found, line, &record.iter().map(unprotected).collect::<Vec<&str>>())?;
    }
    Ok(found)
}
