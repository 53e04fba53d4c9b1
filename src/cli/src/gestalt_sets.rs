//! `gestalt gestalt-sets`: writes the six Good Gestalt sets, and draws a sheet of them.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use gestalt_stimuli::gestalt_sets::{GestaltSet, Split, contact_sheet, write_file};
use rayon::prelude::*;

use crate::{folders, progress};

/// Make the six Good Gestalt sets (Lonnqvist, Wu & Herzog 2024), or look at them.
#[derive(Subcommand)]
pub enum GestaltSetsCommand {
    /// Write sets as safetensors: `images` f32 [n, 3, 64, 64], `masks` u8 [n, 64, 64], `labels` u8 [n].
    Make(MakeArgs),
    /// Draw a contact sheet: a row a set, with training pictures, test pictures and the test pictures' masks.
    Sheet(SheetArgs),
}

/// Which pictures.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    gestalt gestalt-sets make --set kanizsa --split all --out kanizsa\n  \
    gestalt gestalt-sets make --set all --split test --seed 1 --png 10 --out gestalt-test\n\
    In Python: safetensors.numpy.load_file(\"kanizsa/kanizsa-train.safetensors\")[\"images\"]")]
pub struct MakeArgs {
    /// closure, continuity, kanizsa, illusory-occlusion, gradient-occlusion, proximity or all.
    #[arg(long)]
    set: Choice<GestaltSet>,
    /// train, validation, test or all.
    #[arg(long)]
    split: Choice<Split>,
    /// Pictures of each set and split, 53 KB each [default: as published, 30000 train, 300 validation, 100 test].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// The same seed makes the same pictures, on every machine and in the browser.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also write the first N pictures of each as PNG, with their masks.
    #[arg(long, value_name = "N", default_value_t = 0)]
    png: u32,
    /// A new folder, for `<set>-<split>.safetensors` and `<set>-<split>/<number>.png`.
    #[arg(long)]
    out: PathBuf,
}

/// How the sheet looks.
#[derive(Args)]
#[command(after_help = "Example: gestalt gestalt-sets sheet --columns 6 --out sets.png")]
pub struct SheetArgs {
    /// Pictures of each kind in a row.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=32))]
    columns: u32,
    /// How many times larger than 64 px.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=8))]
    zoom: u32,
    /// The same seed makes the same pictures.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The sheet (PNG).
    #[arg(long)]
    out: PathBuf,
}

/// One by name, or all.
#[derive(Clone)]
enum Choice<T> {
    One(T),
    All,
}

impl<T: FromStr> FromStr for Choice<T> {
    type Err = T::Err;

    fn from_str(name: &str) -> Result<Self, T::Err> {
        if name == "all" { Ok(Self::All) } else { name.parse().map(Self::One) }
    }
}

impl<T: Copy> Choice<T> {
    fn of(&self, all: &[T]) -> Vec<T> {
        match self {
            Self::One(one) => vec![*one],
            Self::All => all.to_vec(),
        }
    }
}

/// Does what was asked.
pub fn run(command: &GestaltSetsCommand) -> Result<()> {
    match command {
        GestaltSetsCommand::Make(args) => make(args),
        GestaltSetsCommand::Sheet(args) => {
            let sheet = contact_sheet(args.seed, args.columns, args.zoom);
            sheet.save(&args.out).with_context(|| format!("{} cannot be written", args.out.display()))?;
            println!("{}", args.out.display());
            Ok(())
        }
    }
}

fn make(args: &MakeArgs) -> Result<()> {
    folders::prepare(&args.out)?;
    let (sets, splits) = (args.set.of(&GestaltSet::ALL), args.split.of(&Split::ALL));
    let count = |split: Split| args.count.unwrap_or(split.published_count());
    let pictures: u64 = splits.iter().map(|&split| u64::from(count(split))).sum::<u64>() * sets.len() as u64;
    let bar = progress::bar(pictures, "pictures");
    for &set in &sets {
        for &split in &splits {
            let name = format!("{set}-{split}");
            let file = args.out.join(format!("{name}.safetensors"));
            write_file(set, split, args.seed, count(split), &file, &|more| bar.inc(u64::from(more)))?;
            write_png(set, split, args.seed, args.png.min(count(split)), &args.out.join(name))?;
        }
    }
    bar.finish_and_clear();
    println!("{pictures} pictures in {}", args.out.display());
    Ok(())
}

/// The first pictures as `00000.png`, their masks as `00000-mask.png`.
fn write_png(set: GestaltSet, split: Split, seed: u64, count: u32, folder: &Path) -> Result<()> {
    if count == 0 {
        return Ok(());
    }
    std::fs::create_dir(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    (0..count)
        .into_par_iter()
        .try_for_each(|index| {
            let sample = set.draw(split, seed, index);
            let file = |end: &str| folder.join(format!("{index:05}{end}.png"));
            sample.rgb_picture().save(file("")).and_then(|()| sample.mask_picture().save(file("-mask")))
        })
        .with_context(|| format!("{} cannot be written", folder.display()))
}
