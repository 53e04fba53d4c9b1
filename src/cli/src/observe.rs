//! `gestalt observe`: a model takes the trials of a set; its answers are written as rows.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use gestalt_files::whole_file;
use gestalt_models::{ModelObserver, Readout};
use gestalt_observers::{Picture, Run, observe};
use gestalt_protocol::{Outcome, Row, Rule};
use gestalt_trial_sets::TrialSetFolder;
use gestalt_types::Name;
use uuid::Uuid;

use crate::model_args::ReadArgs;
use crate::progress;

/// Let a model take a trial set.
#[derive(Args)]
#[command(
    after_help = "Example: gestalt observe --model scene-mae-s8 --trials static/studies/demo/trial-set --out model.ndjson"
)]
pub struct ObserveArgs {
    #[command(flatten)]
    read: ReadArgs,
    /// The trial set's folder.
    #[arg(long)]
    trials: PathBuf,
    /// How three distances become a choice.
    #[arg(long, value_enum, default_value = "mean-distance")]
    rule: RuleName,
    /// The study's name in the rows.
    #[arg(long, default_value = "command-line")]
    study: Name,
    /// Seed of the order of trials and slots.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Log (NDJSON).
    #[arg(long)]
    out: PathBuf,
}

/// How three distances become a choice.
#[derive(Clone, Copy, ValueEnum)]
enum RuleName {
    /// The largest mean distance to the other two (DiST).
    MeanDistance,
    /// Outside the most similar pair (Brain-Score).
    OddPair,
}

/// Writes one row a trial.
pub fn run(args: &ObserveArgs) -> Result<()> {
    let folder = TrialSetFolder::open(&args.trials)?;
    let (model, layer, top_k) = args.read.load()?;
    let run = Run {
        study: args.study.clone(),
        session: Uuid::now_v7(),
        seed: args.seed,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        rule: match args.rule {
            RuleName::MeanDistance => Rule::MeanDistance,
            RuleName::OddPair => Rule::OddPair,
        },
    };
    let started = Instant::now();
    let now_ms = || started.elapsed().as_secs_f64() * 1000.0;
    let observer = ModelObserver { model: &model, readout: Readout { layer, top_k } };
    let bar = progress::bar(folder.set().trials().len() as u64, "trials");
    let mut rows: Vec<Row> = Vec::new();
    let read = |hash: &_| {
        folder.read_image(hash).map(|image| Picture {
            width_px: image.width() as usize,
            height_px: image.height() as usize,
            pixels: image.into_raw(),
        })
    };
    let keep = |row| {
        bar.inc(1);
        rows.push(row);
    };
    pollster::block_on(observe(&observer, folder.set(), &run, &now_ms, read, Uuid::now_v7, keep))?;
    bar.finish_and_clear();
    write(args, &rows)
}

fn write(args: &ObserveArgs, rows: &[Row]) -> Result<()> {
    let mut log = String::new();
    for row in rows {
        log += &row.to_json()?;
        log.push('\n');
    }
    whole_file::write(&args.out, log.as_bytes())
        .with_context(|| format!("{} cannot be written", args.out.display()))?;
    let answered = rows.iter().filter(|row| row.outcome == Outcome::Answered).count();
    println!("{} rows in {}, {answered} of them answered", rows.len(), args.out.display());
    Ok(())
}
