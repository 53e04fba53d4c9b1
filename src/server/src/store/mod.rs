//! The database: SQLite in one file, or PostgreSQL. The same SQL serves both; only opening differs.

mod append;
mod columns;
mod error;
mod fate;
mod fill;
mod finish;
mod listing;
mod open;
mod panel_visits;
mod rows;
mod sessions;
mod settings;
mod snapshots;
mod step_records;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use columns::kind_text;
pub(crate) use error::StoreError;
pub(crate) use fate::{Fate, NewRow};
pub(crate) use finish::{Finishing, StoredPlace};
pub(crate) use listing::ListedSession;
pub use open::OpenError;
pub(crate) use open::Store;
pub(crate) use rows::{Place, StoredRow, Whose};
pub(crate) use sessions::{Session, Withdrawn};
pub(crate) use snapshots::SnapshotText;
