//! Fixtures that the tests of several rooms share: a trial set without pictures, rows, and a command line in
//! one string.
//!
//! Everything here panics where it fails: a test that cannot be set up has failed.
#![allow(clippy::unwrap_used, reason = "only tests use this crate")]

mod command_line;
pub mod rows;
mod trial_sets;

pub use command_line::words;
pub use trial_sets::{images, name, provenance, trial, trial_set, trial_set_of};
