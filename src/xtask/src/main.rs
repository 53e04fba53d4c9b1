//! `cargo xtask …`: sets up a fresh machine, builds the site and the server, runs them and tests them.

mod bench;
mod browser;
mod check_all;
mod checks;
mod command;
mod dist;
mod findings;
mod licences;
mod place;
mod serve;
mod site;
mod tools;
mod wasm_target;
mod zoo;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use gestalt_xtask::rooms;

/// Set up, build, run and test Gestalt Lab.
///
/// Everything that is missing and can be installed is installed; the rest is named with the command that
/// installs it. Logs of every step lie in target/xtask.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", after_help = "Example: cargo xtask serve --open")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build what changed and start the server, which prints its address.
    Serve(serve::Options),
    /// Run formatting, lints, documentation, Rust tests and browser tests; with no option, all of them.
    Test(checks::Options),
    /// Run all of `test`, then licences, sources, clippy for the browser and a tiny site: before a release.
    CheckAll,
    /// Measure bytes, frames and milliseconds in Chromium; prints the table of docs/measurements.md.
    Bench {
        #[command(subcommand)]
        bench: Option<bench::Bench>,
    },
    /// Build the site into dist/ and the command `gestalt`, in release mode.
    Build {
        /// The site alone.
        #[arg(long)]
        site: bool,
    },
    /// Train the next unfinished model of the zoo, resume what was interrupted, and print what remains.
    Zoo(zoo::Options),
    /// Write docs/findings.md from the result files of docs/findings.
    Findings,
    /// Pack what a lab installs into target/dist: one program with the site inside, licences, examples, a
    /// checksum.
    Dist,
    /// Write the table of who may import whom into docs/ARCHITECTURE.md.
    Rooms,
    /// Install the tools that building and testing need, and build nothing.
    Setup,
}

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Serve(options) => serve::run(&options),
        Task::Test(options) => checks::run(&options),
        Task::CheckAll => check_all::run(),
        Task::Bench { bench } => bench::run(bench.as_ref()),
        Task::Build { site: true } => site::ensure(),
        Task::Build { site: false } => serve::build(),
        Task::Zoo(options) => zoo::run(&options),
        Task::Findings => findings::run(),
        Task::Dist => dist::run(),
        Task::Rooms => write_rooms(),
        Task::Setup => setup(),
    }
}

/// Writes the table of the rooms into the document that shows it.
fn write_rooms() -> Result<()> {
    let path = place::root()?.join("docs/ARCHITECTURE.md");
    let document =
        std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let written = rooms::with_table(&document).with_context(|| {
        format!("{} lacks `{}` or `{}`", path.display(), rooms::TABLE_BEGINS, rooms::TABLE_ENDS)
    })?;
    std::fs::write(&path, written).with_context(|| format!("{} cannot be written", path.display()))
}

/// Installs everything, the tests' needs included.
fn setup() -> Result<()> {
    wasm_target::ensure()?;
    tools::ensure()?;
    browser::ensure()?;
    Ok(())
}
