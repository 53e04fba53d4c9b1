//! `gestalt study new`: a complete study to start from.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::folders;

macro_rules! files {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../static/studies/examples/", $folder, "/", $name)))),+]
    };
}

const LAB: &[(&str, &str)] = files!(
    "lab": "study.toml", "information.md", "information.en.md", "consent.md", "consent.en.md", "debrief.md",
    "debrief.en.md", "questions.toml",
);
const PROLIFIC: &[(&str, &str)] =
    files!("prolific": "study.toml", "information.md", "consent.md", "quiz.toml", "questions.toml");

/// Which study to start from.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Start {
    /// A laboratory: German and English, pictures of a known size in degrees
    Lab,
    /// Paid participants from Prolific: two groups, codes, a quiz
    Prolific,
}

/// Write a complete study to start from.
#[derive(Args)]
#[command(after_help = "Example: gestalt study new my-study --from prolific")]
pub struct NewArgs {
    /// A new folder for its files
    folder: PathBuf,
    /// Which study to start from
    #[arg(long, value_enum, default_value = "lab")]
    from: Start,
}

/// Writes the files into a new folder.
pub fn run(args: &NewArgs) -> Result<()> {
    folders::prepare(&args.folder)?;
    let files = match args.from {
        Start::Lab => LAB,
        Start::Prolific => PROLIFIC,
    };
    for (name, text) in files {
        let path = args.folder.join(name);
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    let folder = args.folder.display();
    println!("{folder}/study.toml is your study: read it, and change what is yours. Then:");
    println!("  gestalt trials make --scenes 48 --practice 4 --catch 8 --out {folder}/trial-set");
    println!("  gestalt study check {folder}/study.toml");
    Ok(())
}
