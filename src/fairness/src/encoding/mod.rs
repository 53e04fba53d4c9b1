//! An observer that sees only how pictures were encoded: what it solves, people and networks may solve for
//! the wrong reason.
//!
//! For each trace alone, and for all together, the odd one of three pictures is the one farthest from the
//! other two. Two equally far are a tie, which is never counted as correct. On a fair set every trace is
//! right one time in three.

mod dct;
mod jpeg_header;
mod odd_one;
mod plane;
mod traces;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use gestalt_images::photographs;
use gestalt_protocol::{ImageEntry, Role, Trial, TrialSet};
use gestalt_synthesis::controls::CONTROL_PREFIX;
use gestalt_trial_sets::{IMPORTED, Problem, TrialSetFolder};
use gestalt_types::Name;
use image::{RgbImage, imageops};
use rayon::prelude::*;
use serde::Serialize;

pub use odd_one::{TraceResult, odd_one};
pub(crate) use plane::colour_differences;

use self::odd_one::results;
use self::traces::PIXEL_TRACES;
use crate::memory::few_at_a_time;

/// A set is refused when chance alone would do as well with a probability below this, corrected for the
/// number of traces that were tried.
pub const LEVEL: f64 = 0.01;
/// Of larger sources the top left part of this size is measured: enough to see an encoding, and quick.
const MEASURED_PX: u32 = 1024;
/// Memory that the traces of a picture take for each of its pixels, its decoding included, in bytes.
const BYTES_PER_PIXEL: u64 = 70;

/// What the encoding observer made of a set, or of the files that one was imported from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EncodingReport {
    /// How many trials it took.
    pub trials: usize,
    /// What came of each trace, and of all together.
    pub traces: Vec<TraceResult>,
    /// File sizes measure what a picture shows as much as how it was encoded: told, but never a reason to
    /// refuse.
    pub file_size: Option<TraceResult>,
}

/// A file or picture that cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum EncodingError {
    /// A picture of the set.
    #[error(transparent)]
    Set(#[from] Problem),
    /// A file that was imported.
    #[error("{} cannot be measured ({reason}); check that it is still where it was", path.display())]
    Source {
        /// Which one.
        path: PathBuf,
        /// What the decoder or the system said.
        reason: String,
    },
}

impl EncodingReport {
    /// The traces by which the trials can be solved above chance (exact binomial test, one-sided, Holm
    /// 1979).
    pub fn given_away_by(&self) -> Vec<&TraceResult> {
        self.traces.iter().filter(|trace| trace.corrected_p < LEVEL).collect()
    }
}

/// The trials that count: test trials, but for the controls of a set that was made here, which differ in
/// their encoding, their arrangement or their odd picture on purpose.
pub fn must_be_fair(set: &TrialSet) -> impl Fn(&Trial) -> bool + Sync + use<> {
    let imported = set.made().synthesis.starts_with(IMPORTED);
    move |trial| {
        trial.role == Role::Test && (imported || !trial.condition.as_str().starts_with(CONTROL_PREFIX))
    }
}

/// Takes those trials of a set that are `counted`, by the pixels of their pictures.
///
/// # Errors
/// When a picture is missing, altered or cannot be decoded.
pub fn of_set(
    folder: &TrialSetFolder,
    counted: impl Fn(&Trial) -> bool,
) -> Result<EncodingReport, EncodingError> {
    let trials: Vec<&Trial> = folder.set().trials().iter().filter(|trial| counted(trial)).collect();
    let largest_pixels = folder.set().images().iter().map(pixels).max().unwrap_or(0);
    let measured: Vec<[Measured; 3]> = few_at_a_time(largest_pixels * BYTES_PER_PIXEL, || {
        let of_trial = |trial: &&Trial| three(|slot| of_image(folder, trial, slot));
        trials.par_iter().map(of_trial).collect::<Result<_, EncodingError>>()
    })?;
    let odd: Vec<usize> = trials.iter().map(|trial| trial.intact.index()).collect();
    Ok(report(&PIXEL_TRACES, &measured, &odd))
}

/// Takes the trials that were made of these files, by the files themselves: what would have been given away
/// had they been shown as they were.
///
/// # Errors
/// When a file cannot be read any more.
pub fn of_sources(
    sources: &[(Name, [PathBuf; 3])],
    set: &TrialSet,
    counted: impl Fn(&Trial) -> bool,
) -> Result<EncodingReport, EncodingError> {
    let trials: Vec<(&[PathBuf; 3], usize)> = sources
        .iter()
        .filter_map(|(id, files)| Some((files, set.trial(id).filter(|trial| counted(trial))?.intact.index())))
        .collect();
    // Whole files are decoded in the room that all threads share; this is what comes after.
    let measured: Vec<[Measured; 3]> =
        few_at_a_time(u64::from(MEASURED_PX).pow(2) * BYTES_PER_PIXEL, || {
            let of_files = |(files, _): &(&[PathBuf; 3], usize)| three(|slot| of_source(&files[slot]));
            trials.par_iter().map(of_files).collect::<Result<_, EncodingError>>()
        })?;
    let odd: Vec<usize> = trials.iter().map(|(_, odd)| *odd).collect();
    let names: Vec<&'static str> = STATED_TRACES.into_iter().chain(PIXEL_TRACES).collect();
    Ok(report(&names, &measured, &odd))
}

const FILE_SIZE: &str = "file size";
/// What a file says of itself: quality of the quantisation tables, colour samples per pixel.
const STATED_TRACES: [&str; 2] = ["JPEG quality by its tables", "chroma subsampling as stated"];

/// What one picture or file shows of its encoding.
struct Measured {
    traces: Vec<f64>,
    /// Logarithm of bytes per pixel.
    file_size: f64,
}

fn report(names: &[&'static str], measured: &[[Measured; 3]], odd: &[usize]) -> EncodingReport {
    let of = |numbers: fn(&Measured) -> Vec<f64>| -> Vec<[Vec<f64>; 3]> {
        measured.iter().map(|three| three.each_ref().map(numbers)).collect()
    };
    EncodingReport {
        trials: measured.len(),
        traces: results(names, &of(|one| one.traces.clone()), odd),
        file_size: results(&[FILE_SIZE], &of(|one| vec![one.file_size]), odd).into_iter().next(),
    }
}

fn three<T>(measure: impl Fn(usize) -> Result<T, EncodingError>) -> Result<[T; 3], EncodingError> {
    Ok([measure(0)?, measure(1)?, measure(2)?])
}

fn of_image(folder: &TrialSetFolder, trial: &Trial, slot: usize) -> Result<Measured, EncodingError> {
    let hash = &trial.images[slot];
    let picture = folder.read_image(hash)?;
    let path = folder.image_path(hash);
    let bytes = fs::metadata(&path).map_err(|error| unmeasured(&path, &error))?.len();
    Ok(Measured { traces: traces::of(&picture).to_vec(), file_size: bytes_per_pixel(bytes, &picture) })
}

fn of_source(path: &Path) -> Result<Measured, EncodingError> {
    let looked = photographs::look(path, |bytes, whole| {
        let (width, height) = whole.dimensions();
        // From the corner where an encoder's blocks begin.
        let corner = imageops::crop_imm(whole, 0, 0, width.min(MEASURED_PX), height.min(MEASURED_PX));
        (jpeg_header::read(bytes), bytes_per_pixel(bytes.len() as u64, whole), corner.to_image())
    });
    let (header, file_size, corner) = looked.map_err(|error| unmeasured(path, &error))?;
    let mut traces = vec![header.quality, header.chroma_samples];
    traces.extend(traces::of(&corner));
    Ok(Measured { traces, file_size })
}

fn bytes_per_pixel(bytes: u64, picture: &RgbImage) -> f64 {
    (bytes as f64 / f64::from(picture.width().max(1)) / f64::from(picture.height().max(1))).ln()
}

/// How many an image of a set has.
pub(crate) fn pixels(image: &ImageEntry) -> u64 {
    u64::from(image.width_px) * u64::from(image.height_px)
}

fn unmeasured(path: &Path, error: &dyn fmt::Display) -> EncodingError {
    EncodingError::Source { path: path.to_owned(), reason: error.to_string() }
}

impl fmt::Display for EncodingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for trace in &self.traces {
            writeln!(f, "  {trace}")?;
        }
        if let Some(size) = &self.file_size {
            writeln!(f, "  {size}  (told only: it measures the picture too)")?;
        }
        Ok(())
    }
}
