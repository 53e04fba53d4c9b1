//! The training loop: from a recipe to a folder that holds a model.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use burn::module::{Module, ModuleVisitor, Param, ParamGroup, ParamId};
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor};
use gestalt_networks::preprocess::Normalise;

use crate::batch::Batch;
use crate::checkpoint::{Checkpoints, Standing};
use crate::curve::{self, Point};
use crate::mae::Mae;
use crate::pool::Pool;
use crate::recipe::Recipe;
use crate::{TrainError, init, publish, sheet};

/// What a run tells while it goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// A file that could not be used, with the reason.
    Skipped(String),
    /// Pictures are ready.
    Pictures(usize),
    /// A run goes on after this many steps.
    Resumed(u64),
    /// One point of the loss curve.
    Step {
        /// Where the run stands.
        point: Point,
        /// Steps in all.
        steps: u64,
        /// Pace since the run was started or resumed.
        pictures_per_s: f64,
    },
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Skipped(why) => f.write_str(why),
            Self::Pictures(count) => write!(f, "{count} pictures ready"),
            Self::Resumed(step) => write!(f, "going on after step {step}"),
            Self::Step { point, steps, pictures_per_s } => {
                write!(
                    f,
                    "step {} of {steps}: loss {:.4}, {pictures_per_s:.1} pictures/s",
                    point.step, point.loss
                )
            }
        }
    }
}

/// Steps averaged into one point of the curve.
const POINT_STEPS: u64 = 20;

/// Trains what `recipe` describes and writes a model's folder: `card.json`, `weights.bpk`, `reference-output.json`,
/// `recipe.toml`, `train.log`, `loss.csv`, `loss.svg`, `reconstructions.png`. A run that was killed goes on from its last checkpoint.
///
/// `device` is a plain device; autodiff is switched on here.
pub fn run(
    recipe: &Recipe,
    out: &Path,
    device: &Device,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), TrainError> {
    std::fs::create_dir_all(out).map_err(|e| TrainError::file("create", out, e))?;
    let normalise = Normalise::IMAGENET;
    if recipe.steps() == 0 {
        // The untrained twin sees no picture.
        let model = init::draw(Mae::new(recipe, device)?, recipe.seed);
        publish::publish(out, recipe, &normalise, &model, &[])?;
        return Ok(());
    }
    let path = out.join("train.log");
    let wrap = |e| TrainError::file("write", &path, e);
    let mut log = File::options().create(true).append(true).open(&path).map_err(wrap)?;
    let progress = &mut |said: Progress| {
        // A full disk shows at the next checkpoint; the run does not stop for its log.
        let _ = writeln!(log, "{said}");
        progress(said);
    };
    let pool = Pool::fill(&recipe.data, &mut |why| progress(Progress::Skipped(why)))?;
    progress(Progress::Pictures(pool.len()));
    let checkpoints = Checkpoints::below(out);
    let (model, curve) = train(recipe, &pool, &normalise, &checkpoints, device, progress)?;
    curve::write(out, &format!("{}: masked autoencoder", recipe.name), &curve)?;
    publish::publish(out, recipe, &normalise, &model, &curve)?;
    let unseen = Batch::draw(&pool, recipe, &normalise, recipe.steps() + 1);
    sheet::write(out, &model.valid(), &unseen, recipe, &normalise, device)?;
    checkpoints.clear()
}

fn train(
    recipe: &Recipe,
    pool: &Pool,
    normalise: &Normalise,
    checkpoints: &Checkpoints,
    device: &Device,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Mae, Vec<Point>), TrainError> {
    let device = device.clone().autodiff();
    let mut model = init::draw(Mae::new(recipe, &device)?, recipe.seed);
    let mut standing = Standing { step: 0, curve: Vec::new(), recipe: recipe.clone() };
    let mut optimiser;
    if let Some((found, path)) = checkpoints.newest(recipe)? {
        model = Checkpoints::load_model(&path, model)?;
        optimiser = Checkpoints::load_optimiser(&path, adam_w(recipe, &model))?;
        progress(Progress::Resumed(found.step));
        standing = found;
    } else {
        optimiser = adam_w(recipe, &model);
    }
    let (started, first_step) = (Instant::now(), standing.step);
    let mut losses = Vec::new();
    while standing.step < recipe.steps() {
        let batch = Batch::draw(pool, recipe, normalise, standing.step);
        let loss = model.loss(&batch, &device);
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        let learning_rate = recipe.learning_rate(standing.step);
        model = optimiser.step(learning_rate, model, gradients);
        standing.step += 1;
        losses.push(f64::from(loss.into_scalar::<f32>()));
        if standing.step.is_multiple_of(POINT_STEPS) || standing.step == recipe.steps() {
            let point = Point {
                step: standing.step,
                pictures: standing.step * recipe.schedule.batch as u64,
                loss: losses.iter().sum::<f64>() / losses.len() as f64,
                learning_rate,
            };
            losses.clear();
            if !point.loss.is_finite() {
                return Err(TrainError::Diverged { step: standing.step });
            }
            standing.curve.push(point);
            let shown = (standing.step - first_step) * recipe.schedule.batch as u64;
            let pictures_per_s = shown as f64 / started.elapsed().as_secs_f64();
            progress(Progress::Step { point, steps: recipe.steps(), pictures_per_s });
        }
        if standing.step.is_multiple_of(recipe.schedule.checkpoint_every_steps)
            || standing.step == recipe.steps()
        {
            checkpoints.save(&model, &optimiser, &standing)?;
        }
    }
    Ok((model, standing.curve))
}

/// AdamW as in He et al. (2022), table 8; weight decay on matrices only.
fn adam_w(recipe: &Recipe, model: &Mae) -> ModuleOptimizer {
    let config = |decay: f64| {
        AdamWConfig::new().with_beta_2(0.95).with_epsilon(1e-8).with_weight_decay(decay as f32).build()
    };
    let mut undecayed = Undecayed(Vec::new());
    model.visit(&mut undecayed);
    ModuleOptimizer::from(config(recipe.schedule.weight_decay)).with_group(
        ParamGroup::from_ids(undecayed.0),
        config(0.0),
        None,
    )
}

/// Collects the parameters that are no matrices.
struct Undecayed(Vec<ParamId>);

impl ModuleVisitor for Undecayed {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if D != 2 {
            self.0.push(param.id);
        }
    }
}
