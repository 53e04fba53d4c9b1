//! Whether a set can be solved without seeing the whole: a network sees patches of its pictures alone, and
//! then the pictures.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use gestalt_fairness::{BOUND, Outside, Sight, Wholeness, judge};
use gestalt_models::folder::ModelFolder;
use gestalt_models::{Compute, LoadedModel, PatchBag};
use gestalt_networks::preprocess::Rgb8;
use gestalt_protocol::Device;
use gestalt_trial_sets::TrialSetFolder;
use image::RgbImage;

use crate::model_args::{self, MODELS};
use crate::progress;

/// The network that judges where none is named: it was trained on photographs.
const JUDGE: &str = "mobilenet-v2";
/// Sides of the patches, in pixels.
const PATCHES_PX: [usize; 2] = [32, 56];

/// Who judges.
#[derive(Args)]
pub struct JudgeArgs {
    /// The network that judges whether the set can be solved without the whole: a name in models/, or a
    /// model's folder; `none` leaves it out [default: mobilenet-v2, where it is there].
    #[arg(long, value_name = "MODEL")]
    pub judge: Option<String>,
}

impl JudgeArgs {
    /// The model's name or folder; `None` where nobody judges, which is said.
    pub fn model(&self) -> Option<&str> {
        match self.judge.as_deref() {
            Some("none") => None,
            Some(named) => Some(named),
            None if Path::new(MODELS).join(JUDGE).is_dir() => Some(JUDGE),
            None => {
                eprintln!(
                    "not judged for the whole: there is no {MODELS}/{JUDGE} here; name a network with --judge"
                );
                None
            }
        }
    }
}

/// Lets the network take at most `most` test trials of the set: as bags of patches, and with the whole
/// picture.
pub fn wholeness(folder: &TrialSetFolder, model: &str, most: usize) -> Result<Wholeness> {
    let started = Instant::now();
    let whole = model_args::load(model, Device::Cpu)?;
    let files = ModelFolder::read(&model_args::folder(model)?)?;
    let layer = whole.default_layer()?;
    let bags = PATCHES_PX
        .map(|side_px| Ok((side_px, PatchBag::new(files.files(), Compute::cpu()?, side_px)?)))
        .into_iter()
        .collect::<Result<Vec<(usize, PatchBag)>>>()?;
    let size = |picture: &RgbImage| (picture.width() as usize, picture.height() as usize);
    let in_patches: Vec<(usize, Box<Features<'_>>)> = bags
        .iter()
        .map(|(side_px, bag)| {
            let features = move |picture: &RgbImage| {
                pollster::block_on(bag.features(picture.as_raw(), size(picture))).map_err(|e| e.to_string())
            };
            (*side_px, Box::new(features) as Box<Features<'_>>)
        })
        .collect();
    let seen_whole = |picture: &RgbImage| of_whole(&whole, layer, picture).map_err(|error| error.to_string());
    let name = whole.name();
    let mut observers: Vec<Outside<'_>> = in_patches
        .iter()
        .map(|(side_px, features)| Outside {
            name: format!("{name}, patches of {side_px} px alone"),
            sight: Sight::Patches(*side_px as u32),
            features: features.as_ref(),
        })
        .collect();
    observers.push(Outside {
        name: format!("{name}, whole picture"),
        sight: Sight::Whole,
        features: &seen_whole,
    });
    let bar = progress::bar(0, "trials judged");
    let told = |done: usize, total: usize| progress::advance(&bar, done, total, "trials judged");
    let found = judge(folder, &observers, most, &told)
        .context("the set cannot be judged; see `gestalt trials check`")?;
    bar.finish_and_clear();
    eprintln!("judged in {:.1} s", started.elapsed().as_secs_f64());
    Ok(found)
}

/// Features of a picture, from several threads.
type Features<'a> = dyn Fn(&RgbImage) -> Result<Vec<f32>, String> + Sync + 'a;

fn of_whole(
    model: &LoadedModel,
    layer: gestalt_networks::readout::Layer,
    picture: &RgbImage,
) -> Result<Vec<f32>> {
    let view = Rgb8::new(picture.as_raw(), picture.width() as usize, picture.height() as usize)?;
    let mut features = pollster::block_on(model.features(&[view], layer, None))?;
    features.pop().context("the network gave no features")
}

/// A line an observer.
pub fn print(found: &Wholeness) {
    println!("\nWithout the whole, {} of {} test trials (chance 33.3 %):", found.judged, found.counted);
    for result in &found.results {
        let accuracy = result.accuracy;
        let p = result.p_holm.map_or(String::new(), |p| format!("  p = {} (Holm)", gestalt_stats::p_text(p)));
        println!(
            "  {:<42}{:>3}/{}  {:.2} [{:.2}, {:.2}]{p}",
            result.name,
            accuracy.hits,
            accuracy.of,
            accuracy.estimate,
            accuracy.interval.low,
            accuracy.interval.high
        );
    }
}

/// One sentence.
pub fn verdict(found: &Wholeness) -> String {
    let (Some(best), Some(scale_px)) = (found.best_local(), found.scale_px) else {
        return "No observer here sees less than the structure that is kept: nothing is said of the whole."
            .into();
    };
    let margin =
        found.whole_minus_local().map_or(String::new(), |m| format!("; whole minus local-only: {m:+.2}"));
    let share = best.accuracy.estimate;
    if found.is_solved_locally() {
        format!(
            "SOLVED WITHOUT THE WHOLE: {} is right in {share:.2} of the trials, above {BOUND} (structure up to \
             {scale_px} px is kept){margin}",
            best.name
        )
    } else {
        format!(
            "Local-only observers below {scale_px} px are right in {share:.2} of the trials at most (bound \
             {BOUND}){margin}"
        )
    }
}
