//! Measures a whole trial set and sums up: control observers, layers, flagged trials.

use std::sync::atomic::{AtomicUsize, Ordering};

use gestalt_analysis::Interval;
use gestalt_protocol::{Made, Name, Role, Sha256, Trial};
use gestalt_stimuli::synthesis::MeanInterval;
use gestalt_stimuli::synthesis::portilla_simoncelli::Statistics;
use gestalt_stimuli::trial_set::{Problem, TrialSetFolder};
use rayon::prelude::*;
use serde::Serialize;

use crate::control::{Answer, Control, by_distance, by_rule, correct_together, trained};
use crate::layers::{Layer, layers};
use crate::measures::{MOST_SCALES, Measured, Pairs, measure, places};

/// Memory that measuring may take at a time, in bytes.
const MEMORY_BYTES: u64 = 1_200_000_000;
/// Memory that measuring takes for each pixel of a picture, in bytes: mostly the bands of the pyramid.
const BYTES_PER_PIXEL: u64 = 300;

/// From where on a distortion is flagged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Thresholds {
    /// A distortion of which more than this share stands together as in the intact picture kept the whole.
    pub kept_above: f64,
    /// A distortion whose texture distance to the intact picture is more than this share of the mean distance between intact pictures
    /// of the set lost the texture.
    pub texture_above: f64,
}

impl Thresholds {
    /// Chosen from the demo set's distribution, see `docs/stimuli.md`.
    pub const DEFAULT: Self = Self { kept_above: 0.5, texture_above: 0.4 };
}

/// Why a trial should be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// A distortion kept the whole picture: too easy to miss.
    KeptWhole,
    /// A distortion lost the texture: too easy to see.
    LostTexture,
}

/// A mean with its 95 % interval (percentile bootstrap over trials, 2,000 resamples).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Its interval.
    pub interval: Interval,
}

impl Mean {
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let MeanInterval { mean, low, high } = MeanInterval::of(values)?;
        Some(Self { mean, interval: Interval { low, high } })
    }
}

/// One trial with all that was measured of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrialReport {
    /// As in the set.
    pub id: Name,
    /// As in the set; only test trials are counted and flagged.
    pub role: Role,
    /// As in the set.
    pub category: Name,
    /// As in the set.
    pub condition: Name,
    /// The intact picture.
    pub intact: Sha256,
    /// The distortions, in the order of the trial.
    pub distortions: [Sha256; 2],
    /// The three pairs of pictures.
    pub pairs: Pairs,
    /// Texture distance of each distortion to the intact picture, over the mean distance between intact pictures of the set.
    pub texture_share: [Option<f64>; 2],
    /// Texture distance of the intact picture to that of the next test trial, in grey levels.
    pub to_another: Option<f64>,
    /// The larger of each measure over its threshold, of both distortions: above 1 is flagged, and the smaller the better.
    pub severity: f64,
    /// Why it should be looked at; empty is fine.
    pub flags: Vec<Flag>,
}

/// What there is to say about the fairness of a set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The software that made the report.
    pub software: &'static str,
    /// The set's name.
    pub set: Name,
    /// The set's hash.
    pub set_hash: Sha256,
    /// How the set was made.
    pub made: Made,
    /// Size of the windows and cells of the measures, in pixels: the scale of the set, or an eighth of its pictures where it states none.
    pub scale_px: u32,
    /// Scales of the texture statistics; 0 where the pictures are too small for any.
    pub texture_scales: usize,
    /// From where on trials are flagged.
    pub thresholds: Thresholds,
    /// Mean texture distance between intact pictures of different trials, in grey levels.
    pub other_pictures: Option<Mean>,
    /// Observers that see something else than the arrangement.
    pub controls: Vec<Control>,
    /// Statistics kept and lost.
    pub layers: Vec<Layer>,
    /// Every trial, in the order of the set.
    pub trials: Vec<TrialReport>,
}

impl Report {
    /// The trials that count.
    pub fn test_trials(&self) -> impl Iterator<Item = &TrialReport> {
        self.trials.iter().filter(|trial| trial.role == Role::Test)
    }

    /// Test trials with this flag.
    pub fn flagged(&self, flag: Flag) -> impl Iterator<Item = &TrialReport> {
        self.test_trials().filter(move |trial| trial.flags.contains(&flag))
    }
}

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
) -> Result<Report, Problem> {
    let set = folder.set();
    let largest_px = set.images().iter().map(|i| u64::from(i.width_px) * u64::from(i.height_px)).max();
    let smallest_px = set.images().iter().map(|image| image.width_px.min(image.height_px)).min().unwrap_or(0);
    let scale_px = set.made().scale_px.unwrap_or(smallest_px / 8).clamp(1, smallest_px.max(1));
    let most_scales = set.images().iter().map(|i| Statistics::most_scales(i.width_px, i.height_px)).min();
    let scales = most_scales.unwrap_or(0).min(MOST_SCALES);

    let trials = set.trials();
    let test: Vec<&Trial> = trials.iter().filter(|trial| trial.role == Role::Test).collect();
    let another = |trial: &Trial| {
        let place = test.iter().position(|other| other.id == trial.id)?;
        test.get((place + 1) % test.len()).filter(|other| other.id != trial.id).copied()
    };
    let done = AtomicUsize::new(0);
    let measured = || {
        let one = |trial: &Trial| {
            let measured = measure(folder, trial, another(trial), (scale_px, scales))?;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, trials.len());
            Ok(measured)
        };
        trials.par_iter().map(one).collect::<Result<Vec<Measured>, Problem>>()
    };
    let measured = few_at_a_time(largest_px.unwrap_or(0), measured)?;
    Ok(sum_up(folder, thresholds, (scale_px, scales), &measured))
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
    (scale_px, scales): (u32, usize),
    measured: &[Measured],
) -> Report {
    let set = folder.set();
    let counted: Vec<(&Trial, &Measured)> =
        set.trials().iter().zip(measured).filter(|(trial, _)| trial.role == Role::Test).collect();
    let to_another: Vec<f64> = counted.iter().filter_map(|(_, measured)| measured.to_another).collect();
    let other_pictures = Mean::of(&to_another);
    let texture: Vec<[Vec<f32>; 3]> = counted.iter().map(|(_, measured)| measured.texture.clone()).collect();
    let report_of = |(trial, measured): (&Trial, &Measured)| {
        trial_report(trial, measured, thresholds, other_pictures.map(|other| other.mean))
    };
    Report {
        software: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
        set: set.name().clone(),
        set_hash: set.hash().clone(),
        made: set.made().clone(),
        scale_px,
        texture_scales: scales,
        thresholds,
        other_pictures,
        controls: controls(&counted, &texture),
        layers: layers(&texture, scales),
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
