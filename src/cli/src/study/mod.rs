//! `gestalt study`: the files of a study, from a first draft to what participants get.

mod check;
mod client;
mod files;
mod new;
mod preview;
mod simulate;

use anyhow::Result;
use clap::Subcommand;

/// Write, check and look at the files of a study.
#[derive(Subcommand)]
pub enum StudyCommand {
    Check(check::CheckArgs),
    New(new::NewArgs),
    Preview(preview::PreviewArgs),
    Simulate(simulate::SimulateArgs),
}

/// Runs the command.
pub fn run(command: &StudyCommand) -> Result<()> {
    match command {
        StudyCommand::Check(args) => check::run(args),
        StudyCommand::New(args) => new::run(args),
        StudyCommand::Preview(args) => preview::run(args),
        StudyCommand::Simulate(args) => simulate::run(args),
    }
}
