//! What every command that writes a trial set asks: where, how many trials of each role, in which encoding.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use gestalt_images::size::Size;
use gestalt_protocol::Encoding;
use gestalt_trial_sets::Duplicates;
use gestalt_types::Name;

/// Which photographs count as the same.
#[derive(Clone, Copy, ValueEnum)]
pub enum DuplicatesName {
    /// Files that are the same, and pictures that look nearly the same: saved again, made smaller, mirrored.
    Near,
    /// Files that are the same.
    Exact,
    /// None: every file is used.
    Keep,
}

impl From<DuplicatesName> for Duplicates {
    fn from(name: DuplicatesName) -> Self {
        match name {
            DuplicatesName::Near => Self::Near,
            DuplicatesName::Exact => Self::Exact,
            DuplicatesName::Keep => Self::Keep,
        }
    }
}

/// The finished set.
#[derive(Args)]
pub struct SetArgs {
    /// Size of every image in pixels: the side of a square, or width and height, such as 320x240. A picture
    /// is resized until it just covers them, and the middle kept.
    #[arg(long, value_name = "PX|WIDTHxHEIGHT", default_value = "224")]
    pub size: Size,
    /// The same seed makes the same set.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Practice trials.
    #[arg(long, default_value_t = 4)]
    pub practice: u32,
    /// Catch trials, intact pictures with two mosaics: easy enough that a miss means that the person did not
    /// attend.
    #[arg(long, default_value_t = 8)]
    pub catch: u32,
    /// Pass all three pictures of every trial through one JPEG encoding of this quality (4:2:0) before the
    /// lossless one, so that pictures that were JPEG files do not stand out by it.
    #[arg(long, value_name = "Q", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub equalise_jpeg: Option<u8>,
    /// What to do with photographs that show the same: the first is used, the others are named and left out.
    #[arg(long, value_enum, default_value = "near")]
    pub duplicates: DuplicatesName,
    /// Write PNG instead of lossless WebP.
    #[arg(long)]
    png: bool,
    /// The set's name [default: the last part of --out].
    #[arg(long)]
    name: Option<String>,
    /// A new folder, or that of the same command when it was interrupted, which then resumes.
    #[arg(long)]
    pub out: PathBuf,
}

impl SetArgs {
    /// The name given, or the last part of the output folder.
    pub fn name(&self) -> Result<Name> {
        let last_part = || self.out.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = self.name.clone().or_else(last_part);
        Ok(Name::new(name.context("--out has no last part: give the set a --name")?)?)
    }

    /// Of all images.
    pub fn encoding(&self) -> Encoding {
        if self.png { Encoding::Png } else { Encoding::WebpLossless }
    }
}
