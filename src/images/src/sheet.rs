//! Pictures side by side, and masks as pictures: for the eye only.

use image::imageops::replace;
use image::{GrayImage, Luma, Rgb, RgbImage};

/// Between pictures and round the sheet.
const GAP_PX: u32 = 4;

/// A row of pictures below another, all as large as the first.
pub fn tiled(rows: &[Vec<RgbImage>]) -> RgbImage {
    let (width, height) = rows.first().and_then(|row| row.first()).map_or((0, 0), RgbImage::dimensions);
    let place = |index: usize, side: u32| index as u32 * (side + GAP_PX) + GAP_PX;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut sheet = RgbImage::from_pixel(place(columns, width), place(rows.len(), height), Rgb([160; 3]));
    for (row, pictures) in rows.iter().enumerate() {
        for (column, picture) in pictures.iter().enumerate() {
            replace(&mut sheet, picture, place(column, width).into(), place(row, height).into());
        }
    }
    sheet
}

/// A mask whose `labels` (two or more) labels are spread from black (0) to white (the last), in rows of
/// `width_px`.
pub fn mask_picture(mask: &[u8], width_px: u32, labels: u8) -> GrayImage {
    let step = u8::MAX / (labels.max(2) - 1);
    let height_px = mask.len() as u32 / width_px;
    GrayImage::from_fn(width_px, height_px, |x, y| Luma([mask[(y * width_px + x) as usize] * step]))
}
