//! Lets the encoding observer take a finished set, and refuses the set if it succeeds.

use anyhow::{Result, bail};
use clap::Args;
use gestalt_fairness::encoding::{self, EncodingReport, LEVEL};
use gestalt_synthesis::controls::Control;
use gestalt_trial_sets::TrialSetFolder;

/// What to do with a set that is not fair.
#[derive(Args)]
pub struct ForceArgs {
    /// Publish the set even if its encoding gives the answers away.
    #[arg(long)]
    pub force: bool,
}

/// Checks a set that was made here, before it is published.
pub fn check(folder: &TrialSetFolder, force: &ForceArgs) -> Result<()> {
    let report = encoding::of_set(folder, encoding::must_be_fair(folder.set()))?;
    println!("Encoding observer, {} test trials (chance 33.3 %):\n{report}", report.trials);
    let controls = encoding::of_set(folder, |t| t.condition.as_str() == Control::ReEncoded.condition())?;
    if controls.trials > 0 {
        println!(
            "The same on the {} re-encoded controls, which it should solve unless traces are matched:\n{controls}",
            controls.trials
        );
    }
    refuse_if_given_away(&report, "was encoded", force)
}

/// An error where the report says that the encoding gives the answers away, unless forced; `how` ends "by
/// how it ...".
pub fn refuse_if_given_away(report: &EncodingReport, how: &str, force: &ForceArgs) -> Result<()> {
    let found: Vec<&str> = report.given_away_by().iter().map(|trace| trace.name).collect();
    if !found.is_empty() {
        let traces = found.join("; ");
        if !force.force {
            bail!(
                "the odd picture can be told by how it {how} (p < {LEVEL}, corrected): {traces}. No trials.json was \
                 written. Make the set from lossless pictures, or give --equalise-jpeg Q and a new folder, Q \
                 being the lowest JPEG \
                 quality of the sources: all three pictures then share the traces of one encoding. With --force \
                 the set is \
                 published as it is"
            );
        }
        eprintln!("warning: published although the odd picture can be told by how it {how}: {traces}");
    }
    Ok(())
}
