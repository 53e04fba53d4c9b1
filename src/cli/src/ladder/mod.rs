//! `gestalt trials ladder`: measures, over syntheses and scales, whether trials can be solved without seeing the whole.

mod cells;
mod table;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use gestalt_fairness::{Notebook, Thresholds, assess};
use gestalt_files::whole_file;
use gestalt_images::size::Size;
use gestalt_protocol::Encoding;
use gestalt_trial_sets::{ImageFolder, Recipe, Source, TrialSetFolder, make};
use gestalt_types::Name;

use crate::model_args::MODELS;
use crate::wholeness::{self, JudgeArgs, Panel};
use cells::{Cell, ControlResult, Measured};

/// Marks in a Markdown file between which the table is written.
const MARKS: [&str; 2] = ["<!-- ladder -->", "<!-- end of ladder -->"];

/// Side of the pictures, in pixels.
const SIZE_PX: u32 = 224;
/// Networks that see the whole picture, shown beside the one that judges.
const OTHERS: [&str; 1] = ["scene-mae-s8"];

/// Measure syntheses and scales: what observers solve without seeing the whole, and with it.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    gestalt trials ladder --out docs/validity/cells --table docs/validity.md\n  \
    gestalt trials ladder --out cells --trials 24 --quick --only patch-56\n\n\
    One file a cell. A run that was interrupted resumes when the same command is given again; cells that are there\n\
    are not measured again. --table writes between the lines `<!-- ladder -->` and `<!-- end of ladder -->`.")]
pub struct LadderArgs {
    /// Folder of the cells.
    #[arg(long)]
    out: PathBuf,
    /// Write the table of all cells into this Markdown file.
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// At most this many triplets a cell [default: 240 for patch, 60 for portilla-simoncelli, 24 for filter-bank].
    #[arg(long, value_name = "N")]
    trials: Option<u32>,
    /// Only the cells whose names begin so, for example patch-56; `none` only writes the table.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// No bags of 16 px but where that is half the scale, no untrained network, no local features.
    #[arg(long)]
    quick: bool,
    /// Photographs instead of rendered scenes; all that can be used are taken, up to the number of triplets.
    #[arg(long, value_name = "FOLDER")]
    images: Option<PathBuf>,
    /// Seed of scenes and distortions.
    #[arg(long, default_value_t = 9)]
    seed: u64,
    #[command(flatten)]
    judge: JudgeArgs,
}

/// Does what was asked.
pub fn run(args: &LadderArgs) -> Result<()> {
    std::fs::create_dir_all(&args.out).with_context(|| format!("{} cannot be made", args.out.display()))?;
    let wanted = |cell: &Cell| args.only.as_ref().is_none_or(|only| cell.name().starts_with(only.as_str()));
    for cell in Cell::all(args.trials.unwrap_or(u32::MAX)).into_iter().filter(wanted) {
        if cells::file(&args.out, cell).exists() {
            continue;
        }
        eprintln!("{}", cell.name());
        let measured = measure(args, cell).with_context(|| cell.name())?;
        cells::write(&args.out, &measured)?;
        write_table(args)?;
    }
    write_table(args)
}

/// Makes the triplets of a cell, judges them all, and removes them.
fn measure(args: &LadderArgs, cell: Cell) -> Result<Measured> {
    let model =
        args.judge.model().context("the ladder needs a network that judges; name one with --judge")?;
    let working = args.out.join("working").join(cell.name());
    let started = Instant::now();
    let recipe = recipe(args, cell)?;
    let source = if args.images.is_some() { "photographs" } else { "scenes" };
    let made = make(&recipe, &working, &|_| ())?.publish()?;
    let making_s = started.elapsed().as_secs_f64();
    let folder = TrialSetFolder::open(&working)?;
    let panel = if args.quick { Panel::quick(model) } else { Panel::thorough(model) };
    let others: Vec<&str> =
        OTHERS.into_iter().filter(|other| Path::new(MODELS).join(other).is_dir()).collect();
    let found = wholeness::wholeness(&folder, Panel { others: &others, most: usize::MAX, ..panel })?;
    let report = assess(&folder, Thresholds::DEFAULT, &Notebook::new(&|_| Ok(())), &|_, _| ())?;
    let controls = report.controls.iter().filter_map(|control| {
        let accuracy = control.accuracy?;
        Some(ControlResult { name: control.name.into(), correct: accuracy.hits, of: accuracy.of })
    });
    let measured = Measured {
        cell,
        source: source.into(),
        seed: args.seed,
        software: made.set.made().software.clone(),
        making_s,
        wholeness: found,
        controls: controls.collect(),
    };
    std::fs::remove_dir_all(&working).with_context(|| format!("{} cannot be removed", working.display()))?;
    Ok(measured)
}

fn recipe(args: &LadderArgs, cell: Cell) -> Result<Recipe> {
    let source = match &args.images {
        Some(folder) => Source::Images(ImageFolder::from(folder.clone())),
        None => Source::Scenes { count: cell.trials, categories: Vec::new() },
    };
    Ok(Recipe {
        name: Name::new(cell.name())?,
        source,
        synthesis: cell.maker()?,
        further: Vec::new(),
        spread: false,
        size: Size::from(SIZE_PX),
        seed: args.seed,
        practice: 0,
        catch: 0,
        controls: 0,
        equalise_jpeg: None,
        encoding: Encoding::WebpLossless,
    })
}

fn write_table(args: &LadderArgs) -> Result<()> {
    let table = table::table(&cells::read_all(&args.out)?);
    let Some(path) = &args.table else {
        println!("{table}");
        return Ok(());
    };
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let text = with_table(&text, &table).with_context(|| {
        format!(
            "{} has no place for the table: give it a line `{}` and one `{}`",
            path.display(),
            MARKS[0],
            MARKS[1]
        )
    })?;
    whole_file::write(path, text.as_bytes()).with_context(|| format!("{} cannot be written", path.display()))
}

/// The text with what stands between the marks replaced.
fn with_table(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(MARKS[0])?;
    let (_, after) = rest.split_once(MARKS[1])?;
    Some(format!("{before}{}\n{table}{}{after}", MARKS[0], MARKS[1]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_cell_has_a_file_of_its_own_and_no_more_triplets_than_asked_for() {
        let cells = Cell::all(24);
        let names: BTreeSet<String> = cells.iter().map(|cell| cell.name()).collect();
        assert_eq!(names.len(), cells.len());
        assert!(cells.iter().all(|cell| cell.trials == 24));
        assert_eq!(Cell::all(u32::MAX)[0].name(), "patch-56-matched-240");
    }

    #[test]
    fn the_table_replaces_the_one_before_it_and_nothing_else() {
        let text = "before\n<!-- ladder -->\nold\n<!-- end of ladder -->\nafter\n";
        let expected = "before\n<!-- ladder -->\nnew\n<!-- end of ladder -->\nafter\n";
        assert_eq!(with_table(text, "new\n").as_deref(), Some(expected));
        assert_eq!(with_table(expected, "new\n").as_deref(), Some(expected));
        assert_eq!(with_table("no marks", "new\n"), None);
    }
}
