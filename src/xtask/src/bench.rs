//! `cargo xtask bench`: the figures of `docs/measurements.md` that need a browser.

use crate::command::{shown, step};
use crate::{browser, place, serve, site};
use anyhow::Result;
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is measured.
#[derive(Subcommand)]
pub enum Bench {
    /// Our engine beside onnxruntime-web, same browser, same weights; writes the table into docs/measurements.md. Installs PyTorch and timm,
    /// which make the networks, in a folder of their own.
    Web {
        /// Only the cases whose names contain this; nothing is written then.
        only: Option<String>,
    },
}

/// What the networks of the comparison are made with.
const PYTHON_PACKAGES: [&str; 5] = ["torch", "timm", "onnx", "onnxscript", "safetensors"];

/// Builds what changed, then measures in Chromium and prints a table. Takes some minutes.
pub fn run(bench: Option<&Bench>) -> Result<()> {
    let chromium = browser::ensure()?;
    serve::build()?;
    let root = place::root()?;
    let mut node = Command::new("node");
    node.env("CHROMIUM", chromium).env("GESTALT_BIN", place::gestalt()?).env("GESTALT_SITE", site::need()?);
    match bench {
        None => node.arg(root.join("e2e/measure.mjs")),
        Some(Bench::Web { only }) => {
            node.env("GESTALT_PEERS", peers(&root)?).env("GESTALT_DOCS", root.join("docs/measurements.md"));
            node.arg(root.join("e2e/bench-web.mjs")).args(only)
        }
    };
    shown("the measurements", &mut node)
}

/// The folder of the networks with random weights, made where they are missing.
fn peers(root: &Path) -> Result<PathBuf> {
    let python = place::tools()?.join("peers-venv");
    if !python.join("bin/python").exists() {
        step("a Python environment", Command::new("python3").args(["-m", "venv"]).arg(&python))?;
    }
    let mut install = Command::new(python.join("bin/pip"));
    step("installing PyTorch and timm", install.args(["install", "--quiet"]).args(PYTHON_PACKAGES))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(root.join("e2e"));
    step("installing onnxruntime-web", npm.arg("onnxruntime-web"))?;
    let folder = place::target()?.join("peers");
    let mut make = Command::new(python.join("bin/python"));
    step("making the networks", make.arg(root.join("e2e/peers.py")).arg(&folder))?;
    Ok(folder)
}
