//! All figures on one sheet, so that they can be judged by eye.

use image::RgbImage;

use super::{Figure, ParameterError, Probe};
use gestalt_images::sheet::{mask_picture, tiled};

/// What is set in the columns of a row.
type Columns = [&'static [(&'static str, f64)]; 5];

/// The mask of the second column is drawn in the last.
const VARIANTS: [(Figure, Columns); 5] = [
    (Figure::KanizsaSquare, KANIZSA),
    (Figure::KanizsaTriangle, KANIZSA),
    (
        Figure::DottedContour,
        [
            &[("noise-dots", 0.0)],
            &[],
            &[("jitter", 0.4)],
            &[("contour-dots", 48.0), ("wobble", 0.3)],
            &[("control", 1.0)],
        ],
    ),
    (
        Figure::ProximityGroups,
        [
            &[("gap-ratio", 1.5)],
            &[],
            &[("gap-ratio", 6.0)],
            &[("discs", 1.0), ("members", 3.0), ("rotation", 30.0)],
            &[("control", 1.0)],
        ],
    ),
    (
        Figure::Convexity,
        [
            &[("bulge", 0.1)],
            &[],
            &[("bulge", 0.6), ("bumps", 2.0)],
            &[("inverted", 1.0)],
            &[("control", 1.0)],
        ],
    ),
];
const KANIZSA: [&[(&str, f64)]; 5] = [
    &[("support-ratio", 0.25)],
    &[],
    &[("support-ratio", 0.75), ("rotation", 15.0)],
    &[("borders", 1.0)],
    &[("control", 1.0)],
];

/// A row a figure: four of its variants, its control, and the mask of the second, the one without anything
/// set.
///
/// # Errors
/// When the size is out of range.
pub fn contact_sheet(size_px: u32) -> Result<RgbImage, ParameterError> {
    let row = |(figure, variants): &(Figure, [&[(&str, f64)]; 5])| {
        let drawn: Vec<Probe> =
            variants.iter().map(|given| figure.draw(given, size_px)).collect::<Result<_, _>>()?;
        let mask = drawn[1].mask_picture();
        let mut row: Vec<RgbImage> = drawn.into_iter().map(|probe| probe.picture).collect();
        row.push(image::DynamicImage::from(mask).into_rgb8());
        Ok(row)
    };
    let rows: Vec<Vec<RgbImage>> = VARIANTS.iter().map(row).collect::<Result<_, _>>()?;
    Ok(tiled(&rows))
}

impl Probe {
    /// The regions as a grey picture, from black (label 0) in even steps to white (the last).
    pub fn mask_picture(&self) -> image::GrayImage {
        mask_picture(&self.mask, self.picture.width(), self.labels.len() as u8)
    }
}
