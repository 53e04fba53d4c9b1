//! A study and its trial set, read from the files that the commands are given.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gestalt_protocol::TrialSet;
use gestalt_protocol::study::{Study, study_file_in};

/// The study file of what was given: itself, or the one in this folder.
pub fn study_file(given: &Path) -> Result<PathBuf> {
    if !given.is_dir() {
        return Ok(given.to_owned());
    }
    let none = || format!("{} has no study.toml; begin with `gestalt study new`", given.display());
    study_file_in(given).with_context(none)
}

/// The study; all its mistakes are printed where it has any.
pub fn read_study(file: &Path) -> Result<Study> {
    Study::load(file).or_else(|error| {
        error.mistakes().iter().for_each(|mistake| println!("{mistake}"));
        match error.mistakes().len() {
            1 => bail!("1 mistake in {}", file.display()),
            count => bail!("{count} mistakes in {}", file.display()),
        }
    })
}

/// The study's trial set.
pub fn read_set(file: &Path, study: &Study) -> Result<TrialSet> {
    let folder = file.parent().unwrap_or(Path::new(".")).join(&study.trials.set);
    let file = folder.join("trials.json");
    let bytes = fs::read(&file).with_context(|| {
        format!(
            "{} cannot be read; make the set with `gestalt trials make --out {}`",
            file.display(),
            folder.display()
        )
    })?;
    TrialSet::parse(&bytes).with_context(|| format!("{} is no trial set", file.display()))
}
