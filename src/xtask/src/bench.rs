//! `cargo xtask bench`: the figures of `docs/measurements.md` that need a browser.

use crate::command::shown;
use crate::{browser, place, serve, site};
use anyhow::Result;
use std::process::Command;

/// Builds what changed, then measures bytes, frames and milliseconds in Chromium and prints a table. Takes some minutes.
pub fn run() -> Result<()> {
    let chromium = browser::ensure()?;
    serve::build()?;
    let mut node = Command::new("node");
    node.arg(place::root()?.join("e2e/measure.mjs"));
    node.env("CHROMIUM", chromium).env("GESTALT_BIN", place::gestalt()?).env("GESTALT_SITE", site::need()?);
    shown("the measurements", &mut node)
}
