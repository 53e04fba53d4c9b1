//! `gestalt study check`: every mistake of a study's files, and whether its trial set has what the study
//! asks for.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use gestalt_protocol::study::Study;
use gestalt_protocol::{Role, TrialSet};

use super::files::{read_set, read_study, study_file};

/// Name every mistake of a study's files, with line and remedy.
#[derive(Args)]
#[command(after_help = "Example: gestalt study check my-study/study.toml")]
pub struct CheckArgs {
    /// The study file, or the folder that has it
    file: PathBuf,
}

/// Checks; an error where the study cannot be used.
pub fn run(args: &CheckArgs) -> Result<()> {
    let file = study_file(&args.file)?;
    let study = read_study(&file)?;
    for path in study.missing_translations() {
        println!(
            "note: there is no `{path}`; its readers see the text in the study's first language, and a notice"
        );
    }
    let lacks = lacks(&study, &read_set(&file, &study)?);
    if !lacks.is_empty() {
        lacks.iter().for_each(|lack| println!("{lack}"));
        bail!("the trial set `{}` has not what the study asks for", study.trials.set);
    }
    let groups = study.groups.len().max(1);
    println!("{} is sound: {} steps, {groups} groups", file.display(), study.steps.len());
    Ok(())
}

/// What the study asks for and the set has not.
fn lacks(study: &Study, set: &TrialSet) -> Vec<String> {
    let count = |role| set.trials().iter().filter(|trial| trial.role == role).count();
    let mut lacks = Vec::new();
    let mut lack = |key: &str, asked: Option<u32>, has: usize, what: &str| {
        if let Some(asked) = asked.filter(|asked| *asked as usize > has) {
            lacks.push(format!(
                "{key}: {asked} are asked for, the set has {has} {what} trials: lower it, or make more"
            ));
        }
    };
    let tests = count(Role::Test);
    lack("trials.per_session", study.trials.per_session.or(Some(1)), tests, "test");
    lack("trials.catch.count", study.trials.catch.count, count(Role::Catch), "catch");
    let practice = study.practice().and_then(|practice| practice.trials);
    lack("practice: trials", practice, count(Role::Practice), "practice");
    lacks
}
