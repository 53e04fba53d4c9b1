//! `cargo xtask test`: formatting, lints, Rust tests and browser tests, in the order that wastes least time.

use crate::command::{both, shown, step};
use crate::wasm_target::{self, TARGET, Toolchain};
use crate::{browser, place, serve, site};
use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates that are compiled for the browser only; their tests are those in the browser.
const WASM_CRATES: [&str; 4] = ["gestalt-web", "gestalt-worker", "gestalt-lock", "gestalt-figures-wasm"];

/// This program, which is tested in the profile it was built in: nothing is compiled twice for it.
const THIS: &str = "gestalt-xtask";

/// Which tests to run; with none named, all.
#[derive(Args, Default)]
pub struct Options {
    /// rustfmt and clippy.
    #[arg(long)]
    lint: bool,
    /// The documentation of all crates builds without warnings; only when it is asked for, and in
    /// `check-all`.
    #[arg(long)]
    docs: bool,
    /// The tests of all crates.
    #[arg(long)]
    rust: bool,
    /// The tests in a real browser.
    #[arg(long)]
    browser: bool,
}

/// Runs what was asked for. The browser's half and the native half are built side by side.
pub fn run(options: &Options) -> Result<()> {
    let all = !(options.lint || options.docs || options.rust || options.browser);
    let (lint, docs) = (all || options.lint, options.docs);
    let (rust, in_browser) = (all || options.rust, all || options.browser);
    eprintln!("Testing; the first time takes a while (logs: {})", place::logs()?.display());
    if lint {
        step("formatting", Command::new("cargo").args(["fmt", "--all", "--check"]))?;
    }
    let for_the_browser = || -> Result<()> {
        if in_browser {
            browser::ensure()?;
            site::ensure()?;
            build_figures_wasm()?;
        }
        Ok(())
    };
    let native = || -> Result<()> {
        if rust {
            test_rust()?;
        }
        // The tests have just built the command; building it alone would choose other features and compile
        // much anew.
        if in_browser && !rust {
            serve::build_gestalt()?;
        }
        if lint {
            lint_native()?;
        }
        // After clippy, which has checked the same dependencies: only our own crates are left to do.
        if docs {
            document()?;
        }
        Ok(())
    };
    both(for_the_browser, native)?;
    if in_browser {
        test_browser()?;
    }
    eprintln!("All tests passed.");
    Ok(())
}

/// The whole workspace, natively, but for the crates of the browser and this program.
fn native(subcommand: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args([subcommand, "--release", "--workspace", "--exclude", THIS]);
    for name in WASM_CRATES {
        cargo.args(["--exclude", name]);
    }
    cargo
}

/// Unit, integration and documentation tests. In the release profile: the same build gives the command
/// `gestalt`, and the arithmetic would take minutes without the optimiser.
fn test_rust() -> Result<()> {
    let rooms = step("testing the rooms and this program", this("test").arg("--no-fail-fast"))?;
    step("building the Rust tests", native("test").arg("--no-run"))?;
    let log = step("running the Rust tests", native("test").arg("--no-fail-fast"))?;
    let logs = [rooms, log].map(|log| std::fs::read_to_string(log).unwrap_or_default());
    eprintln!("    {}", count(&logs.concat()));
    Ok(())
}

/// This program in its own profile.
pub fn this(subcommand: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args([subcommand, "--profile", "tool", "--package", THIS]);
    cargo
}

fn lint_native() -> Result<()> {
    step("clippy for xtask", this("clippy").args(["--all-targets", "--", "-D", "warnings"]))?;
    step("clippy", native("clippy").args(["--all-targets", "--", "-D", "warnings"]))?;
    Ok(())
}

/// Our own crates alone: a link that leads nowhere, or code in a comment that is no code, is a warning.
pub fn document() -> Result<()> {
    let mut doc = native("doc");
    step(
        "documentation",
        doc.args(["--no-deps", "--document-private-items"]).env("RUSTDOCFLAGS", DOC_FLAGS),
    )?;
    Ok(())
}

/// Private items are documented too, so that links between them are checked; links to them are then no
/// fault.
const DOC_FLAGS: &str = "-D warnings -A rustdoc::private_intra_doc_links";

/// Clippy for the crates of the browser, with the compiler that builds them.
pub fn clippy_wasm(toolchain: &Toolchain) -> Result<()> {
    let mut clippy = Command::new("cargo");
    clippy.args(["clippy", "--profile", "wasm", "--target", TARGET]);
    for name in WASM_CRATES {
        clippy.args(["--package", name]);
    }
    toolchain.apply(&mut clippy);
    step("clippy for the browser", clippy.args(["--", "-D", "warnings"]))?;
    Ok(())
}

/// What the browser test of the Good Gestalt sets runs.
fn build_figures_wasm() -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--profile", "wasm", "--target", TARGET, "--package", "gestalt-figures-wasm"]);
    wasm_target::ensure()?.apply(&mut cargo);
    step("building the figures for the browser", &mut cargo)?;
    Ok(())
}

/// A test that waits for what never comes fails after fifteen minutes instead of hanging; a whole session
/// takes two.
const LONGEST_TEST: &str = "--test-timeout=900000";

/// Node's own test runner over `e2e/*.test.mjs`, one file at a time: the machine may have only two cores,
/// and the tests measure frames.
fn test_browser() -> Result<()> {
    let chromium = browser::ensure()?;
    let tests = test_files(&place::root()?.join("e2e"))?;
    let mut node = Command::new("node");
    node.envs(browser::others());
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec", LONGEST_TEST]).args(tests);
    node.env("CHROMIUM", chromium).env("GESTALT_BIN", place::gestalt()?).env("GESTALT_SITE", site::need()?);
    node.env("GESTALT_FIGURES_WASM", place::figures_wasm()?);
    shown("the browser tests", &mut node)
}

/// The test files of a folder in the order of their names.
fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let files = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect();
    files.sort();
    anyhow::ensure!(!files.is_empty(), "{} has no file that ends in .test.mjs", folder.display());
    Ok(files)
}

/// Adds up cargo's lines `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn count(log: &str) -> String {
    let sum = |word: &str| -> u64 {
        let results = log.lines().filter(|line| line.starts_with("test result:"));
        let numbers = results
            .filter_map(|line| line.split(word).next()?.trim_end().rsplit(' ').next()?.parse::<u64>().ok());
        numbers.sum()
    };
    format!("{} passed, {} failed, {} ignored", sum(" passed"), sum(" failed"), sum(" ignored"))
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn results_of_several_crates_are_added_up() {
        let log = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\n\
                   noise\ntest result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(count(log), "13 passed, 2 failed, 1 ignored");
    }
}
