//! The codebook: every column of the exported tables, with its unit and its source.

use gestalt_tables::codebook::of_rows;
use gestalt_tables::table::{Cell, to_csv};

use super::participants::COLUMNS;

/// CSV: table, column, unit, meaning.
pub(crate) fn codebook_csv() -> String {
    let line = |cells: [&str; 4]| cells.map(Cell::formatted).to_vec();
    let participants =
        COLUMNS.iter().map(|(column, unit, source)| line(["participants.csv", column, unit, source]));
    let rows = of_rows();
    let rows = rows.iter().map(|one| line(["rows.csv", &one.column, &one.unit, &one.meaning]));
    to_csv(["table", "column", "unit", "meaning"], participants.chain(rows))
}
