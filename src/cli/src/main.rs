//! The command `gestalt`: pictures, trial sets, models, logs and the server, from a terminal.

mod analyze;
mod gram;
mod models;
mod observe;
mod progress;
mod scenes;
mod serve;
mod train;
mod trials;

use clap::{Parser, Subcommand};

/// People and vision models on the same perception trials.
#[derive(Parser)]
#[command(name = "gestalt", version, after_help = "Example: gestalt trials make --scenes 48 --out my-set")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Scenes(scenes::ScenesArgs),
    #[command(subcommand)]
    Trials(trials::TrialsCommand),
    #[command(subcommand)]
    Models(models::ModelsCommand),
    Observe(observe::ObserveArgs),
    Train(train::TrainArgs),
    Analyze(analyze::AnalyzeArgs),
    Export(analyze::ExportArgs),
    Serve(serve::ServeArgs),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Scenes(args) => scenes::run(&args),
        Command::Trials(command) => trials::run(&command),
        Command::Models(command) => models::run(&command),
        Command::Observe(args) => observe::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Analyze(args) => analyze::analyze(&args),
        Command::Export(args) => analyze::export_logs(&args),
        Command::Serve(args) => serve::run(args),
    }
}
