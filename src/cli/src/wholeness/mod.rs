//! Whether a set can be solved without seeing the whole: a network sees patches of its pictures alone, and
//! then the pictures.

mod observers;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use gestalt_fairness::{Judges, counted_scales_px, judge};
use gestalt_files::whole_file;
use gestalt_protocol::{ScaleWholeness, WHOLENESS_BOUND, WHOLENESS_FILE, Wholeness};
use gestalt_stats::{Proportion, p_text};
use gestalt_trial_sets::TrialSetFolder;

use crate::model_args::MODELS;
use crate::progress;
use observers::Bench;
pub use observers::Extent;

/// The network that judges where none is named: it was trained on photographs.
const JUDGE: &str = "mobilenet-v2";

/// Test trials that are judged when a set is made or imported; the report judges all.
const JUDGED_TRIALS: usize = 48;

/// Who judges.
#[derive(Args)]
pub struct JudgeArgs {
    /// The network that judges whether the set can be solved without the whole: a name in models/, or a
    /// model's folder; `none` leaves it out [default: mobilenet-v2, where it is there].
    #[arg(long, value_name = "MODEL")]
    pub judge: Option<String>,
}

impl JudgeArgs {
    /// The model's name or folder; `None` where nobody judges, which is said.
    pub fn model(&self) -> Option<&str> {
        match self.judge.as_deref() {
            Some("none") => None,
            Some(named) => Some(named),
            None if Path::new(MODELS).join(JUDGE).is_dir() => Some(JUDGE),
            None => {
                eprintln!(
                    "not judged for the whole: there is no {MODELS}/{JUDGE} here; name a network with --judge"
                );
                None
            }
        }
    }
}

/// Which set is judged.
#[derive(Args)]
#[command(after_help = "Example: gestalt trials judge my-set")]
pub struct JudgeSetArgs {
    /// The set's folder.
    folder: PathBuf,
    /// Judge at most this many test trials, drawn alike from all conditions and categories [default: all].
    #[arg(long, value_name = "N")]
    trials: Option<usize>,
    /// Only what a verdict needs: no bags of 16 px, no untrained network, no local features.
    #[arg(long)]
    quick: bool,
    #[command(flatten)]
    judge: JudgeArgs,
}

/// Judges a set that is there already, and keeps what came of it beside its trials.
pub fn run(args: &JudgeSetArgs) -> Result<()> {
    let folder = TrialSetFolder::open(&args.folder)?;
    let model = args.judge.model().context("name a network with --judge")?;
    let panel = if args.quick { Panel::quick(model) } else { Panel::thorough(model) };
    let found = wholeness(&folder, Panel { most: args.trials.unwrap_or(usize::MAX), ..panel })?;
    print(&found);
    write(&found, folder.root())?;
    println!("{}", verdict(&found));
    Ok(())
}

/// Who judges, and how much.
#[derive(Clone, Copy)]
pub struct Panel<'a> {
    /// The network that sees patches alone, and the whole picture.
    pub model: &'a str,
    /// Networks that only see the whole picture.
    pub others: &'a [&'a str],
    /// At most this many test trials are judged.
    pub most: usize,
    /// What the network is asked.
    pub extent: Extent,
}

impl<'a> Panel<'a> {
    /// What a verdict needs, when a set is made or imported.
    pub fn quick(model: &'a str) -> Self {
        Self { model, others: &[], most: JUDGED_TRIALS, extent: Extent::Verdict }
    }

    /// Everything, as in reports.
    pub fn thorough(model: &'a str) -> Self {
        Self { model, others: &[], most: usize::MAX, extent: Extent::Report }
    }
}

/// Lets the panel take test trials of the set.
pub fn wholeness(folder: &TrialSetFolder, panel: Panel<'_>) -> Result<Wholeness> {
    let Panel { model, others, most, extent } = panel;
    let started = Instant::now();
    let bench = Bench::load(model, others, &counted_scales_px(folder), extent)?;
    let bar = progress::bar(0, "trials judged");
    let told = |done: usize, total: usize| progress::advance(&bar, done, total, "trials judged");
    let network = bench.whole.name().clone();
    let weights = bench.whole.weights_hash().clone();
    let found = bench
        .with_observers(|observers| judge(folder, Judges { network, weights, observers, most }, &told))
        .context("the set cannot be judged; see `gestalt trials check`")?;
    bar.finish_and_clear();
    eprintln!("judged in {:.1} s", started.elapsed().as_secs_f64());
    Ok(found)
}

/// Keeps it beside the trials of the set in `root`.
pub fn write(found: &Wholeness, root: &Path) -> Result<()> {
    let path = root.join(WHOLENESS_FILE);
    whole_file::write(&path, found.to_json().as_bytes())
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// A line an observer, scale by scale.
pub fn print(found: &Wholeness) {
    for scale in &found.scales {
        let ScaleWholeness { judged, counted, .. } = scale;
        println!("\nWithout the whole, {}, {judged} of {counted} test trials (chance 33.3 %):", kept(scale));
        for result in &scale.results {
            let p = result.p_holm.map_or(String::new(), |p| format!("  p = {} (Holm)", p_text(p)));
            let interval = Proportion::new(result.correct, result.of).map(|accuracy| accuracy.interval);
            let interval = interval.map_or(String::new(), |i| format!(" [{:.2}, {:.2}]", i.low, i.high));
            println!(
                "  {:<42}{:>3}/{}  {:.2}{interval}{p}",
                result.name,
                result.correct,
                result.of,
                result.share()
            );
        }
    }
}

fn kept(scale: &ScaleWholeness) -> String {
    scale.scale_px.map_or("scale not stated".into(), |px| format!("structure up to {px} px kept"))
}

/// One sentence a scale.
pub fn verdict(found: &Wholeness) -> String {
    found.scales.iter().map(verdict_of).collect::<Vec<_>>().join("\n")
}

fn verdict_of(scale: &ScaleWholeness) -> String {
    let kept = kept(scale);
    let (Some(best), Some(margin)) = (scale.best_local(), scale.whole_minus_local()) else {
        return format!("Not judged ({kept}): no observer here sees less than that.");
    };
    let (name, share, of) = (&best.name, best.share(), best.of);
    if scale.is_solved_locally() {
        format!(
            "SOLVED WITHOUT THE WHOLE ({kept}): whole minus local-only {margin:+.2}; {name} is right in \
             {share:.2} of {of} trials, above {WHOLENESS_BOUND}"
        )
    } else {
        format!(
            "Whole minus local-only {margin:+.2} ({kept}): observers of less are right in {share:.2} of {of} \
             trials at most (bound {WHOLENESS_BOUND})"
        )
    }
}
