//! `gestalt trials import`: brings triplets that others made into a trial set.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use gestalt_fairness::encoding;
use gestalt_protocol::Role;
use gestalt_trial_sets::{Import, Layout, find, import};

use crate::encoding_check::{self, ForceArgs};
use crate::set_args::SetArgs;
use crate::wholeness::{self, JudgeArgs, Panel};
use crate::{categories, progress};

/// How the folder is laid out.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LayoutName {
    /// Folders original/, set1/ and set2/, as DiST is published.
    Dist,
    /// Files named as those of model-vs-human, with conditions.
    Conditions,
    /// A folder of three pictures for each triplet, or triplets.csv.
    Triplets,
}

/// Make a trial set of triplets that others made.
#[derive(Args)]
#[command(after_help = "Examples:\n  gestalt trials import --layout dist DiST --size 256 --out dist-set\n  \
    gestalt trials import --layout dist DiST --equalise-jpeg 75 --out dist-mended\n  \
    gestalt trials import --layout conditions datasets/eidolonI --intact 1-10-10 --condition 16-10-10 \
                        --condition 32-10-10 --out eidolon\n  \
    gestalt trials import --layout triplets my-triplets --out my-set\n\n\
    dist: files of one name in original/, set1/ and set2/ are a triplet, whatever their ending; subfolders are \
                        categories.\n\
    conditions: names are number_experiment_subject_condition_category_number_image.png, in folders of any \
                        depth. One\n  \
    --condition: the first two different copies of a picture in it are its distortions. Two: one copy of each. \
                        A picture\n  \
    with fewer is named and left out.\n\
    triplets: in each subfolder three pictures, the intact one named intact.*; the folder above it is the \
                        category. Or\n  \
    triplets.csv with the columns intact, distorted_1, distorted_2 and, if wanted, category and condition; \
                        files are\n  \
    given relative to the table.\n\n\
    Every triplet with a file that is missing, cannot be read or has another size is named and left out. An \
                        observer that\n\
    sees only encodings takes the files and the finished set; a set that it solves above chance (p < .01) is refused.")]
pub struct ImportArgs {
    /// What to import.
    folder: PathBuf,
    /// How it is laid out.
    #[arg(long, value_enum)]
    layout: LayoutName,
    /// The condition of the intact pictures (layout conditions).
    #[arg(long, value_name = "NAME")]
    intact: Option<String>,
    /// The condition of the distorted pictures, once or twice (layout conditions).
    #[arg(long = "condition", value_name = "NAME")]
    conditions: Vec<String>,
    /// Which folders are the categories: 1 the outermost [default: the innermost, without folders such as
    /// images/ and train/ that name none].
    #[arg(long, value_name = "N")]
    category_level: Option<usize>,
    #[command(flatten)]
    force: ForceArgs,
    #[command(flatten)]
    judge: JudgeArgs,
    #[command(flatten)]
    set: SetArgs,
}

/// Does what was asked.
pub fn run(args: &ImportArgs) -> Result<()> {
    let recipe = Import {
        name: args.set.name()?,
        folder: args.folder.clone(),
        layout: layout(args)?,
        category_level: args.category_level,
        size: args.set.size,
        equalise_jpeg: args.set.equalise_jpeg,
        seed: args.set.seed,
        practice: args.set.practice,
        catch: args.set.catch,
        duplicates: args.set.duplicates.into(),
        encoding: args.set.encoding(),
    };
    let found = find(&recipe)?;
    let by_folders = args.layout != LayoutName::Conditions;
    categories::tell("triplets", &found.counts(), found.notes(), by_folders);
    let bar = progress::bar(0, "files read and written");
    progress::say_when_interrupted(&bar, &args.set.out);
    let imported = import(&recipe, found, &args.set.out, &|done, total| {
        progress::advance(&bar, done, total, "files read and written")
    })?;
    bar.finish_and_clear();
    for skipped in &imported.skipped {
        eprintln!("left out: {skipped}");
    }
    for note in &imported.notes {
        eprintln!("note: {note}");
    }
    let set = imported.folder.set();
    println!("{} trials, {} images in {}", set.trials().len(), set.images().len(), args.set.out.display());
    let counted = encoding::must_be_fair(set);
    let sources = encoding::of_sources(&imported.sources, set, &counted)?;
    println!(
        "What the encoding of the files would have given away, {} test trials (chance 33.3 %):\n{sources}",
        sources.trials
    );
    let finished = encoding::of_set(&imported.folder, &counted)?;
    println!("What that of the finished set gives away:\n{finished}");
    // Resizing hides from this observer what it may not hide from a network.
    if args.set.equalise_jpeg.is_none() {
        encoding_check::refuse_if_given_away(&sources, "was encoded before the import", &args.force)?;
    }
    encoding_check::refuse_if_given_away(&finished, "was encoded", &args.force)?;
    // Published sets are judged, not refused.
    let has_test_trials = imported.folder.set().trials().iter().any(|trial| trial.role == Role::Test);
    let judge = if has_test_trials { args.judge.model() } else { None };
    let judged = |model| wholeness::wholeness(&imported.folder, Panel::quick(model));
    let found = judge.map(judged).transpose()?;
    imported.publish()?;
    if let Some(found) = found {
        wholeness::print(&found);
        wholeness::write(&found, &args.set.out)?;
        println!("{}", wholeness::verdict(&found));
    }
    Ok(())
}

fn layout(args: &ImportArgs) -> Result<Layout> {
    if args.category_level.is_some() && args.layout == LayoutName::Conditions {
        bail!("--category-level goes with folders that are categories; with --layout conditions names are");
    }
    let conditions_given = args.intact.is_some() || !args.conditions.is_empty();
    Ok(match (args.layout, &args.intact) {
        (LayoutName::Conditions, Some(intact)) if matches!(args.conditions.len(), 1 | 2) => {
            Layout::Conditions { intact: intact.clone(), distorted: args.conditions.clone() }
        }
        (LayoutName::Conditions, _) => {
            bail!("--layout conditions needs --intact NAME and --condition NAME once or twice")
        }
        _ if conditions_given => bail!("--intact and --condition go with --layout conditions only"),
        (LayoutName::Dist, _) => Layout::Dist,
        (LayoutName::Triplets, _) => Layout::Triplets,
    })
}
