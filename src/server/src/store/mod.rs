//! The database: SQLite in one file, or PostgreSQL. The same SQL serves both; only opening differs.

mod append;
mod columns;
mod error;
mod fate;
mod fill;
mod finish;
mod lab_keys;
mod listing;
mod open;
mod panel_visits;
mod participants;
mod rows;
mod seats;
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
pub(crate) use finish::{Finishing, StoredPlace, Verdict};
pub(crate) use lab_keys::{LabKey, role_text};
pub(crate) use listing::ListedSession;
pub use open::OpenError;
pub(crate) use open::Store;
pub(crate) use panel_visits::Payment;
pub(crate) use rows::{Place, StoredRow, Whose};
pub(crate) use seats::Seats;
pub(crate) use sessions::{Session, Withdrawn};
pub(crate) use snapshots::SnapshotText;
