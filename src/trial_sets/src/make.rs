//! Makes a trial set: pictures, distortions, files, and the measures of how good the distortions are.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use gestalt_protocol::{ImageEntry, Made, Task, Trial, TrialSet};
use gestalt_types::{Name, Sha256};
use rayon::prelude::*;

use super::duplicates::Sources;
use super::error::MakeError;
use super::folder::TrialSetFolder;
use super::journal::{Finished, Journal};
use super::missing::Run;
use super::plan::{self, Planned};
use super::recipe::{ImageFolder, Recipe, Source};
use super::write::write_triplet;
use gestalt_images::oddity::Oddities;
use gestalt_images::photographs;
use gestalt_images::photographs::{Photograph, Skipped};
use gestalt_images::size::Size;
use gestalt_synthesis::measure::Comparison;
use gestalt_synthesis::{SynthesisReport, TripletMeasure};

/// A set whose images are all written, but which no reader takes for a set yet: it can be looked at, and
/// refused.
#[derive(Debug)]
pub struct UnpublishedSet {
    folder: TrialSetFolder,
    journal: Journal,
    /// Photographs that were left out.
    pub skipped: Vec<Skipped>,
    /// What was unusual about those that were read, a line each.
    pub notes: Vec<String>,
    /// How good the distortions of its practice and test trials are, one report for each synthesis of the
    /// recipe.
    pub reports: Vec<SynthesisReport>,
}

impl UnpublishedSet {
    /// The set and its images, which can be read already.
    pub fn folder(&self) -> &TrialSetFolder {
        &self.folder
    }

    /// Writes the file of the trials, which makes the folder a trial set.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn publish(self) -> Result<MadeSet, MakeError> {
        let Self { folder, journal, skipped, notes: _, reports } = self;
        folder.publish()?;
        journal.close()?;
        Ok(MadeSet { set: folder.into_set(), skipped, reports })
    }
}

/// A set that was made, and what is to be told about it.
#[derive(Debug)]
pub struct MadeSet {
    /// The set.
    pub set: TrialSet,
    /// Photographs that were left out.
    pub skipped: Vec<Skipped>,
    /// As of the [`UnpublishedSet`].
    pub reports: Vec<SynthesisReport>,
}

/// How far the making of a set is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many photographs of so many are read: all are, once, before the first trial is made.
    Read(usize, usize),
    /// So many trials of so many are made.
    Made(usize, usize),
}

/// Makes the set of `recipe` in the folder `out`; `progress` is told how far it is, from several threads.
///
/// The folder must be new or empty, or hold what an interrupted run of the same recipe has left: finished
/// trials are then kept, and the set becomes the same as without the interruption. The file of the trials is
/// written by
/// [`UnpublishedSet::publish`]: a folder without it is one that was not finished.
///
/// # Errors
/// When the folder is not empty, was begun by another recipe or cannot be written, the size does not go with
/// the patches, two syntheses make one condition, or there are too few photographs. A single photograph that
/// cannot be used is no error but among the skipped.
pub fn make(
    recipe: &Recipe,
    out: &Path,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<UnpublishedSet, MakeError> {
    for synthesis in recipe.syntheses() {
        let (smallest_px, largest_px) = (synthesis.smallest_px(), synthesis.largest_px());
        let what = format!("{} synthesis at a scale of {} px", synthesis.name(), synthesis.scale_px());
        check_size(recipe.size, what, smallest_px, largest_px)?;
    }
    let made = recipe.made()?;
    let journal = Journal::open(out, &recipe.record())?;
    let Usable { planned, mut skipped, notes } = plan_trials(recipe, progress)?;
    let run = Run { journal: &journal, out, encoding: recipe.encoding, size: recipe.size };
    let told = |done, total| progress(Progress::Made(done, total));
    let trials = run.finish(&planned, Planned::key, |planned| make_trial(planned, recipe, out), &told)?;
    let mut finished = Vec::with_capacity(trials.len());
    for outcome in trials {
        match outcome {
            Ok(trial) => finished.push(trial),
            Err(photograph) => skipped.push(photograph),
        }
    }
    let trials = finished.iter().map(|f| (f.trial.clone(), f.images.clone())).collect();
    let set = assemble(recipe.name.clone(), made, trials)?;
    let folder = TrialSetFolder::unpublished(out, set);
    journal.remove_leftovers(folder.set())?;
    let reports = (0..recipe.syntheses().count())
        .map(|nth| report(recipe, nth, &planned, &finished, &folder))
        .collect::<Result<_, _>>()?;
    Ok(UnpublishedSet { folder, journal, skipped, notes, reports })
}

/// Whether `what` can be done with pictures of this size.
pub(super) fn check_size(
    size: Size,
    what: String,
    smallest_px: u32,
    largest_px: u32,
) -> Result<(), MakeError> {
    if size.shorter_px() < smallest_px || size.longer_px() > largest_px {
        return Err(MakeError::Size { size, what, smallest_px, largest_px });
    }
    Ok(())
}

/// What a set is made of.
struct Usable {
    planned: Vec<Planned>,
    skipped: Vec<Skipped>,
    notes: Vec<String>,
}

fn plan_trials(recipe: &Recipe, progress: &(dyn Fn(Progress) + Sync)) -> Result<Usable, MakeError> {
    match &recipe.source {
        Source::Scenes { count, categories } => {
            let planned = plan::of_scenes(recipe, *count, categories)?;
            Ok(Usable { planned, skipped: Vec::new(), notes: Vec::new() })
        }
        Source::Images(folder) => {
            let (usable, skipped, oddities) = usable_photographs(folder, recipe.size, progress)?;
            let needed = (recipe.practice + recipe.catch + 1) as usize + plan::controls(recipe);
            if usable.len() < needed {
                return Err(MakeError::TooFew { folder: folder.path.clone(), found: usable.len(), needed });
            }
            let planned = plan::of_photographs(recipe, usable)?;
            Ok(Usable { planned, skipped, notes: oddities.lines().collect() })
        }
    }
}

/// Reads every photograph once before planning, so that a broken file or a second copy does not cost a
/// practice or catch trial.
fn usable_photographs(
    folder: &ImageFolder,
    size: Size,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(Vec<Photograph>, Vec<Skipped>, Oddities), MakeError> {
    let listing = photographs::list(&folder.path, folder.category_level)
        .map_err(|error| MakeError::Io { path: folder.path.clone(), error })?;
    let mut skipped = listing.skipped;
    let (done, total) = (AtomicUsize::new(0), listing.photographs.len());
    let surveyed: Vec<_> = listing
        .photographs
        .into_par_iter()
        .map(|photograph| {
            let survey = photographs::survey(&photograph.path, size);
            progress(Progress::Read(done.fetch_add(1, Ordering::Relaxed) + 1, total));
            match survey {
                Ok(survey) => Ok((photograph, survey)),
                Err(error) => Err(skipped_for(&photograph.path, &error)),
            }
        })
        .collect();
    let mut usable = Vec::new();
    let mut sources = Sources::new(folder.duplicates);
    let mut oddities = Oddities::default();
    for outcome in surveyed {
        let (photograph, survey) = match outcome {
            Ok(read) => read,
            Err(unusable) => {
                skipped.push(unusable);
                continue;
            }
        };
        if let Some(repeat) = sources.repeated(&survey.content, survey.appearance.as_ref()) {
            skipped.push(Skipped { path: photograph.path, reason: repeat.reason() });
            continue;
        }
        oddities.note(&photograph.path, &survey.oddities);
        sources.add(&photograph.path, survey.content, survey.appearance);
        usable.push(photograph);
    }
    Ok((usable, skipped, oddities))
}

fn skipped_for(path: &Path, error: &impl std::fmt::Display) -> Skipped {
    Skipped { path: path.to_owned(), reason: error.to_string() }
}

fn make_trial(
    planned: &Planned,
    recipe: &Recipe,
    out: &Path,
) -> Result<Result<Finished, Skipped>, MakeError> {
    let path = planned.path().cloned().unwrap_or_default();
    let synthesis = recipe.synthesis(planned.synthesis);
    let triplet = match planned.triplet(synthesis, recipe.size) {
        Ok(triplet) => triplet,
        Err(error) => return Ok(Err(skipped_for(&path, &error))),
    };
    let triplet = triplet.equalised(recipe.equalise_jpeg)?;
    let [first, second] = &triplet.distortions;
    if *first == triplet.intact || *second == triplet.intact || first == second {
        let reason = "is so even that its distortions look like itself; use a picture that shows something";
        return Ok(Err(Skipped { path, reason: reason.into() }));
    }
    let measure = planned.is_measured().then(|| TripletMeasure::of_triplet(&triplet, synthesis.scale_px()));
    let images = write_triplet(&triplet, planned.intact.index(), recipe.encoding, out)?;
    let trial = Trial {
        id: planned.id.clone(),
        role: planned.role,
        category: planned.category.clone(),
        condition: planned.condition.clone(),
        images: images.clone().map(|entry| entry.hash),
        intact: planned.intact,
        source: planned.source.clone(),
    };
    Ok(Ok(Finished { key: planned.key(), trial, images, measure }))
}

/// Sums up the trials of the `nth` synthesis. Intact pictures are read again one by one, since those of a
/// large set do not go into memory together.
fn report(
    recipe: &Recipe,
    nth: usize,
    planned: &[Planned],
    finished: &[Finished],
    folder: &TrialSetFolder,
) -> Result<SynthesisReport, MakeError> {
    let of_nth: HashSet<&Name> =
        planned.iter().filter(|planned| planned.synthesis == nth).map(|planned| &planned.id).collect();
    let measured: Vec<(&Finished, TripletMeasure)> = finished
        .iter()
        .filter(|finished| of_nth.contains(&finished.trial.id))
        .filter_map(|finished| Some((finished, finished.measure?)))
        .collect();
    let intact = |finished: &Finished| folder.read_entry(&finished.images[finished.trial.intact.index()]);
    let synthesis = recipe.synthesis(nth);
    let scale_px = synthesis.scale_px();
    let yardstick = measured.par_windows(2).map(|pair| {
        let (one, next) = (intact(pair[0].0)?, intact(pair[1].0)?);
        Ok(Comparison::of(&one, &next, scale_px).texture_distance)
    });
    Ok(SynthesisReport {
        name: synthesis.name(),
        scale_px,
        yardstick: yardstick.collect::<Result<_, MakeError>>()?,
        triplets: measured.iter().map(|(_, measure)| *measure).collect(),
    })
}

/// The set of these trials; an image that several of them show is listed once.
pub(super) fn assemble(
    name: Name,
    made: Made,
    trials: Vec<(Trial, [ImageEntry; 3])>,
) -> Result<TrialSet, MakeError> {
    let images: BTreeMap<Sha256, ImageEntry> = trials
        .iter()
        .flat_map(|(_, entries)| entries)
        .map(|entry| (entry.hash.clone(), entry.clone()))
        .collect();
    let trials = trials.into_iter().map(|(trial, _)| trial).collect();
    Ok(TrialSet::new(name, Task::Disrt, made, images.into_values().collect(), trials)?)
}
