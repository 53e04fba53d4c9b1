//! `cargo xtask zoo`: trains the models of the house one after the other, resuming whatever was interrupted.

use crate::command::shown;
use crate::{place, serve};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The recipes of `src/training/recipes`, in the order in which they are trained.
const ORDER: [&str; 9] = [
    "scene-supervised-s8",
    "scene-mae-s8",
    "scene-untrained-s8",
    "scene-finetuned-s8",
    "scene-finetuned-topk-s8",
    "scene-bag32-s8",
    "scene-vicreg-s8",
    "lns-kanizsa",
    "lns-closure",
];

/// What is trained.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cargo xtask zoo --list\n  cargo xtask zoo\n  cargo xtask zoo --only lns-kanizsa"
)]
pub struct Options {
    /// Only print what remains, and train nothing.
    #[arg(long)]
    list: bool,
    /// Train this recipe, in place of the next unfinished one.
    #[arg(long)]
    only: Option<String>,
    /// Threads to compute with [default: all cores]
    #[arg(long)]
    threads: Option<usize>,
    /// Where runs are kept until they are published; relative to the checkout.
    #[arg(long, default_value = "zoo")]
    runs: PathBuf,
}

/// Trains the next unfinished recipe at the lowest priority, publishes its folder into `models/`, and
/// prints what remains.
pub fn run(options: &Options) -> Result<()> {
    let root = place::root()?;
    let zoo = Zoo {
        recipes: root.join("src/training/recipes"),
        runs: root.join(&options.runs),
        models: root.join("models"),
    };
    let before = zoo.survey()?;
    print!("{}", table(&before));
    let next = match &options.only {
        Some(name) => before
            .iter()
            .find(|entry| entry.name == name)
            .with_context(|| format!("there is no recipe {name}; the zoo has {}", ORDER.join(", ")))?,
        None => match before.iter().find(|entry| entry.stands != Stands::Published) {
            Some(entry) => entry,
            None => {
                println!("Every recipe is published.");
                return Ok(());
            }
        },
    };
    if options.list {
        return Ok(());
    }
    if next.stands == Stands::Published {
        bail!("{} is published; remove {} to train it anew", next.name, zoo.models.join(next.name).display());
    }
    serve::build_gestalt()?;
    zoo.train(next.name, options.threads)?;
    zoo.publish(next.name)?;
    let mut index = Command::new(place::gestalt()?);
    shown("the list of models", index.args(["models", "index"]).arg(&zoo.models))?;
    print!("{}", table(&zoo.survey()?));
    Ok(())
}

/// Where everything lies.
struct Zoo {
    recipes: PathBuf,
    runs: PathBuf,
    models: PathBuf,
}

/// How far a recipe is.
#[derive(Clone, Debug, PartialEq)]
enum Stands {
    Published,
    /// Pictures shown, and the pace of the last run.
    Begun {
        shown: u64,
        pictures_per_s: f64,
    },
    Waiting,
}

/// A recipe of the zoo.
struct Entry {
    name: &'static str,
    pictures: u64,
    stands: Stands,
}

impl Zoo {
    fn survey(&self) -> Result<Vec<Entry>> {
        ORDER.iter().map(|name| self.entry(name)).collect()
    }

    fn entry(&self, name: &'static str) -> Result<Entry> {
        let file = self.recipe(name);
        let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let pictures = number(&text, "pictures")
            .with_context(|| format!("{} does not state schedule.pictures", file.display()))?;
        let log = fs::read_to_string(self.runs.join(name).join("train.log")).unwrap_or_default();
        let begun = log.lines().rev().find_map(|line| begun(line, number(&text, "batch").unwrap_or(1)));
        let stands = match begun {
            _ if self.models.join(name).join("card.json").is_file() => Stands::Published,
            Some((shown, pictures_per_s)) => Stands::Begun { shown, pictures_per_s },
            None => Stands::Waiting,
        };
        Ok(Entry { name, pictures, stands })
    }

    fn recipe(&self, name: &str) -> PathBuf {
        self.recipes.join(format!("{name}.toml"))
    }

    /// Trains to the end; the run resumes from its last checkpoint.
    fn train(&self, name: &str, threads: Option<usize>) -> Result<()> {
        let program = place::gestalt()?;
        let mut train = if cfg!(unix) {
            let mut nice = Command::new("nice");
            nice.args(["-n", "19"]).arg(&program);
            nice
        } else {
            Command::new(&program)
        };
        train.arg("train").arg("--recipe").arg(self.recipe(name)).arg("--out").arg(self.runs.join(name));
        if let Some(threads) = threads {
            train.env("RAYON_NUM_THREADS", threads.to_string());
        }
        shown(&format!("training {name}"), &mut train).with_context(|| {
            format!("what is done is kept in {}: the same command resumes", self.runs.display())
        })
    }

    /// Copies a finished run into `models/`, the card last, because a folder with a card is complete.
    fn publish(&self, name: &str) -> Result<()> {
        let (from, to) = (self.runs.join(name), self.models.join(name));
        let copy = |file: &Path| -> Result<()> {
            let Some(name) = file.file_name() else { return Ok(()) };
            fs::copy(file, to.join(name)).with_context(|| format!("{} cannot be copied", file.display()))?;
            Ok(())
        };
        fs::create_dir_all(&to).with_context(|| format!("{} cannot be made", to.display()))?;
        let entries = fs::read_dir(&from).with_context(|| format!("{} cannot be read", from.display()))?;
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.is_file() && !file.ends_with("train.log"));
        files.sort_by_key(|file| file.ends_with("card.json"));
        files.iter().try_for_each(|file| copy(file))?;
        fs::remove_dir_all(&from).with_context(|| format!("{} cannot be removed", from.display()))
    }
}

/// The whole number that a recipe states as `name = …`, without TOML's parser, which would have to be
/// compiled first.
fn number(recipe: &str, name: &str) -> Option<u64> {
    let value = |line: &str| line.strip_prefix(name)?.trim_start().strip_prefix('=')?.trim().parse().ok();
    recipe.lines().find_map(value)
}

/// Pictures shown and pace, of a line such as `step 120 of 1000: loss 2.4350, 9.6 pictures/s`.
fn begun(line: &str, batch: u64) -> Option<(u64, f64)> {
    let (step, rest) = line.strip_prefix("step ")?.split_once(" of ")?;
    let pace = rest.split(", ").find_map(|part| part.strip_suffix(" pictures/s"))?;
    Some((step.parse::<u64>().ok()? * batch, pace.parse().ok()?))
}

/// A line for each recipe: how far it is, and how long the rest would take at its last pace.
fn table(entries: &[Entry]) -> String {
    let line = |entry: &Entry| {
        let stands = match entry.stands {
            Stands::Published => "published".to_owned(),
            Stands::Waiting => "not begun".to_owned(),
            Stands::Begun { shown, pictures_per_s } => {
                let left = entry.pictures.saturating_sub(shown) as f64 / pictures_per_s.max(0.01);
                let percent = 100 * shown / entry.pictures.max(1);
                format!(
                    "{percent} %, about {:.0} minutes remain at {pictures_per_s:.1} pictures/s",
                    left / 60.0
                )
            }
        };
        format!("{:<26}{:>9} pictures   {stands}\n", entry.name, entry.pictures)
    };
    entries.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn zoo(root: &Path) -> Zoo {
        Zoo { recipes: root.join("recipes"), runs: root.join("runs"), models: root.join("models") }
    }

    fn write(file: &Path, text: &str) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    #[test]
    fn the_survey_says_what_is_published_begun_and_waiting() {
        let home = tempfile::tempdir().unwrap();
        let zoo = zoo(home.path());
        for name in ORDER {
            write(&zoo.recipe(name), "[schedule]\npictures = 6400\nbatch = 64\n");
        }
        write(&zoo.models.join(ORDER[0]).join("card.json"), "{}");
        let log = "6000 pictures ready\n\
            step 20 of 100: loss 2.70, 16.0 pictures/s\n\
            step 40 of 100: loss 2.60, 8.0 pictures/s, held-out loss 2.7\n";
        write(&zoo.runs.join(ORDER[1]).join("train.log"), log);
        let entries = zoo.survey().unwrap();
        assert_eq!(entries[0].stands, Stands::Published);
        assert_eq!(entries[1].stands, Stands::Begun { shown: 2560, pictures_per_s: 8.0 });
        assert_eq!(entries[2].stands, Stands::Waiting);
        let table = table(&entries);
        assert!(table.contains("40 %, about 8 minutes remain at 8.0 pictures/s"), "{table}");
    }

    #[test]
    fn a_published_run_is_whole_in_models_and_gone_from_the_runs() {
        let home = tempfile::tempdir().unwrap();
        let zoo = zoo(home.path());
        for file in ["card.json", "weights.bpk", "train.log"] {
            write(&zoo.runs.join("a").join(file), file);
        }
        zoo.publish("a").unwrap();
        assert!(!zoo.runs.join("a").exists());
        assert_eq!(fs::read_to_string(zoo.models.join("a/card.json")).unwrap(), "card.json");
        assert!(zoo.models.join("a/weights.bpk").exists() && !zoo.models.join("a/train.log").exists());
    }

    #[test]
    fn every_recipe_of_the_order_is_there_and_named_as_its_file() {
        let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../training/recipes");
        for name in ORDER {
            let text = fs::read_to_string(recipes.join(format!("{name}.toml"))).unwrap();
            assert!(text.lines().any(|line| line == format!("name = \"{name}\"")), "{name}");
            assert!(number(&text, "pictures").is_some(), "{name}");
        }
    }
}
