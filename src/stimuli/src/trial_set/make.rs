//! Makes a trial set: pictures, distortions, files, and the measures of how good the distortions are.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use gestalt_protocol::{
    Encoding, IdentityError, ImageEntry, Made, Role, Sha256, Task, Trial, TrialSet, TrialSetError,
};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageError, RgbImage};
use rayon::prelude::*;

use super::plan::{self, Planned, Recipe, Source};
use super::{IMAGES_FOLDER, TRIALS_FILE};
use crate::photographs::{self, Skipped};
use crate::synthesis::measure::Comparison;
use crate::synthesis::{SynthesisReport, TripletMeasure};
use crate::triplets::Triplet;

/// The largest picture of a set, in pixels on each side.
pub const MAX_SIZE_PX: u32 = 2048;

/// A set that was made, and what is to be told about it.
#[derive(Debug)]
pub struct MadeSet {
    /// The set.
    pub set: TrialSet,
    /// Photographs that were left out.
    pub skipped: Vec<Skipped>,
    /// How good the distortions of its practice and test trials are.
    pub report: SynthesisReport,
}

/// Why a set cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// Something is there already.
    #[error("{} is not empty; give a new folder, or remove what is in it", .0.display())]
    NotEmpty(PathBuf),
    /// A file or folder cannot be read or written.
    #[error("{}: {error}; check that the folder exists and that the disk is not full", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Pictures too small for the synthesis, or too large.
    #[error(
        "pictures of {size_px} px do not go with a scale of {scale_px} px: from {smallest_px} to {MAX_SIZE_PX} px are needed"
    )]
    Size {
        /// The size asked for, in pixels.
        size_px: u32,
        /// The scale of the synthesis, in pixels.
        scale_px: u32,
        /// The least that goes with it, in pixels.
        smallest_px: u32,
    },
    /// Not enough photographs.
    #[error("{found} usable photographs in {}, but {needed} are needed for the practice and catch trials and one test trial; add photographs, or ask for fewer of those trials", folder.display())]
    TooFew {
        /// Where they were sought.
        folder: PathBuf,
        /// How many can be read.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// An image cannot be encoded.
    #[error("a picture cannot be encoded: {0}")]
    Encode(#[from] ImageError),
    /// A name that cannot be used.
    #[error(transparent)]
    Name(#[from] IdentityError),
    /// The trials do not form a set.
    #[error(transparent)]
    TrialSet(#[from] TrialSetError),
}

/// Makes the set of `recipe` in the folder `out`, which must be new or empty; `progress` is told how many trials of
/// how many are done, from several threads.
///
/// The file of the trials is written last: a folder without it is one that was not finished.
///
/// # Errors
/// When the folder is not empty or cannot be written, the size does not go with the patches, or there are too few
/// photographs. A single photograph that cannot be used is no error but among the skipped.
pub fn make(
    recipe: &Recipe,
    out: &Path,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<MadeSet, MakeError> {
    let scale_px = recipe.synthesis.scale_px();
    let smallest_px = recipe.synthesis.smallest_px();
    if !(smallest_px..=MAX_SIZE_PX).contains(&recipe.size_px) {
        return Err(MakeError::Size { size_px: recipe.size_px, scale_px, smallest_px });
    }
    prepare(out)?;
    let (planned, mut skipped) = plan_trials(recipe)?;
    let (total, done) = (planned.len(), AtomicUsize::new(0));
    progress(0, total);
    let made: Vec<Result<MadeTrial, Dropped>> = planned
        .par_iter()
        .map(|planned| {
            let made = make_trial(planned, recipe, out);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            made
        })
        .collect();
    let mut trials = Vec::with_capacity(total);
    for outcome in made {
        match outcome {
            Ok(trial) => trials.push(trial),
            Err(Dropped::Photograph(photograph)) => skipped.push(photograph),
            Err(Dropped::Failed(error)) => return Err(error),
        }
    }
    let report = report(&trials, scale_px);
    let set = assemble(recipe, trials)?;
    write_whole(&out.join(TRIALS_FILE), set.to_json().as_bytes())?;
    Ok(MadeSet { set, skipped, report })
}

struct MadeTrial {
    trial: Trial,
    entries: [ImageEntry; 3],
    /// The intact picture and the measures; catch trials are not measured.
    measured: Option<(RgbImage, TripletMeasure)>,
}

enum Dropped {
    Photograph(Skipped),
    Failed(MakeError),
}

fn prepare(out: &Path) -> Result<(), MakeError> {
    let images = out.join(IMAGES_FOLDER);
    let failed = |error| MakeError::Io { path: out.to_owned(), error };
    if out.exists() && fs::read_dir(out).map_err(failed)?.next().is_some() {
        return Err(MakeError::NotEmpty(out.to_owned()));
    }
    fs::create_dir_all(&images).map_err(failed)
}

fn plan_trials(recipe: &Recipe) -> Result<(Vec<Planned>, Vec<Skipped>), MakeError> {
    match &recipe.source {
        Source::Scenes { count, categories } => {
            Ok((plan::of_scenes(recipe, *count, categories)?, Vec::new()))
        }
        Source::Images(folder) => {
            let listing =
                photographs::list(folder).map_err(|error| MakeError::Io { path: folder.clone(), error })?;
            let mut skipped = listing.skipped;
            // Read once before planning, so that a broken file does not cost a practice or catch trial.
            let readable: Vec<_> = listing
                .photographs
                .into_par_iter()
                .map(|photograph| match photographs::read(&photograph.path, recipe.size_px) {
                    Ok(_) => Ok(photograph),
                    Err(error) => Err(skipped_for(&photograph.path, &error)),
                })
                .collect();
            let mut usable = Vec::new();
            for outcome in readable {
                match outcome {
                    Ok(photograph) => usable.push(photograph),
                    Err(unusable) => skipped.push(unusable),
                }
            }
            let needed = (recipe.practice + recipe.catch + 1) as usize;
            if usable.len() < needed {
                return Err(MakeError::TooFew { folder: folder.clone(), found: usable.len(), needed });
            }
            Ok((plan::of_photographs(recipe, usable)?, skipped))
        }
    }
}

fn skipped_for(path: &Path, error: &impl std::fmt::Display) -> Skipped {
    Skipped { path: path.to_owned(), reason: error.to_string() }
}

fn make_trial(planned: &Planned, recipe: &Recipe, out: &Path) -> Result<MadeTrial, Dropped> {
    let path = planned.path().cloned().unwrap_or_default();
    let triplet = planned.triplet(recipe).map_err(|error| Dropped::Photograph(skipped_for(&path, &error)))?;
    let [first, second] = &triplet.distortions;
    if *first == triplet.intact || *second == triplet.intact || first == second {
        let reason = "is so even that its distortions look like itself; use a picture that shows something";
        return Err(Dropped::Photograph(Skipped { path, reason: reason.into() }));
    }
    let measured = (planned.role != Role::Catch)
        .then(|| TripletMeasure::of(&triplet.intact, [first, second], recipe.synthesis.scale_px()));
    let entries =
        write_triplet(&triplet, planned.intact.index(), recipe.encoding, out).map_err(Dropped::Failed)?;
    let trial = Trial {
        id: planned.id.clone(),
        role: planned.role,
        category: planned.category.clone(),
        condition: planned.condition.clone(),
        images: entries.clone().map(|entry| entry.hash),
        intact: planned.intact,
    };
    Ok(MadeTrial { trial, entries, measured: measured.map(|measure| (triplet.intact, measure)) })
}

/// Writes the three images and lists them in the order of the trial, the intact one at `intact`.
fn write_triplet(
    triplet: &Triplet,
    intact: usize,
    encoding: Encoding,
    out: &Path,
) -> Result<[ImageEntry; 3], MakeError> {
    let [first, second] = &triplet.distortions;
    let write = |picture: &RgbImage| write_image(picture, encoding, out);
    let mut entries = [write(&triplet.intact)?, write(first)?, write(second)?];
    entries.swap(0, intact);
    Ok(entries)
}

fn write_image(picture: &RgbImage, encoding: Encoding, out: &Path) -> Result<ImageEntry, MakeError> {
    let bytes = encoded(picture, encoding)?;
    let hash = Sha256::of(&bytes);
    let path = out.join(IMAGES_FOLDER).join(format!("{hash}.{}", encoding.extension()));
    write_whole(&path, &bytes)?;
    Ok(ImageEntry { hash, width_px: picture.width(), height_px: picture.height() })
}

/// The one way from pixels to a file, so that encoding says nothing about which picture is intact.
fn encoded(picture: &RgbImage, encoding: Encoding) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Cursor::new(Vec::new());
    let (width, height, kind) = (picture.width(), picture.height(), ExtendedColorType::Rgb8);
    match encoding {
        Encoding::WebpLossless => {
            WebPEncoder::new_lossless(&mut bytes).write_image(picture.as_raw(), width, height, kind)?;
        }
        Encoding::Png => {
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
                .write_image(picture.as_raw(), width, height, kind)?;
        }
    }
    Ok(bytes.into_inner())
}

/// Writes under another name first, so that a file of the right name is never half written.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), MakeError> {
    let failed = |error| MakeError::Io { path: path.to_owned(), error };
    let part = path.with_extension("part");
    let mut file = fs::File::create(&part).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&part, path).map_err(failed)
}

fn report(trials: &[MadeTrial], scale_px: u32) -> SynthesisReport {
    let measured: Vec<&(RgbImage, TripletMeasure)> =
        trials.iter().filter_map(|trial| trial.measured.as_ref()).collect();
    SynthesisReport {
        scale_px,
        triplets: measured.iter().map(|(_, measure)| *measure).collect(),
        yardstick: measured
            .par_windows(2)
            .map(|pair| Comparison::of(&pair[0].0, &pair[1].0, scale_px).texture_distance)
            .collect(),
    }
}

fn assemble(recipe: &Recipe, trials: Vec<MadeTrial>) -> Result<TrialSet, MakeError> {
    let made = Made {
        source: match &recipe.source {
            Source::Scenes { .. } => "scenes".into(),
            Source::Images(folder) => {
                folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned()
            }
        },
        synthesis: recipe.synthesis.name().into(),
        scale_px: Some(recipe.synthesis.scale_px()),
        seed: recipe.seed,
        software: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).into(),
        encoding: recipe.encoding,
    };
    let images: BTreeMap<Sha256, ImageEntry> = trials
        .iter()
        .flat_map(|trial| &trial.entries)
        .map(|entry| (entry.hash.clone(), entry.clone()))
        .collect();
    let trials = trials.into_iter().map(|made| made.trial).collect();
    Ok(TrialSet::new(recipe.name.clone(), Task::Disrt, made, images.into_values().collect(), trials)?)
}
