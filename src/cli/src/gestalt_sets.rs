//! `gestalt gestalt-sets`: writes the six Good Gestalt sets, and draws a sheet of them.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::Result;
use clap::{Args, Subcommand};
use gestalt_figures::gestalt_sets::{GestaltSet, GestaltSets, Split, contact_sheet};

use crate::{pictures, progress};

/// Make the six Good Gestalt sets (Lonnqvist, Wu & Herzog 2024), or look at them.
#[derive(Subcommand)]
pub enum GestaltSetsCommand {
    /// Write sets as safetensors: `images` f32 [n, 3, 64, 64], `masks` u8 [n, 64, 64], `labels` u8 [n].
    Make(MakeArgs),
    /// Draw a contact sheet: a row a set, with training pictures, test pictures and the test pictures'
    /// masks.
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
    /// Pictures of each set and split, 53 KB each [default: as published, 30000 train, 300 validation, 100
    /// test].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// The same seed makes the same pictures, on every machine and in the browser.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also write the first N pictures of each as PNG, with their masks.
    #[arg(long, value_name = "N", default_value_t = 0)]
    png: u32,
    /// A new folder, for `<set>-<split>.safetensors` and `<set>-<split>/<number>.png`; or that of the same
    /// command when it was interrupted, which then resumes.
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
            pictures::save_png(&args.out, sheet)?;
            println!("{}", args.out.display());
            Ok(())
        }
    }
}

fn make(args: &MakeArgs) -> Result<()> {
    let sets = GestaltSets {
        sets: args.set.of(&GestaltSet::ALL),
        splits: args.split.of(&Split::ALL),
        count: args.count,
        seed: args.seed,
        png: args.png,
    };
    let bar = progress::bar(sets.pictures(), "pictures");
    progress::say_when_interrupted(&bar, &args.out);
    sets.make(&args.out, &|more| bar.inc(u64::from(more)))?;
    bar.finish_and_clear();
    println!("{} pictures in {}", sets.pictures(), args.out.display());
    Ok(())
}
