//! `gestalt trials report`: whether a trial set can be solved without seeing the whole, as a page and as a
//! list.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use clap::Args;
use gestalt_fairness::{Flag, LeftOut, Notebook, Thresholds, assess};
use gestalt_files::unfinished::fields;
use gestalt_files::{output, whole_file};
use gestalt_protocol::Wholeness;
use gestalt_tables::table::BYTE_ORDER_MARK;
use gestalt_trial_sets::TrialSetFolder;
use serde_json::json;

use crate::kept::Kept;
use crate::progress;
use crate::wholeness::{self, JudgeArgs, Panel};

/// Which set, and where the report goes.
///
/// A run that was interrupted resumes when the same command is given again. A trial of which a picture
/// cannot be read is named and left out.
#[derive(Args)]
#[command(
    after_help = "Example: gestalt trials report my-set --out my-set-fairness.html --json my-set-fairness.json\n\n\
    Trials to leave out, by script: jq -r '.trials[] | select(.flags != []).id' my-set-fairness.json"
)]
pub struct ReportArgs {
    /// The set's folder.
    folder: PathBuf,
    /// The page (HTML), with all pictures in it.
    #[arg(long)]
    out: PathBuf,
    /// Replace --out and --json where they exist.
    #[arg(long)]
    force: bool,
    /// The same for scripts: everything as JSON, or one line a trial when it ends in .csv.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Begin the CSV with the byte order mark by which Excel knows UTF-8.
    #[arg(long, requires = "json")]
    excel: bool,
    /// Flag a distortion of which more than this share (0 to 1) stands together as in the intact picture.
    #[arg(long, value_name = "SHARE", default_value_t = Thresholds::DEFAULT.kept_above)]
    kept_above: f64,
    /// Flag a distortion whose texture is further from its picture's than this share of the way to another
    /// picture's.
    #[arg(long, value_name = "SHARE", default_value_t = Thresholds::DEFAULT.texture_above)]
    texture_above: f64,
    #[command(flatten)]
    judge: JudgeArgs,
}

/// Measures the set and writes the report.
pub fn run(args: &ReportArgs) -> Result<()> {
    for (name, value) in [("--kept-above", args.kept_above), ("--texture-above", args.texture_above)] {
        if !(value > 0.0 && value.is_finite()) {
            bail!("{name} {value}: a number above 0 is needed");
        }
    }
    for out in std::iter::once(&args.out).chain(&args.json) {
        output::check(out, args.force)?;
    }
    let thresholds = Thresholds { kept_above: args.kept_above, texture_above: args.texture_above };
    let folder = TrialSetFolder::open(&args.folder)?;
    let bar = progress::bar(folder.set().trials().len() as u64, "trials");
    // Thresholds decide nothing that is measured.
    let recipe = fields(json!({"trial_set": folder.set().hash(), "software": env!("CARGO_PKG_VERSION")}));
    let kept = Mutex::new(Kept::begin(&args.out, &recipe, args.force, bar.clone())?);
    let held = || kept.lock().unwrap_or_else(PoisonError::into_inner);
    let keep = |line: &str| held().add(line).map_err(io::Error::other);
    let mut notebook = Notebook::new(&keep);
    held().each(|line| notebook.recall(line))?;
    let mut report = assess(&folder, thresholds, &notebook, &|_, _| ()).with_context(|| held().stopped())?;
    bar.finish_and_clear();
    for LeftOut { id, reason } in &report.left_out {
        eprintln!("left out: trial `{id}`: {reason}");
    }
    if let Some(model) = args.judge.model() {
        report.wholeness = judged(&folder, model, &report.left_out)?;
    }
    write(&args.out, &report.to_html(&folder)?)?;
    if let Some(list) = &args.json {
        let as_csv = list.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let mark = if args.excel { BYTE_ORDER_MARK } else { "" };
        write(list, &if as_csv { format!("{mark}{}", report.to_csv()) } else { report.to_json()? })?;
    }
    drop(notebook);
    kept.into_inner().unwrap_or_else(PoisonError::into_inner).end()?;
    for control in &report.controls {
        let correct = control.accuracy.map_or("no answers".to_owned(), |a| {
            format!("{:.2} [{:.2}, {:.2}] of {}", a.estimate, a.interval.low, a.interval.high, a.of)
        });
        let word = if control.is_above_chance() { "ABOVE CHANCE" } else { "" };
        println!("{:<30}{correct} {word}", control.name);
    }
    for trace in report.encoding.given_away_by() {
        println!("{:<30}{}/{} by the encoding of the files: ABOVE CHANCE", trace.name, trace.hits, trace.of);
    }
    let test = report.counted().count();
    println!(
        "{test} test trials: {} flagged for keeping the whole, {} for losing the texture; report in {}",
        report.flagged(Flag::KeptWhole).count(),
        report.flagged(Flag::LostTexture).count(),
        args.out.display()
    );
    if let Some(found) = &report.wholeness {
        wholeness::print(found);
        println!("{}", wholeness::verdict(found));
    }
    Ok(())
}

/// What a network makes of the set; nothing where trials were left out, which is said.
fn judged(folder: &TrialSetFolder, model: &str, left_out: &[LeftOut]) -> Result<Option<Wholeness>> {
    if left_out.is_empty() {
        return wholeness::wholeness(folder, Panel::thorough(model)).map(Some);
    }
    eprintln!(
        "not judged for the whole: {} trials were left out; `gestalt trials check` lists what is wrong with the set",
        left_out.len()
    );
    Ok(None)
}

/// An earlier report stays as it was until the new one is whole.
fn write(path: &Path, text: &str) -> Result<()> {
    whole_file::write(path, text.as_bytes()).with_context(|| {
        format!(
            "{} cannot be written; check that its folder exists and that the disk is not full",
            path.display()
        )
    })
}
