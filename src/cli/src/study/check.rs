//! `gestalt study check`: every mistake of a study's files, and whether its trial set has what the study
//! asks for.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use gestalt_protocol::study::{Study, study_file_in};
use gestalt_protocol::{Role, TrialSet};

/// Name every mistake of a study's files, with line and remedy.
#[derive(Args)]
#[command(after_help = "Example: gestalt study check my-study/study.toml")]
pub struct CheckArgs {
    /// The study file, or the folder that has it
    file: PathBuf,
}

/// Checks; an error where the study cannot be used.
pub fn run(args: &CheckArgs) -> Result<()> {
    let file = if args.file.is_dir() {
        study_file_in(&args.file).with_context(|| {
            format!("{} has no study.toml; begin with `gestalt study new`", args.file.display())
        })?
    } else {
        args.file.clone()
    };
    let study = match Study::load(&file) {
        Ok(study) => study,
        Err(error) => {
            error.mistakes().iter().for_each(|mistake| println!("{mistake}"));
            bail!("{} mistakes in {}", error.mistakes().len(), file.display());
        }
    };
    for path in study.missing_translations() {
        println!(
            "note: there is no `{path}`; its readers see the text in the study's first language, and a notice"
        );
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    let set = read_set(&folder.join(&study.trials.set))?;
    let lacks = lacks(&study, &set);
    if !lacks.is_empty() {
        lacks.iter().for_each(|lack| println!("{lack}"));
        bail!("the trial set `{}` has not what the study asks for", study.trials.set);
    }
    println!(
        "{} is sound: {} steps, {} groups",
        file.display(),
        study.steps.len(),
        study.groups.len().max(1)
    );
    Ok(())
}

fn read_set(folder: &Path) -> Result<TrialSet> {
    let file = folder.join("trials.json");
    let bytes = fs::read(&file).with_context(|| {
        format!(
            "{} cannot be read; make the set with `gestalt trials make --out {}`",
            file.display(),
            folder.display()
        )
    })?;
    Ok(TrialSet::parse(&bytes)?)
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
