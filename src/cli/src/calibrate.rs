//! Brings weights onto 4 bits with the help of pictures: what the layers were given says which errors matter.

use anyhow::Result;
use gestalt_networks::import::{Calibration, Imported};
use gestalt_networks::pack::Weights;
use gestalt_networks::preprocess::Preprocess;
use gestalt_observers::Rgb8;
use gestalt_stimuli::scenes::{Category, render};
use rayon::prelude::*;

use crate::progress;

/// Side of the scenes in pixels.
const SIDE_PX: u32 = 224;
/// The first seed; [`crate::compare`] takes others, so that it is no judge in its own cause.
const FIRST_SEED: u64 = 1_000_000;

/// The weights, those of linear layers on values that 4 bits hold exactly; as they are where `count` is 0 or the architecture's layers cannot
/// be listened to, which is said.
pub fn calibrated(imported: &Imported, preprocess: &Preprocess, count: u32) -> Result<Weights> {
    let mut weights = imported.weights.clone();
    if count == 0 {
        return Ok(weights);
    }
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
        Calibration::on(&imported.architecture, &weights, prepared.into_iter().inspect(|_| bar.inc(1)));
    bar.finish_and_clear();
    let Some(calibration) = calibration else {
        println!("note: the weights of this architecture are rounded one by one");
        return Ok(weights);
    };
    let keys: Vec<&str> = calibration.keys().collect();
    let bar = progress::bar(keys.len() as u64, "matrices rounded");
    let rounded: Vec<_> = keys
        .into_par_iter()
        .map(|key| {
            let rounded = weights.get(key).and_then(|weight| calibration.rounded(key, weight));
            bar.inc(1);
            (key, rounded)
        })
        .collect();
    bar.finish_and_clear();
    for (key, rounded) in rounded {
        match rounded {
            Some(rounded) => drop(weights.insert(key.to_owned(), rounded)),
            None => println!("note: {key} is rounded weight by weight"),
        }
    }
    Ok(weights)
}
