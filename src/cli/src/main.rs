//! The command `gestalt`: pictures, trial sets, models, logs and the server, from a terminal.

mod analyze;
mod calibrate;
mod carried;
mod categories;
mod encoding_check;
mod features;
mod features_file;
mod folders;
mod gestalt_sets;
mod gram;
mod import;
mod import_args;
mod kept;
mod keys;
mod ladder;
mod look;
mod model_args;
mod models;
mod observe;
mod pictures;
mod probe;
mod probes;
mod progress;
mod report;
mod results;
mod scenes;
mod segment;
mod serve;
mod set_args;
mod site;
mod study;
mod synthesis_args;
mod time;
mod train;
mod trials;
mod trials_import;
mod wholeness;

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
    GestaltSets(gestalt_sets::GestaltSetsCommand),
    #[command(subcommand)]
    Models(models::ModelsCommand),
    #[command(subcommand)]
    Probes(probes::ProbesCommand),
    Observe(observe::ObserveArgs),
    Features(features::FeaturesArgs),
    Segment(segment::SegmentArgs),
    Probe(probe::ProbeArgs),
    Train(train::TrainArgs),
    Analyze(analyze::AnalyzeArgs),
    Export(analyze::ExportArgs),
    #[command(subcommand)]
    Study(study::StudyCommand),
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    Serve(serve::ServeArgs),
    #[command(subcommand)]
    Site(site::SiteCommand),
}

fn main() -> anyhow::Result<()> {
    let command = Arguments::parse().command;
    // A reader that has enough, such as `head`, ends a command quietly. The server must outlive its readers.
    if !matches!(command, Command::Serve(_)) {
        sigpipe::reset();
    }
    match command {
        Command::Scenes(args) => scenes::run(&args),
        Command::Trials(command) => trials::run(&command),
        Command::GestaltSets(command) => gestalt_sets::run(&command),
        Command::Models(command) => models::run(&command),
        Command::Probes(command) => probes::run(&command),
        Command::Observe(args) => observe::run(&args),
        Command::Features(args) => features::run(&args),
        Command::Segment(args) => segment::run(&args),
        Command::Probe(args) => probe::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Analyze(args) => analyze::analyze(&args),
        Command::Export(args) => analyze::export_logs(&args),
        Command::Study(command) => study::run(&command),
        Command::Keys(command) => keys::run(command),
        Command::Serve(args) => serve::run(args),
        Command::Site(command) => site::run(&command),
    }
}
