//! Brings weights onto 4 bits with the help of pictures: what the layers were given says which errors
//! matter, and which layers stay in 8.

use std::collections::BTreeSet;

use anyhow::Result;
use gestalt_models::import::{Calibration, Imported, Rounded};
use gestalt_models::pack::too_coarse;
use gestalt_networks::preprocess::{Preprocess, Rgb8};
use gestalt_networks::weight::Weights;
use gestalt_scenes::{Category, render};
use rayon::prelude::*;

use crate::progress;

/// Side of the scenes in pixels.
const SIDE_PX: u32 = 224;
/// The first seed; [`crate::compare`] takes others, so that it is no judge in its own cause.
const FIRST_SEED: u64 = 1_000_000;

/// The weights, those of linear layers on values that 4 bits hold exactly, and the tensors that stay in 8
/// bits because 4 err too much. Where `count` is 0 or the architecture's layers cannot be listened to, which
/// is said, every tensor is judged by its own rounding.
pub fn calibrated(
    imported: &Imported,
    preprocess: &Preprocess,
    count: u32,
) -> Result<(Weights, BTreeSet<String>)> {
    let mut weights = imported.weights.clone();
    let mut in_eight = too_coarse(&weights);
    for (key, rounded) in fitted(imported, preprocess, count)? {
        match rounded {
            Some(Rounded::Four(rounded)) => {
                in_eight.remove(&key);
                weights.insert(key, rounded);
            }
            Some(Rounded::Eight) => drop(in_eight.insert(key)),
            None => println!("note: {key} is rounded weight by weight"),
        }
    }
    in_eight.iter().for_each(|key| println!("note: {key} stays in 8 bits"));
    Ok((weights, in_eight))
}

/// What became of every layer that could be listened to.
fn fitted(
    imported: &Imported,
    preprocess: &Preprocess,
    count: u32,
) -> Result<Vec<(String, Option<Rounded>)>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let weights = &imported.weights;
    let pictures = (0..count).map(|number| {
        let category = Category::ALL[number as usize % Category::ALL.len()];
        render(category, FIRST_SEED + u64::from(number), SIDE_PX)
    });
    let prepared = pictures.map(|picture| {
        let side = SIDE_PX as usize;
        Rgb8::new(picture.as_raw(), side, side).map(|view| preprocess.apply(view))
    });
    let prepared: Vec<Vec<f32>> = prepared.collect::<Result<_, _>>()?;
    let bar = progress::bar(u64::from(count), "pictures to calibrate on");
    let calibration =
        Calibration::on(&imported.architecture, weights, prepared.into_iter().inspect(|_| bar.inc(1)));
    bar.finish_and_clear();
    let Some(calibration) = calibration else {
        println!("note: the weights of this architecture are rounded one by one");
        return Ok(Vec::new());
    };
    let keys: Vec<&str> = calibration.keys().collect();
    let bar = progress::bar(keys.len() as u64, "matrices rounded");
    let rounded = keys.into_par_iter().map(|key| {
        let rounded = weights.get(key).and_then(|weight| calibration.rounded(key, weight));
        bar.inc(1);
        (key.to_owned(), rounded)
    });
    let rounded = rounded.collect();
    bar.finish_and_clear();
    Ok(rounded)
}
