//! `gestalt train`: weights from a recipe.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use gestalt_models::Compute;
use gestalt_training::{Progress, Recipe};

use crate::model_args::DeviceName;
use crate::progress;

/// Train a model from a recipe. A stopped run resumes from its last checkpoint.
#[derive(Args)]
#[command(
    after_help = "Example: gestalt train --recipe src/training/recipes/scene-mae-s8.toml --out models/scene-mae-s8"
)]
pub struct TrainArgs {
    /// The recipe (TOML).
    #[arg(long)]
    recipe: PathBuf,
    /// The model folder.
    #[arg(long)]
    out: PathBuf,
    /// Where to compute; `cuda` needs a build with `--features cuda`.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
}

/// Trains to the end of the schedule.
pub fn run(args: &TrainArgs) -> Result<()> {
    let recipe = Recipe::read(&args.recipe)?;
    let compute = pollster::block_on(Compute::of_kind(args.device.into()))?;
    let bar = progress::bar(recipe.schedule.steps(), "steps");
    gestalt_training::run(&recipe, &args.out, compute.device(), &mut |progress| match progress {
        said @ (Progress::Skipped(_) | Progress::Note(_)) => bar.suspend(|| eprintln!("{said}")),
        Progress::Pictures(count) => bar.println(format!("{count} pictures ready")),
        Progress::Resumed(step) => bar.println(format!("resuming after step {step}")),
        Progress::Step { point, pictures_per_s, .. } => {
            bar.set_position(point.step);
            bar.set_message(format!("steps, loss {:.4}, {pictures_per_s:.0} pictures/s", point.loss));
        }
    })?;
    bar.finish_and_clear();
    println!("{} is in {}", recipe.name, args.out.display());
    Ok(())
}
