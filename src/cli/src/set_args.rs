//! What every command that writes a trial set asks: where, how many trials of each role, in which encoding.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use gestalt_images::size::Size;
use gestalt_protocol::Encoding;
use gestalt_types::Name;

/// The finished set.
#[derive(Args)]
pub struct SetArgs {
    /// Size of every image in pixels: the side of a square, or width and height, such as 320x240. A picture is resized until it just
    /// covers them, and the middle kept.
    #[arg(long, value_name = "PX|WIDTHxHEIGHT", default_value = "224")]
    pub size: Size,
    /// The same seed makes the same set.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Practice trials.
    #[arg(long, default_value_t = 4)]
    pub practice: u32,
    /// Catch trials, mosaics beside intact pictures: so easy that a miss means that the person did not attend.
    #[arg(long, default_value_t = 8)]
    pub catch: u32,
    /// Pass all three pictures of every trial through one JPEG encoding of this quality (4:2:0) before the lossless one, so that
    /// pictures that were JPEG files do not stand out by it.
    #[arg(long, value_name = "Q", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub equalise_jpeg: Option<u8>,
    /// Write PNG instead of lossless WebP.
    #[arg(long)]
    png: bool,
    /// The set's name [default: the last part of --out].
    #[arg(long)]
    name: Option<String>,
    /// A new folder, or that of the same command when it was interrupted, which then goes on.
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
