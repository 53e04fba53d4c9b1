//! `gestalt study`: the files of a study, from a first draft to what participants get.

mod check;
mod new;

use anyhow::Result;
use clap::Subcommand;

/// Write, check and look at the files of a study.
#[derive(Subcommand)]
pub enum StudyCommand {
    Check(check::CheckArgs),
    New(new::NewArgs),
}

/// Runs the command.
pub fn run(command: &StudyCommand) -> Result<()> {
    match command {
        StudyCommand::Check(args) => check::run(args),
        StudyCommand::New(args) => new::run(args),
    }
}
