//! Small copies of a set's pictures, written into the page itself.

use data_encoding::BASE64;
use gestalt_trial_sets::TrialSetFolder;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use maud::{Markup, html};
use rayon::prelude::*;

use super::PageError;
use crate::report::TrialReport;

/// Quality of the copies, of 100. They are for looking at, not for showing to observers.
const QUALITY: u8 = 82;

/// The three pictures of a trial as addresses that hold the picture: intact, first and second distortion.
pub(super) struct Triplet([String; 3]);

/// Reads the pictures of these trials and reduces them to `side_px`; larger sides are left as they are when
/// smaller already.
pub(super) fn triplets(
    folder: &TrialSetFolder,
    trials: &[&TrialReport],
    side_px: u32,
) -> Result<Vec<Triplet>, PageError> {
    let of = |trial: &&TrialReport| {
        let [first, second] = &trial.distortions;
        let [intact, first, second] =
            [&trial.intact, first, second].map(|hash| small(folder.read_image(hash)?, side_px));
        Ok(Triplet([intact?, first?, second?]))
    };
    trials.par_iter().map(of).collect()
}

fn small(picture: image::RgbImage, side_px: u32) -> Result<String, PageError> {
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    let picture = if longer <= side_px {
        picture
    } else {
        let side = |px: u32| ((f64::from(px) * f64::from(side_px) / f64::from(longer)).round() as u32).max(1);
        imageops::resize(&picture, side(width), side(height), FilterType::Triangle)
    };
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&picture)?;
    Ok(format!("data:image/jpeg;base64,{}", BASE64.encode(&bytes)))
}

const NAMES: [&str; 3] = ["Intact", "Distortion 1", "Distortion 2"];

impl Triplet {
    /// The pictures side by side with a line under each.
    pub(super) fn figure(&self, trial: &TrialReport, lines: [String; 3]) -> Markup {
        html! {
            div.triplet {
                @for ((source, name), line) in self.0.iter().zip(NAMES).zip(lines) {
                    div {
                        img src=(source) alt=(alternative(trial, name));
                        p { (name) br; span.note { (line) } }
                    }
                }
            }
        }
    }

    /// The pictures in one row, for a cell of a table.
    pub(super) fn row(&self, trial: &TrialReport) -> Markup {
        html! {
            @for (source, name) in self.0.iter().zip(NAMES) {
                img src=(source) alt=(alternative(trial, name)) loading="lazy";
            }
        }
    }
}

fn alternative(trial: &TrialReport, name: &str) -> String {
    format!("{name}, trial {} ({})", trial.id, trial.category)
}
