//! A table of text, made once and written as CSV or HTML.

use gestalt_tables::table::{self, Cell};
use maud::{Markup, html};

/// Columns of names that people give: text, even where one looks like a number.
const NAMES: [&str; 6] = ["observer", "reading", "category", "condition", "first", "second"];

/// Header and rows of text; unknown is the empty cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns and no row yet.
    pub fn new<N: Into<String>>(header: impl IntoIterator<Item = N>) -> Self {
        Self { header: header.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// Adds a row: one cell a column. Missing cells at its end are empty, further ones are dropped.
    pub fn push(&mut self, mut row: Vec<String>) {
        row.resize(self.header.len(), String::new());
        self.rows.push(row);
    }

    /// Comma separated, quoted where needed, lines ended by CR LF (RFC 4180). Text is inert in a
    /// spreadsheet.
    pub fn to_csv(&self) -> String {
        let cell = |(name, text): (&String, &String)| match text.as_str() {
            "" => Cell::Empty,
            _ if NAMES.contains(&name.as_str()) => Cell::Text(text.clone()),
            _ => Cell::formatted(text),
        };
        let cells = |row: &Vec<String>| self.header.iter().zip(row).map(cell).collect();
        table::to_csv(self.header.iter().map(String::as_str), self.rows.iter().map(cells))
    }

    /// A scrollable table with a caption. Columns of numbers are aligned to the right; of a hash the first
    /// eight digits are shown, the CSV has it whole.
    pub fn to_html(&self, caption: &str) -> Markup {
        let classes: Vec<&str> = (0..self.header.len())
            .map(|column| if self.is_numeric(column) { "number" } else { "text" })
            .collect();
        html! {
            div.table tabindex="0" role="region" aria-label=(caption) {
                table {
                    caption { (caption) }
                    thead {
                        tr {
                            @for (name, class) in self.header.iter().zip(&classes) {
                                th class=(class) scope="col" { (name.replace('_', " ")) }
                            }
                        }
                    }
                    tbody {
                        @for row in &self.rows {
                            tr { @for (cell, class) in row.iter().zip(&classes) { td class=(class) { (shortened(cell)) } } }
                        }
                    }
                }
            }
        }
    }

    fn is_numeric(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().map(|row| &row[column]).filter(|cell| !cell.is_empty());
        cells.all(|cell| cell.parse::<f64>().is_ok())
    }
}

/// The first digits of a SHA-256; any other text as it is.
fn shortened(cell: &str) -> String {
    let hash = cell.len() == 64 && cell.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hash { format!("{}…", &cell[..8]) } else { cell.to_owned() }
}
