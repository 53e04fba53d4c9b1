//! What a user of the server relies on. One program, because linking is most of what building tests costs.
#![allow(clippy::unwrap_used)]

mod any_order;
mod common;
mod crash;
mod export;
mod lab;
mod limits;
mod load;
#[cfg(unix)]
mod postgres;
mod promises;
mod recruitment;
mod rows_of_any_kind;
mod sessions;
mod site_and_studies;
