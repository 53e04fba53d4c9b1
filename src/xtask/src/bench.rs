//! `cargo xtask bench`: the figures of `docs/measurements.md` that need a browser.

use crate::command::{shown, step};
use crate::{browser, place, serve, site};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is measured.
#[derive(Subcommand)]
pub enum Bench {
    /// Our engine beside onnxruntime-web, same browser, same weights; writes the table into
    /// docs/measurements.md. Installs PyTorch and timm, which make the networks, in a folder of their own.
    Web {
        /// Only the cases whose names contain this; nothing is written then.
        only: Option<String>,
    },
    /// The page's timing against the outside: what a screen really showed and when a key was really
    /// pressed, with jsPsych in the same run.
    Timing(Timing),
}

/// How the timing is measured.
#[derive(Args)]
pub struct Timing {
    /// Trials of ours at each load. With less than the default nothing is written into docs/measurements.md.
    #[arg(long, default_value_t = TIMING_TRIALS)]
    trials: u32,
    /// Busy loops beside the browser, one measurement for each number.
    #[arg(long, default_value = "0,1,3")]
    loads: String,
    /// Hold our page up for this long again and again, to see whether rows say so. Nothing is written then.
    #[arg(long, default_value_t = 0)]
    blocked_ms: u32,
    /// Firefox too, for its reaction times.
    #[arg(long)]
    firefox: bool,
}

/// Enough that a share of 99.5 % can be told from 98 %.
const TIMING_TRIALS: u32 = 500;
/// What is measured in the same run.
const JSPSYCH: [&str; 4] = [
    "jspsych@8.3.0",
    "@jspsych/plugin-html-keyboard-response@2.2.0",
    "@jspsych/plugin-image-keyboard-response@2.2.0",
    "@jspsych/plugin-preload@2.1.0",
];

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
        Some(Bench::Timing(timing)) => timing.tell(&root, &mut node)?,
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

impl Timing {
    /// What the measurement has to know.
    fn tell<'a>(&self, root: &Path, node: &'a mut Command) -> Result<&'a mut Command> {
        browser::ensure_screen()?;
        let out = place::target()?.join("timing");
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"])
            .arg(&out)
            .args(JSPSYCH);
        std::fs::create_dir_all(&out).with_context(|| format!("{} cannot be made", out.display()))?;
        step("installing jsPsych", &mut npm)?;
        node.env("TRIALS", self.trials.to_string()).env("LOADS", &self.loads).env("OUT", &out);
        node.env("GESTALT_JSPSYCH", out.join("node_modules"));
        node.env("BROWSERS", if self.firefox { "chromium,firefox" } else { "chromium" });
        if self.firefox {
            node.envs(browser::others());
        }
        node.env("BLOCKED_MS", self.blocked_ms.to_string());
        if self.trials >= TIMING_TRIALS && self.blocked_ms == 0 {
            node.env("GESTALT_DOCS", root.join("docs/measurements.md"));
        }
        Ok(node.arg(root.join("e2e/timing/run.mjs")))
    }
}
