//! A sheet of reconstructions, so that a person sees what a masked autoencoder has learned.

use image::{Rgb, RgbImage};

use super::mask::{Mask, mean_and_deviation};
use crate::batch::{Batch, View};

/// Pictures on a sheet.
const ROWS: usize = 12;
/// Space between pictures, in pixels.
const GAP_PX: u32 = 4;

/// Each row is a picture, the patches that the encoder saw, and those with the decoder's predictions.
///
/// `predicted` holds the hidden patches, `[b, n - v, patch_len]`. A predicted patch is normalised; the true
/// patch's mean and deviation bring it back, as in the authors' figures.
pub fn draw(predicted: &[f32], batch: &Batch<Mask>, view: &View) -> RgbImage {
    let (side, rows) = (view.image_px as u32 + GAP_PX, batch.pictures.min(ROWS));
    let mut sheet = RgbImage::from_pixel(side * 3, side * rows as u32, Rgb([255; 3]));
    let (len, hidden) = (batch.patch_len, batch.patches - batch.visible());
    let grey = vec![0.0; len];
    for (row, mask) in batch.drawn().iter().take(rows).enumerate() {
        let corner = |column: u32| (column * side, row as u32 * side);
        for &patch in mask.visible() {
            let truth = batch.patch(row, patch);
            (0..3).for_each(|column| paint(&mut sheet, corner(column), patch, truth, view));
        }
        for (place, &patch) in mask.hidden().iter().enumerate() {
            let truth = batch.patch(row, patch);
            let (mean, deviation) = mean_and_deviation(truth);
            let predicted = &predicted[(row * hidden + place) * len..][..len];
            let restored: Vec<f32> = predicted.iter().map(|value| value * deviation + mean).collect();
            for (column, values) in (0..).zip([truth, &grey, &restored]) {
                paint(&mut sheet, corner(column), patch, values, view);
            }
        }
    }
    sheet
}

/// Paints one patch into the picture whose upper left corner is `corner`, in pixels.
fn paint(sheet: &mut RgbImage, corner: (u32, u32), patch: usize, values: &[f32], view: &View) {
    let (grid, p, by) = (view.image_px / view.patch_px, view.patch_px, &view.normalise);
    for y in 0..p {
        for x in 0..p {
            let colour = |c: usize| ((values[(c * p + y) * p + x] * by.std[c] + by.mean[c]) * 255.0) as u8;
            let (left, top) = ((patch % grid * p + x) as u32, (patch / grid * p + y) as u32);
            sheet.put_pixel(corner.0 + left, corner.1 + top, Rgb([colour(0), colour(1), colour(2)]));
        }
    }
}
