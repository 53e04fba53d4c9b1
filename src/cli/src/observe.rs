//! `gestalt observe`: a model takes the trials of a set; its answers are written as rows, each as soon as it
//! is there.

use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use gestalt_files::line_log::{self, IfThere, LineLog, LineLogError};
use gestalt_files::output::{self, OutputError};
use gestalt_files::unfinished::fields;
use gestalt_models::{LoadedModel, ModelObserver, Readout};
use gestalt_observers::{Picture, Run, Taken, observe};
use gestalt_protocol::{Outcome, Prompt, Row, Rule};
use gestalt_trial_sets::TrialSetFolder;
use gestalt_types::Name;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::model_args::ReadArgs;
use crate::progress;

/// Let a model take a trial set.
///
/// A run that was interrupted resumes when the same command is given again. A trial whose picture cannot be
/// read is named and left out.
#[derive(Args)]
#[command(
    after_help = "Example: gestalt observe --model scene-mae-s8 --trials static/studies/demo/trial-set --out \
                  model.ndjson"
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
    /// The question in the rows, which the study puts to people; the answer is the same.
    #[arg(long, value_enum, default_value = "whole")]
    prompt: PromptName,
    /// The study's name in the rows.
    #[arg(long, default_value = "command-line")]
    study: Name,
    /// Seed of the order of trials and slots.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Log (NDJSON).
    #[arg(long)]
    out: PathBuf,
    /// Add the rows to --out where it exists.
    #[arg(long, conflicts_with = "force")]
    append: bool,
    /// Replace --out where it exists.
    #[arg(long)]
    force: bool,
}

/// How three distances become a choice.
#[derive(Clone, Copy, ValueEnum)]
enum RuleName {
    /// The largest mean distance to the other two (DiST).
    MeanDistance,
    /// Outside the most similar pair (Brain-Score).
    OddPair,
}

#[derive(Clone, Copy, ValueEnum)]
enum PromptName {
    /// Which picture is whole?
    Whole,
    /// Which picture is different from the others?
    Different,
}

impl ObserveArgs {
    fn prompt(&self) -> Prompt {
        match self.prompt {
            PromptName::Whole => Prompt::Whole,
            PromptName::Different => Prompt::Different,
        }
    }

    fn rule(&self) -> Rule {
        match self.rule {
            RuleName::MeanDistance => Rule::MeanDistance,
            RuleName::OddPair => Rule::OddPair,
        }
    }

    fn if_there(&self) -> IfThere {
        match (self.append, self.force) {
            (true, _) => IfThere::Append,
            (false, true) => IfThere::Replace,
            (false, false) => IfThere::Refuse,
        }
    }
}

/// Writes one row a trial.
pub fn run(args: &ObserveArgs) -> Result<()> {
    let may_be_there = args.append || args.force || line_log::is_unfinished(&args.out);
    output::check(&args.out, may_be_there).map_err(|error| match error {
        // A log can also be added to.
        OutputError::Exists(path) => LineLogError::Exists(path),
        other => other.into(),
    })?;
    let folder = TrialSetFolder::open(&args.trials)?;
    let (model, layer, top_k) = args.read.load()?;
    let readout = Readout { layer, top_k };
    let mut log = LineLog::begin(&args.out, &recipe(args, &model, &readout, &folder)?, args.if_there())?;
    let bar = progress::bar(folder.set().trials().len() as u64, "trials");
    progress::say_when_interrupted(&bar, &args.out);
    let mut count = Count::default();
    let (session, skip) = resumed(&log, &mut count)?;
    let run = Run {
        study: args.study.clone(),
        session,
        seed: args.seed,
        skip,
        prompt: args.prompt(),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        rule: args.rule(),
    };
    bar.set_position(u64::from(run.skip));
    take(&ModelObserver { model: &model, readout }, &folder, &run, &mut |row| {
        bar.inc(1);
        let Some(row) = row else { return Ok(()) };
        count.add(&row);
        Ok(log.add(&row.to_json()?)?)
    })
    .with_context(|| progress::stopped(&bar, &args.out))?;
    bar.finish_and_clear();
    log.end()?;
    if count.rows == 0 {
        bail!(
            "no trial could be answered: `gestalt trials check {}` lists what is wrong",
            args.trials.display()
        );
    }
    println!("{} rows in {}, {} of them answered", count.rows, args.out.display(), count.answered);
    Ok(())
}

/// All that decides the rows.
fn recipe(
    args: &ObserveArgs,
    model: &LoadedModel,
    readout: &Readout,
    folder: &TrialSetFolder,
) -> Result<Map<String, Value>> {
    Ok(fields(json!({
        "model": model.name(), "weights": model.weights_hash(), "device": model.compute().kind(),
        "layer": readout.layer.to_string(), "top_k": args.read.top_k(), "rule": args.rule(),
        "trial_set": folder.set().hash(), "study": args.study, "prompt": args.prompt(), "seed": args.seed,
        "software": env!("CARGO_PKG_VERSION"),
    })))
}

/// The rows that are written.
#[derive(Default)]
struct Count {
    rows: usize,
    answered: usize,
}

impl Count {
    fn add(&mut self, row: &Row) {
        self.rows += 1;
        self.answered += usize::from(row.outcome == Outcome::Answered);
    }
}

/// The session of an interrupted run, and number of trials that it is through with.
fn resumed(log: &LineLog, count: &mut Count) -> Result<(Uuid, u32)> {
    let (mut session, mut skip) = (Uuid::now_v7(), 0);
    log.each_line(|line| {
        let row = Row::parse(line.as_bytes()).map_err(io::Error::other)?;
        session = row.session;
        skip = row.index + 1;
        count.add(&row);
        Ok(())
    })?;
    Ok((session, skip))
}

/// Hands every row to `keep`, `None` for a trial that is left out.
fn take(
    observer: &ModelObserver<'_>,
    folder: &TrialSetFolder,
    run: &Run,
    keep: &mut dyn FnMut(Option<Row>) -> Result<()>,
) -> Result<()> {
    let started = Instant::now();
    let now_ms = || started.elapsed().as_secs_f64() * 1000.0;
    let read = |hash: &_| {
        folder.read_image(hash).map(|image| Picture {
            width_px: image.width() as usize,
            height_px: image.height() as usize,
            pixels: image.into_raw(),
        })
    };
    let mut written: Result<()> = Ok(());
    let each = |taken: Taken<_>| {
        written = match taken {
            Taken::Row(row) => keep(Some(*row)),
            Taken::Unreadable { trial, source } => {
                eprintln!("left out: trial `{trial}`: {source}");
                keep(None)
            }
        };
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    pollster::block_on(observe(observer, folder.set(), run, &now_ms, read, Uuid::now_v7, each))?;
    written
}
