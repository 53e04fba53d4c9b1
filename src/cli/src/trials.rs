//! `gestalt trials`: makes, imports and checks trial sets, and publishes none that its encoding gives away.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use gestalt_images::photographs;
use gestalt_protocol::{Role, Wholeness};
use gestalt_scenes::Category;
use gestalt_trial_sets::{ImageFolder, Progress, Recipe, Source, TrialSetFolder, check, make};

use crate::encoding_check::{self, ForceArgs};
use crate::report::{self, ReportArgs};
use crate::set_args::SetArgs;
use crate::synthesis_args::SynthesisArgs;
use crate::wholeness::{self, JudgeArgs, Panel};
use crate::{categories, ladder, progress, trials_import};

/// Make, import or check trial sets.
#[derive(Subcommand)]
pub enum TrialsCommand {
    /// Make a trial set: every picture with two distortions of it.
    Make(MakeArgs),
    Import(trials_import::ImportArgs),
    /// Check a trial set: every hash, every image, nothing missing, nothing edited.
    Check(CheckArgs),
    /// Report whether a trial set is fair: what gives the answer away, and which distortions failed.
    Report(ReportArgs),
    /// Judge whether a trial set can be solved without seeing the whole; the verdict is kept beside its
    /// trials.
    Judge(wholeness::JudgeSetArgs),
    Ladder(ladder::LadderArgs),
}

/// What a trial set is made of.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  gestalt trials make --images photographs --synthesis patch --scale 32 --size 224 \
                  --seed 1 --out my-set\n  \
    gestalt trials make --scenes 48 --practice 4 --catch 8 --out demo-set\n  \
    gestalt trials make --scenes 60 --size 256 --scale 8,16,32,64,128 --out scales\n  \
    gestalt trials make --images photographs --synthesis portilla-simoncelli --scale 64 --out textures\n  \
    gestalt trials make --images photographs --synthesis portilla-simoncelli --scale 64 --window 28,56,112 \
                  --out metamers\n  \
    gestalt trials make --images photographs --synthesis gatys --vgg19 vgg19.pth --out gatys-set\n  \
    gestalt trials make --images photographs --synthesis filter-bank --scale 64 --out filter-bank-set\n  \
    gestalt trials make --scenes 48 --controls 12 --out set-with-controls\n\n\
    A run that was interrupted resumes when the same command is given again.\n\n\
    Control trials have a role and conditions of their own, each with a picture of its own. With --match-traces \
                  they\n  \
    match their traces too, but for phase scrambling, where that cannot be:\n  \
    control-re-encoded      the picture and two JPEG copies of it: at chance unless the encoding is seen\n  \
    control-intact-twins    the picture, its mirror image and one distortion: the odd one is the distortion\n  \
    control-warp            smooth random displacement that keeps as little in place as the main distortion\n  \
    control-phase-scramble  random Fourier phases, the amplitude spectrum kept\n  \
    control-block-shuffle   square blocks of the scale in random order"
)]
pub struct MakeArgs {
    /// Folder of photographs (JPEG, PNG, WebP), one subfolder a category.
    #[arg(long, conflicts_with = "scenes", required_unless_present = "scenes")]
    images: Option<PathBuf>,
    /// Which folders are the categories: 1 those directly in --images, 2 those in them [default: the
    /// innermost, without folders such as images/ and train/ that name none].
    #[arg(long, value_name = "N", requires = "images")]
    category_level: Option<usize>,
    /// Number of scenes to render instead, cycling through the categories.
    #[arg(long)]
    scenes: Option<u32>,
    /// Use only these categories of scenes, separated by commas [default: all].
    #[arg(long, value_delimiter = ',', requires = "scenes")]
    categories: Vec<Category>,
    #[command(flatten)]
    synthesis: SynthesisArgs,
    /// Number of trials of each control condition to add (see below) [default when given without a number:
    /// 8].
    #[arg(long, value_name = "N", num_args = 0..=1, default_value_t = 0, default_missing_value = "8")]
    #[arg(hide_default_value = true)]
    controls: u32,
    #[command(flatten)]
    force: ForceArgs,
    #[command(flatten)]
    judge: JudgeArgs,
    /// Refuse the set if an observer that never sees as much as is kept solves more than half of its trials.
    #[arg(long)]
    require_wholeness: bool,
    #[command(flatten)]
    set: SetArgs,
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
        TrialsCommand::Import(args) => trials_import::run(args),
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
        TrialsCommand::Report(args) => report::run(args),
        TrialsCommand::Judge(args) => wholeness::run(args),
        TrialsCommand::Ladder(args) => ladder::run(args),
    }
}

fn make_set(args: &MakeArgs) -> Result<()> {
    let set = &args.set;
    let source = match (&args.images, args.scenes) {
        (Some(path), _) => Source::Images(ImageFolder {
            path: path.clone(),
            category_level: args.category_level,
            duplicates: set.duplicates.into(),
        }),
        (None, count) => Source::Scenes { count: count.unwrap_or(0), categories: args.categories.clone() },
    };
    let bar = progress::bar(0, "trials");
    let mut syntheses = args.synthesis.all(&bar)?;
    let recipe = Recipe {
        name: set.name()?,
        source,
        synthesis: syntheses.remove(0),
        further: syntheses,
        spread: args.synthesis.spread_scales,
        size: set.size,
        seed: set.seed,
        practice: set.practice,
        catch: set.catch,
        controls: args.controls,
        equalise_jpeg: set.equalise_jpeg,
        encoding: set.encoding(),
    };
    if let Source::Images(images) = &recipe.source {
        bar.suspend(|| tell_categories(images))?;
    }
    progress::say_when_interrupted(&bar, &set.out);
    let made = make(&recipe, &set.out, &|progress| match progress {
        Progress::Read(done, total) => progress::advance(&bar, done, total, "photographs read"),
        Progress::Made(done, total) => progress::advance(&bar, done, total, "trials"),
    })?;
    bar.finish_and_clear();
    for skipped in &made.skipped {
        eprintln!("left out: {skipped}");
    }
    for note in &made.notes {
        eprintln!("note: {note}");
    }
    for report in &made.reports {
        println!("{report}");
    }
    encoding_check::check(made.folder(), &args.force)?;
    let found = judged(args, made.folder())?;
    let made = made.publish()?;
    println!(
        "{} trials, {} images in {}",
        made.set.trials().len(),
        made.set.images().len(),
        set.out.display()
    );
    println!(
        "Is it fair? gestalt trials report {} --out {}-fairness.html",
        set.out.display(),
        made.set.name()
    );
    if let Some(found) = found {
        wholeness::write(&found, &set.out)?;
        println!("{}", wholeness::verdict(&found));
    }
    Ok(())
}

/// What a network makes of the finished set without the whole; an error where wholeness is required and not
/// there.
fn judged(args: &MakeArgs, folder: &TrialSetFolder) -> Result<Option<Wholeness>> {
    let has_test_trials = folder.set().trials().iter().any(|trial| trial.role == Role::Test);
    let model = if has_test_trials { args.judge.model() } else { None };
    let Some(model) = model else {
        if args.require_wholeness {
            bail!("--require-wholeness: nobody judges the set; name a network with --judge");
        }
        return Ok(None);
    };
    let found = wholeness::wholeness(folder, Panel::quick(model))?;
    wholeness::print(&found);
    if args.require_wholeness && (found.is_solved_locally() || !found.is_complete()) {
        let verdict = wholeness::verdict(&found);
        bail!("--require-wholeness: {verdict}\nNo trials.json was written; try another scale or synthesis");
    }
    Ok(Some(found))
}

/// Says, before the work begins, which categories the folders name.
fn tell_categories(images: &ImageFolder) -> Result<()> {
    let listing = photographs::list(&images.path, images.category_level)
        .with_context(|| format!("{} cannot be read", images.path.display()))?;
    categories::tell("photographs", &listing.counts(), &listing.notes, true);
    Ok(())
}
