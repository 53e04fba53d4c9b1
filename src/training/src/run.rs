//! The training loop: from a recipe to a model folder.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use burn::module::{Module, ModuleVisitor, Param, ParamGroup, ParamId};
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor};
use gestalt_images::photographs::Skipped;
use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::keys;

use crate::batch::{Batch, View};
use crate::checkpoint::{Checkpoints, Standing};
use crate::curve::{self, Point};
use crate::error::TrainError;
use crate::init;
use crate::objective::{Objective, Shape, Task};
use crate::pool::{Pool, Told};
use crate::publish::{self, Learned};
use crate::recipe::Recipe;
use crate::schedule::Schedule;
use crate::start;

/// What a run reports while it works.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// A file that was left out.
    Skipped(Skipped),
    /// Something unusual about the files that were read.
    Note(String),
    /// Number of pictures that are ready.
    Pictures(usize),
    /// A run resumes after this many steps.
    Resumed(u64),
    /// One point of the loss curve.
    Step {
        /// The newest point of the curve.
        point: Point,
        /// Steps in total.
        steps: u64,
        /// Pace since the run was started or resumed.
        pictures_per_s: f64,
    },
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Skipped(skipped) => write!(f, "left out: {skipped}"),
            Self::Note(note) => write!(f, "note: {note}"),
            Self::Pictures(count) => write!(f, "{count} pictures ready"),
            Self::Resumed(step) => write!(f, "resuming after step {step}"),
            Self::Step { point, steps, pictures_per_s } => {
                write!(
                    f,
                    "step {} of {steps}: loss {:.4}, {pictures_per_s:.1} pictures/s",
                    point.step, point.loss
                )?;
                match point.held_out_loss {
                    Some(loss) => write!(f, ", held-out loss {loss:.4}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Steps averaged into one point of the curve.
const POINT_STEPS: u64 = 20;
/// Steps between two measurements of the loss on held-out pictures; a multiple of [`POINT_STEPS`].
const HELD_OUT_STEPS: u64 = 200;

/// Trains what `recipe` describes and writes a model folder: card, weights, reference output, `recipe.toml`,
/// `train.log`, `loss.csv`, `loss.svg` and the objective's picture. A run that was killed resumes from its
/// last checkpoint.
///
/// `device` is a plain device; autodiff is switched on here.
///
/// # Errors
/// When a file cannot be read or written, the folder holds another run, or the loss is no longer a number.
pub fn run(
    recipe: &Recipe,
    out: &Path,
    device: &Device,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), TrainError> {
    std::fs::create_dir_all(out).map_err(|e| TrainError::file("create", out, e))?;
    recipe.objective.dispatch(Run { recipe, out, device, progress })
}

/// A training run with any objective.
struct Run<'a> {
    recipe: &'a Recipe,
    out: &'a Path,
    device: &'a Device,
    progress: &'a mut dyn FnMut(Progress),
}

impl Task for Run<'_> {
    type Output = Result<(), TrainError>;

    fn run<O: Objective>(self, config: &O::Config) -> Self::Output {
        let Self { recipe, out, device, progress } = self;
        let shape = O::Shape::of(&recipe.model).ok_or_else(|| TrainError::Recipe {
            file: recipe.name.clone(),
            why: format!("model.kind: must be \"{}\"", O::Shape::KIND),
        })?;
        let view = View {
            image_px: shape.image_px(),
            patch_px: shape.patch_px(),
            normalise: O::NORMALISE,
            views: O::VIEWS,
            augments: O::AUGMENTS,
        };
        if recipe.schedule.steps() == 0 {
            // The untrained twin sees no picture.
            let model = init::draw(O::new(config, shape, device)?, recipe.seed);
            let learned = Learned::nothing(keys::collect(&model.network().valid()));
            return publish::publish(out, recipe, &view.normalise, &learned);
        }
        let path = out.join("train.log");
        let wrap = |e| TrainError::file("write", &path, e);
        let mut log = File::options().create(true).append(true).open(&path).map_err(wrap)?;
        let progress = &mut |said: Progress| {
            // A full disk shows at the next checkpoint; the run does not stop for its log.
            let _ = writeln!(log, "{said}");
            progress(said);
        };
        let pool = Pool::fill(&recipe.data, &mut |told| {
            progress(match told {
                Told::LeftOut(skipped) => Progress::Skipped(skipped),
                Told::Note(note) => Progress::Note(note),
            });
        })?;
        progress(Progress::Pictures(pool.len()));
        let checkpoints = Checkpoints::below(out);
        let held_out = Pool::held_out(&recipe.data, recipe.schedule.held_out);
        let training = Training {
            recipe,
            view: &view,
            pool: &pool,
            held_out: held_out.as_ref(),
            checkpoints: &checkpoints,
        };
        let (model, curve) = training.train::<O>((config, shape), device, progress)?;
        let model = model.valid();
        curve::write(out, &format!("{}: {}", recipe.name, O::NAME), O::LOSS, &curve)?;
        let learned = Learned {
            weights: keys::collect(model.network()),
            objective: O::describe(config),
            measured: model.measure(&recipe.data, &view, device)?,
            curve,
        };
        publish::publish(out, recipe, &view.normalise, &learned)?;
        let unseen = training.batch::<O>((config, shape), &pool, recipe.schedule.steps() + 1);
        if let Some((name, picture)) = model.illustrate(&unseen, &view, device)? {
            let file = out.join(name);
            picture.save(&file).map_err(|e| TrainError::file("write", &file, std::io::Error::other(e)))?;
        }
        checkpoints.clear()
    }
}

/// What the training loop reads.
struct Training<'a> {
    recipe: &'a Recipe,
    view: &'a View,
    pool: &'a Pool,
    held_out: Option<&'a Pool>,
    checkpoints: &'a Checkpoints,
}

impl Training<'_> {
    fn batch<O: Objective>(
        &self,
        (config, shape): (&O::Config, &O::Shape),
        pool: &Pool,
        step: u64,
    ) -> Batch<O::Draw> {
        let Recipe { seed, schedule, .. } = self.recipe;
        Batch::draw(pool, self.view, schedule, (*seed, step), |pixels, random| {
            O::recolour(config, pixels, random);
            O::draw(config, shape, random)
        })
    }

    /// The mean loss on held-out pictures; always of the same views, which no step of training draws.
    fn held_out_loss<O: Objective>(
        &self,
        model: &O,
        settings: (&O::Config, &O::Shape),
        device: &Device,
    ) -> Option<f64> {
        let pool = self.held_out?;
        let batches = pool.len().div_ceil(self.recipe.schedule.batch) as u64;
        let loss = |batch: u64| {
            let batch = self.batch::<O>(settings, pool, u64::MAX - 1 - batch);
            f64::from(model.loss(&batch, device).into_scalar::<f32>())
        };
        Some((0..batches).map(loss).sum::<f64>() / batches as f64)
    }

    fn train<O: Objective>(
        &self,
        settings: (&O::Config, &O::Shape),
        device: &Device,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(O, Vec<Point>), TrainError> {
        let (recipe, schedule, plain) = (self.recipe, &self.recipe.schedule, device);
        let device = device.clone().autodiff();
        let mut model = init::draw(O::new(settings.0, settings.1, &device)?, recipe.seed);
        let mut standing = Standing { step: 0, curve: Vec::new(), recipe: recipe.clone() };
        let mut optimiser;
        if let Some((found, path)) = self.checkpoints.newest(recipe)? {
            model = Checkpoints::load_model(&path, model)?;
            optimiser = Checkpoints::load_optimiser(&path, adam_w(recipe, &model))?;
            progress(Progress::Resumed(found.step));
            standing = found;
        } else {
            if let Some(folder) = &recipe.start {
                start::from_folder(&mut model, folder, &device)?;
            }
            optimiser = adam_w(recipe, &model);
        }
        let mut meter = Meter { started: Instant::now(), first_step: standing.step, losses: Vec::new() };
        while standing.step < schedule.steps() {
            let batch = self.batch::<O>(settings, self.pool, standing.step);
            let loss = model.loss(&batch, &device);
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            let learning_rate = schedule.learning_rate_at(standing.step);
            model = optimiser.step(learning_rate, model, gradients);
            standing.step += 1;
            meter.losses.push(f64::from(loss.into_scalar::<f32>()));
            let last = standing.step == schedule.steps();
            if last || standing.step.is_multiple_of(POINT_STEPS) {
                let mut point = meter.point(&standing, learning_rate)?;
                if last || standing.step.is_multiple_of(HELD_OUT_STEPS) {
                    point.held_out_loss = self.held_out_loss(&model.valid(), settings, plain);
                }
                standing.curve.push(point);
                progress(meter.progress(point, schedule));
            }
            if last || standing.step.is_multiple_of(schedule.checkpoint_every_steps) {
                self.checkpoints.save(&model, &optimiser, &standing)?;
            }
        }
        Ok((model, standing.curve))
    }
}

/// Losses since the last point of the curve, and the pace since the run was started or resumed.
struct Meter {
    started: Instant,
    first_step: u64,
    losses: Vec<f64>,
}

impl Meter {
    /// The mean of the losses since the last point.
    fn point(&mut self, standing: &Standing, learning_rate: f64) -> Result<Point, TrainError> {
        let losses = std::mem::take(&mut self.losses);
        let point = Point {
            step: standing.step,
            pictures: standing.step * standing.recipe.schedule.batch as u64,
            loss: losses.iter().sum::<f64>() / losses.len() as f64,
            learning_rate,
            held_out_loss: None,
        };
        if point.loss.is_finite() { Ok(point) } else { Err(TrainError::Diverged { step: point.step }) }
    }

    fn progress(&self, point: Point, schedule: &Schedule) -> Progress {
        let shown = (point.step - self.first_step) * schedule.batch as u64;
        let pictures_per_s = shown as f64 / self.started.elapsed().as_secs_f64();
        Progress::Step { point, steps: schedule.steps(), pictures_per_s }
    }
}

/// AdamW as in He et al. (2022), table 8; weight decay on matrices only.
fn adam_w(recipe: &Recipe, model: &impl Module) -> ModuleOptimizer {
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

/// Collects the parameters that are not matrices.
struct Undecayed(Vec<ParamId>);

impl ModuleVisitor for Undecayed {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if D != 2 {
            self.0.push(param.id);
        }
    }
}
