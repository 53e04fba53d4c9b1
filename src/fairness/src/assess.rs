//! Measures a whole trial set and sums up: control observers, layers, flagged trials.

use std::sync::atomic::{AtomicUsize, Ordering};

use gestalt_protocol::{Name, Role, Trial};
use gestalt_stimuli::trial_set::{Problem, TrialSetFolder};
use rayon::prelude::*;

use crate::answers::{Answer, by_distance, by_rule, trained};
use crate::control::{Control, correct_together};
use crate::encoding::{self, EncodingError, EncodingReport};
use crate::layers::layers;
use crate::mean::Mean;
use crate::measures::{Depth, Measured, measure, places};
use crate::report::{Flag, Report, Thresholds, TrialReport};

/// Memory that measuring may take at a time, in bytes.
const MEMORY_BYTES: u64 = 1_200_000_000;
/// Memory that measuring takes for each pixel of a picture, in bytes: mostly what the filters of the bank answer.
const BYTES_PER_PIXEL: u64 = 900;

/// Measures every trial of a set; `progress` is told how many trials of how many are done, from several threads.
///
/// Holds the pictures of a few trials at a time. The order of the set decides nothing but which other intact picture a trial's is compared with.
///
/// # Errors
/// With the first image that is missing, altered or broken.
pub fn assess(
    folder: &TrialSetFolder,
    thresholds: Thresholds,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report, EncodingError> {
    let set = folder.set();
    let largest_px = set.images().iter().map(|i| u64::from(i.width_px) * u64::from(i.height_px)).max();
    let depth = Depth::of(set);

    let trials = set.trials();
    let test: Vec<&Trial> = trials.iter().filter(|trial| trial.role == Role::Test).collect();
    let another = |trial: &Trial| {
        let place = test.iter().position(|other| other.id == trial.id)?;
        test.get((place + 1) % test.len()).filter(|other| other.id != trial.id).copied()
    };
    let done = AtomicUsize::new(0);
    let measured = || {
        let one = |trial: &Trial| {
            let measured = measure(folder, trial, another(trial), depth)?;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, trials.len());
            Ok(measured)
        };
        trials.par_iter().map(one).collect::<Result<Vec<Measured>, Problem>>()
    };
    let measured = few_at_a_time(largest_px.unwrap_or(0), measured)?;
    let encoding = encoding::of_set(folder, encoding::must_be_fair(set))?;
    Ok(sum_up(folder, thresholds, depth, (&measured, encoding)))
}

/// Runs on as many threads as memory allows for pictures of this many pixels.
fn few_at_a_time<T: Send>(pixels: u64, work: impl FnOnce() -> T + Send) -> T {
    let threads =
        (MEMORY_BYTES / (pixels * BYTES_PER_PIXEL).max(1)).clamp(1, rayon::current_num_threads() as u64);
    match rayon::ThreadPoolBuilder::new().num_threads(threads as usize).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

fn sum_up(
    folder: &TrialSetFolder,
    thresholds: Thresholds,
    depth: Depth,
    (measured, encoding): (&[Measured], EncodingReport),
) -> Report {
    let set = folder.set();
    let counted: Vec<(&Trial, &Measured)> =
        set.trials().iter().zip(measured).filter(|(trial, _)| trial.role == Role::Test).collect();
    let to_another: Vec<f64> = counted.iter().filter_map(|(_, measured)| measured.to_another).collect();
    let other_pictures = Mean::of(&to_another);
    let texture: Vec<[Vec<f32>; 3]> = counted.iter().map(|(_, measured)| measured.texture.clone()).collect();
    let bank: Vec<[Vec<f32>; 3]> = counted.iter().map(|(_, measured)| measured.bank.clone()).collect();
    let report_of = |(trial, measured): (&Trial, &Measured)| {
        trial_report(trial, measured, thresholds, other_pictures.map(|other| other.mean))
    };
    Report {
        software: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
        set: set.name().clone(),
        set_hash: set.hash().clone(),
        made: set.made().clone(),
        scale_px: depth.scale_px,
        texture_scales: depth.texture_scales,
        bank_levels: depth.bank_levels,
        thresholds,
        other_pictures,
        controls: controls(&counted, &texture),
        encoding,
        layers: [layers(&texture, &depth.texture_groups()), layers(&bank, &depth.bank_groups(&bank))]
            .concat(),
        trials: set.trials().iter().zip(measured).map(report_of).collect(),
    }
}

fn controls(counted: &[(&Trial, &Measured)], texture: &[[Vec<f32>; 3]]) -> Vec<Control> {
    let conditions: Vec<Name> = counted.iter().map(|(trial, _)| trial.condition.clone()).collect();
    let colour: Vec<[Vec<f32>; 3]> = counted.iter().map(|(_, measured)| measured.colour.clone()).collect();
    let distances = |of: fn(&crate::measures::Pair) -> f64| -> Vec<[f64; 3]> {
        let each = counted.iter().map(|(_, measured)| &measured.pairs);
        each.map(|pairs| [of(&pairs.with_intact[0]), of(&pairs.with_intact[1]), of(&pairs.between)]).collect()
    };
    let too_small = |answers: Vec<Answer>| {
        let empty = texture.iter().flatten().any(Vec::is_empty);
        if empty { vec![Answer::NonFinite; answers.len()] } else { answers }
    };
    let new = |name, sees, answers| Control::new(name, sees, answers, &conditions);
    let mut controls = vec![
        new(
            "Colours",
            "Mean, covariance and histogram of the colours of the whole picture; the rule that models are read with.",
            by_rule(&colour),
        ),
        new(
            "Colours, trained",
            "Mean, covariance and histogram of the colours of the whole picture; it has learned on other trials what tells intact pictures from distortions.",
            trained(&colour),
        ),
        new(
            "Texture statistics",
            "The statistics of Portilla and Simoncelli of the luma of the whole picture; the rule that models are read with.",
            too_small(by_rule(texture)),
        ),
        new(
            "Texture statistics, trained",
            "The statistics of Portilla and Simoncelli of the luma of the whole picture; it has learned on other trials what tells intact pictures from distortions.",
            too_small(trained(texture)),
        ),
        new(
            "Small patches",
            "Which 7 × 7 patches occur, not where; the odd one is furthest from the other two.",
            by_distance(&distances(|pair| pair.texture_distance)),
        ),
        new(
            "Colour by place",
            "Colours averaged over cells of one scale, compared place by place; the odd one is furthest from the other two.",
            by_distance(&distances(|pair| 1.0 - pair.layout_r)),
        ),
    ];
    correct_together(&mut controls);
    controls
}

fn trial_report(
    trial: &Trial,
    measured: &Measured,
    thresholds: Thresholds,
    other: Option<f64>,
) -> TrialReport {
    let pairs = measured.pairs;
    let other = other.filter(|distance| *distance > 0.0);
    let texture_share = pairs.with_intact.map(|pair| other.map(|other| pair.texture_distance / other));
    let kept = pairs.with_intact.iter().map(|pair| pair.kept_whole).fold(0.0, f64::max);
    let lost = texture_share.iter().flatten().copied().fold(0.0, f64::max);
    let mut flags = Vec::new();
    if trial.role == Role::Test {
        flags.extend((kept > thresholds.kept_above).then_some(Flag::KeptWhole));
        flags.extend((lost > thresholds.texture_above).then_some(Flag::LostTexture));
    }
    let [intact, first, second] = places(trial).map(|place| trial.images[place].clone());
    TrialReport {
        id: trial.id.clone(),
        role: trial.role,
        category: trial.category.clone(),
        condition: trial.condition.clone(),
        intact,
        distortions: [first, second],
        pairs,
        texture_share,
        to_another: measured.to_another,
        severity: (kept / thresholds.kept_above).max(lost / thresholds.texture_above),
        flags,
    }
}
