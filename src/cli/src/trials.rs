//! `gestalt trials`: makes trial sets and checks them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use gestalt_protocol::{Encoding, Name};
use gestalt_stimuli::scenes::Category;
use gestalt_stimuli::synthesis::PatchSynthesis;
use gestalt_stimuli::trial_set::{Recipe, Source, check, make};

use crate::gram::GramArgs;
use crate::progress;

/// Make or check trial sets.
#[derive(Subcommand)]
pub enum TrialsCommand {
    /// Make a trial set: every picture with two distortions of it.
    Make(MakeArgs),
    /// Check a trial set: every hash, every image, nothing missing, nothing edited.
    Check(CheckArgs),
}

/// How the distortions are made.
#[derive(Clone, Copy, ValueEnum)]
enum Synthesis {
    /// The picture's own patches in another arrangement.
    Patch,
    /// Noise with the picture's Gram matrices in VGG19 (needs --vgg19).
    Gatys,
    /// Noise with the picture's Gram matrices in a fixed bank of random filters.
    FilterBank,
}

/// What a trial set is made of.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  gestalt trials make --images photographs --synthesis patch --scale 32 --size 224 --seed 1 --out my-set\n  \
    gestalt trials make --scenes 48 --practice 4 --catch 8 --out demo-set\n  \
    gestalt trials make --images photographs --synthesis gatys --vgg19 vgg19.pth --out gatys-set\n  \
    gestalt trials make --images photographs --synthesis filter-bank --scale 64 --out filter-bank-set"
)]
pub struct MakeArgs {
    /// Folder of photographs (JPEG, PNG, WebP), one subfolder a category.
    #[arg(long, conflicts_with = "scenes", required_unless_present = "scenes")]
    images: Option<PathBuf>,
    /// So many rendered scenes instead, the categories taking turns.
    #[arg(long)]
    scenes: Option<u32>,
    /// Use only these categories of scenes, separated by commas [default: all].
    #[arg(long, value_delimiter = ',', requires = "scenes")]
    categories: Vec<Category>,
    /// How the distortions are made.
    #[arg(long, value_enum, default_value = "patch")]
    synthesis: Synthesis,
    /// Size of the local structure that is kept, in pixels of the image [default: 32; for gatys all published layers].
    ///
    /// For gatys the layers that see at most so many pixels: 8 up to pool1, 16 pool2, 32 relu3_2, 64 pool3, 128 pool4,
    /// which is the published set. For filter-bank the largest filters: 5, 13, 29, 61 and 125 px at these scales.
    #[arg(long, value_name = "PX")]
    scale: Option<u32>,
    #[command(flatten)]
    gram: GramArgs,
    /// Side of every image in pixels.
    #[arg(long, default_value_t = 224)]
    size: u32,
    /// The same seed makes the same set.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Practice trials.
    #[arg(long, default_value_t = 4)]
    practice: u32,
    /// Catch trials: so easy that a miss means that the person did not attend.
    #[arg(long, default_value_t = 8)]
    catch: u32,
    /// Write PNG instead of lossless WebP.
    #[arg(long)]
    png: bool,
    /// The set's name [default: the last part of --out].
    #[arg(long)]
    name: Option<String>,
    /// A new folder.
    #[arg(long)]
    out: PathBuf,
}

/// Which set to check.
#[derive(Args)]
#[command(after_help = "Example: gestalt trials check my-set")]
pub struct CheckArgs {
    /// The set's folder.
    folder: PathBuf,
}

/// Does what was asked.
pub fn run(command: &TrialsCommand) -> Result<()> {
    match command {
        TrialsCommand::Make(args) => make_set(args),
        TrialsCommand::Check(args) => {
            let set = check(&args.folder)?;
            println!(
                "{}: {} trials, {} images, sound; hash {}",
                set.name(),
                set.trials().len(),
                set.images().len(),
                set.hash()
            );
            Ok(())
        }
    }
}

fn make_set(args: &MakeArgs) -> Result<()> {
    let last_part = || args.out.file_name().map(|name| name.to_string_lossy().into_owned());
    let name =
        args.name.clone().or_else(last_part).context("--out has no last part: give the set a --name")?;
    let source = match (&args.images, args.scenes) {
        (Some(folder), _) => Source::Images(folder.clone()),
        (None, count) => Source::Scenes { count: count.unwrap_or(0), categories: args.categories.clone() },
    };
    let bar = progress::bar(0, "trials");
    let scale_px = args.scale.unwrap_or(32);
    let synthesis: Arc<dyn gestalt_stimuli::synthesis::Synthesis> = match args.synthesis {
        Synthesis::Patch => Arc::new(PatchSynthesis::new(scale_px)?),
        Synthesis::Gatys => args.gram.gatys(args.scale, &bar)?,
        Synthesis::FilterBank => args.gram.filter_bank(scale_px, &bar)?,
    };
    let recipe = Recipe {
        name: Name::new(name)?,
        source,
        synthesis,
        size_px: args.size,
        seed: args.seed,
        practice: args.practice,
        catch: args.catch,
        encoding: if args.png { Encoding::Png } else { Encoding::WebpLossless },
    };
    let made = make(&recipe, &args.out, &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    for skipped in &made.skipped {
        eprintln!("left out: {}: {}", skipped.path.display(), skipped.reason);
    }
    println!("{}", made.report);
    println!(
        "{} trials, {} images in {}",
        made.set.trials().len(),
        made.set.images().len(),
        args.out.display()
    );
    Ok(())
}
