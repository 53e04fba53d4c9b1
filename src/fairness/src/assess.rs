//! Measures a whole trial set and sums up: control observers, layers, flagged trials.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use gestalt_protocol::Trial;
use gestalt_synthesis::gram::MEASURING_BYTES;
use gestalt_trial_sets::{Problem, TrialSetFolder};
use gestalt_types::Name;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::encoding::{self, EncodingError, EncodingReport};
use crate::layers::layers;
use crate::mean::Mean;
use crate::measures::{Depth, Measured, measure, places};
use crate::memory::{MEMORY_BYTES, few_at_a_time};
use crate::observers::controls;
use crate::report::{ConditionReport, Flag, LeftOut, Report, Thresholds, TrialReport};
use crate::scales::Scales;

/// Memory that measuring a trial takes for each pixel of a picture, in bytes, besides what the filters of
/// the bank answer: mostly the bands of the texture statistics.
const BYTES_PER_PIXEL: u64 = 280;

/// Why a set cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    /// An image of it is missing, altered or broken.
    #[error(transparent)]
    Image(#[from] Problem),
    /// What was measured of a trial cannot be kept.
    #[error(transparent)]
    Keep(#[from] io::Error),
    /// Its encoding cannot be measured.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// Its pictures are too large to be measured.
    #[error(
        "the set has pictures of {pixels} pixels; measuring one takes {} MB and at most {} MB are used: make the set \
         with a smaller --size", needed_bytes / 1_000_000, MEMORY_BYTES / 1_000_000
    )]
    TooLarge {
        /// Pixels of the largest picture.
        pixels: u64,
        /// Memory that would be needed, in bytes.
        needed_bytes: u64,
    },
}

/// What an interrupted run measured, and where this run keeps what it measures.
pub struct Notebook<'a> {
    measured: HashMap<Name, Measured>,
    keep: &'a (dyn Fn(&str) -> io::Result<()> + Sync),
}

/// A line of the notebook.
#[derive(Serialize, Deserialize)]
struct Note<M> {
    trial: Name,
    measured: M,
}

impl<'a> Notebook<'a> {
    /// An empty one; `keep` is given a line for each trial, from several threads.
    pub fn new(keep: &'a (dyn Fn(&str) -> io::Result<()> + Sync)) -> Self {
        Self { measured: HashMap::new(), keep }
    }

    /// Takes a line that an earlier run of the same set kept.
    ///
    /// # Errors
    /// When it is no such line.
    pub fn recall(&mut self, line: &str) -> io::Result<()> {
        let Note { trial, measured } = serde_json::from_str(line)?;
        self.measured.insert(trial, measured);
        Ok(())
    }

    fn add(&self, trial: &Name, measured: &Measured) -> io::Result<()> {
        (self.keep)(&serde_json::to_string(&Note { trial: trial.clone(), measured })?)
    }
}

/// Measures every trial of a set; `progress` is told how many trials of how many are done, from several
/// threads.
///
/// Holds the pictures of a few trials at a time. The order of the set decides nothing but which other intact
/// picture a trial's is compared with. A trial of which an image is missing, altered or broken is left out,
/// and the report says so.
///
/// # Errors
/// When no trial can be measured, and when pictures are larger than `gestalt trials make` makes them.
pub fn assess(
    folder: &TrialSetFolder,
    thresholds: Thresholds,
    notebook: &Notebook<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report, AssessError> {
    let set = folder.set();
    let pixels = set.images().iter().map(encoding::pixels).max().unwrap_or(0);
    let needed_bytes = pixels * BYTES_PER_PIXEL + MEASURING_BYTES;
    if needed_bytes > MEMORY_BYTES {
        return Err(AssessError::TooLarge { pixels, needed_bytes });
    }
    let scales = Scales::of(set);
    let trials = set.trials();
    let done = AtomicUsize::new(0);
    let one = |at: usize| -> Result<Result<Measured, Problem>, AssessError> {
        let trial = &trials[at];
        let measured = match notebook.measured.get(&trial.id) {
            Some(measured) => Ok(measured.clone()),
            None => measure(folder, trial, scales.another(trials, at), scales.depth, scales.px[at]),
        };
        if let Ok(new) = measured.as_ref()
            && !notebook.measured.contains_key(&trial.id)
        {
            notebook.add(&trial.id, new)?;
        }
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, trials.len());
        Ok(measured)
    };
    let outcomes = few_at_a_time(needed_bytes, || {
        (0..trials.len()).into_par_iter().map(one).collect::<Result<Vec<_>, AssessError>>()
    })?;
    let mut left_out = Vec::new();
    let mut measured = Vec::with_capacity(outcomes.len());
    for (trial, outcome) in trials.iter().zip(outcomes) {
        measured.push(match outcome {
            Ok(measured) => Some(measured),
            Err(problem) if left_out.len() + 1 == trials.len() => return Err(problem.into()),
            Err(problem) => {
                left_out.push(LeftOut { id: trial.id.clone(), reason: problem.to_string() });
                None
            }
        });
    }
    let must_be_fair = encoding::must_be_fair(set);
    let is_whole = |trial: &Trial| left_out.iter().all(|left_out| left_out.id != trial.id);
    let encoding = encoding::of_set(folder, |trial| must_be_fair(trial) && is_whole(trial))?;
    Ok(sum_up(folder, (thresholds, left_out), &scales, (&measured, encoding)))
}

fn sum_up(
    folder: &TrialSetFolder,
    (thresholds, left_out): (Thresholds, Vec<LeftOut>),
    scales: &Scales,
    (measured, encoding): (&[Option<Measured>], EncodingReport),
) -> Report {
    let set = folder.set();
    // With the place of each in the set.
    let all = || {
        let trials = set.trials().iter().zip(measured).enumerate();
        trials.filter_map(|(at, (trial, measured))| Some((at, trial, measured.as_ref()?)))
    };
    let counted: Vec<(&Trial, &Measured)> =
        all().filter(|(at, ..)| scales.counted[*at]).map(|(_, trial, measured)| (trial, measured)).collect();
    let texture: Vec<[&[f32]; 3]> = counted.iter().map(|(_, measured)| measured.texture()).collect();
    let others = scales.other_pictures(measured);
    let trial_reports = all().map(|(at, trial, measured)| {
        let other = others.get(&scales.px[at]).map(|other| other.mean);
        trial_report(trial, measured, (thresholds, scales.counted[at]), other)
    });
    let of_condition = |condition| {
        let scale_px = scales.depth.scale_px(set.made(), condition);
        condition_report(condition, (scale_px, others.get(&scale_px).copied()), scales.depth, &counted)
    };
    Report {
        software: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
        set: set.name().clone(),
        set_hash: set.hash().clone(),
        made: set.made().clone(),
        texture_scales: scales.depth.texture_scales,
        bank_levels: scales.depth.bank_levels,
        thresholds,
        wholeness: None,
        controls: controls(&counted, &texture),
        encoding,
        conditions: conditions(&counted).into_iter().map(of_condition).collect(),
        trials: trial_reports.collect(),
        left_out,
    }
}

/// The conditions of these trials, in their order.
fn conditions<'a>(counted: &[(&'a Trial, &Measured)]) -> Vec<&'a Name> {
    let mut conditions: Vec<&Name> = Vec::new();
    for (trial, _) in counted {
        if !conditions.contains(&&trial.condition) {
            conditions.push(&trial.condition);
        }
    }
    conditions
}

fn condition_report(
    condition: &Name,
    (scale_px, other_pictures): (u32, Option<Mean>),
    depth: Depth,
    counted: &[(&Trial, &Measured)],
) -> ConditionReport {
    let of = || counted.iter().filter(|(trial, _)| trial.condition == *condition);
    let texture: Vec<[&[f32]; 3]> = of().map(|(_, measured)| measured.texture()).collect();
    let bank: Vec<[&[f32]; 3]> = of().map(|(_, measured)| measured.bank()).collect();
    ConditionReport {
        condition: condition.clone(),
        trials: texture.len(),
        scale_px,
        other_pictures,
        layers: [layers(&texture, &depth.texture_groups()), layers(&bank, &depth.bank_groups(&bank))]
            .concat(),
    }
}

fn trial_report(
    trial: &Trial,
    measured: &Measured,
    (thresholds, counted): (Thresholds, bool),
    other: Option<f64>,
) -> TrialReport {
    let pairs = measured.pairs;
    let other = other.filter(|distance| *distance > 0.0);
    let texture_share = pairs.with_intact.map(|pair| other.map(|other| pair.texture_distance / other));
    let kept = pairs.with_intact.iter().map(|pair| pair.kept_whole).fold(0.0, f64::max);
    let lost = texture_share.iter().flatten().copied().fold(0.0, f64::max);
    let mut flags = Vec::new();
    if counted {
        flags.extend((kept > thresholds.kept_above).then_some(Flag::KeptWhole));
        flags.extend((lost > thresholds.texture_above).then_some(Flag::LostTexture));
    }
    let [intact, first, second] = places(trial).map(|place| trial.images[place].clone());
    TrialReport {
        id: trial.id.clone(),
        role: trial.role,
        counted,
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
