//! A sheet of reconstructions, so that a person sees what a masked autoencoder has learned.

use std::path::Path;

use burn::tensor::Device;
use gestalt_networks::preprocess::Normalise;
use image::{Rgb, RgbImage};

use crate::TrainError;
use crate::batch::{Batch, mean_and_deviation};
use crate::mae::Mae;
use crate::recipe::Recipe;

/// Writes `reconstructions.png`: each row is a picture, what the encoder saw of it, and what the decoder made of that.
///
/// A predicted patch is normalised; the true patch's mean and deviation bring it back, as in the authors' figures.
pub fn write(
    out: &Path,
    model: &Mae,
    batch: &Batch,
    recipe: &Recipe,
    normalise: &Normalise,
    device: &Device,
) -> Result<(), TrainError> {
    let predicted = model.predict(batch, device).into_data();
    let predicted = predicted.as_slice::<f32>().map_err(|e| TrainError::Plot { why: e.to_string() })?;
    let (side, rows) = (recipe.model.image_px as u32, batch.pictures.min(12));
    let mut sheet = RgbImage::from_pixel((side + 4) * 3, (side + 4) * rows as u32, Rgb([255; 3]));
    let len = recipe.model.patch_len();
    for row in 0..rows {
        let (pixels, order) = (batch.picture(row), batch.order(row));
        for (place, &patch) in order.iter().enumerate() {
            let truth = &pixels[patch * len..][..len];
            let visible = place < batch.visible;
            let made: Vec<f32> = if visible {
                truth.to_vec()
            } else {
                let at = (row * (batch.patches - batch.visible) + place - batch.visible) * len;
                let (mean, deviation) = mean_and_deviation(truth);
                predicted[at..][..len].iter().map(|value| value * deviation + mean).collect()
            };
            let grey = vec![0.0; len];
            let seen = if visible { truth } else { &grey };
            for (column, values) in [truth, seen, &made].into_iter().enumerate() {
                let corner = (column as u32 * (side + 4), row as u32 * (side + 4));
                paint(&mut sheet, corner, patch, values, recipe, normalise);
            }
        }
    }
    let file = out.join("reconstructions.png");
    sheet.save(&file).map_err(|e| TrainError::Plot { why: format!("{}: {e}", file.display()) })
}

fn paint(
    sheet: &mut RgbImage,
    corner: (u32, u32),
    patch: usize,
    values: &[f32],
    recipe: &Recipe,
    by: &Normalise,
) {
    let (grid, p) = (recipe.model.grid(), recipe.model.patch_px);
    for y in 0..p {
        for x in 0..p {
            let colour = |c: usize| ((values[(c * p + y) * p + x] * by.std[c] + by.mean[c]) * 255.0) as u8;
            let (left, top) = ((patch % grid * p + x) as u32, (patch / grid * p + y) as u32);
            sheet.put_pixel(corner.0 + left, corner.1 + top, Rgb([colour(0), colour(1), colour(2)]));
        }
    }
}
