//! What a user of the server relies on. One program, because linking is most of what building tests costs.
#![allow(clippy::unwrap_used)]

mod common;
mod crash;
mod export;
mod load;
#[cfg(unix)]
mod postgres;
mod rows_of_any_kind;
mod sessions;
mod site_and_studies;
