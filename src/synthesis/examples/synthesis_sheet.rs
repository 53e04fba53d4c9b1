//! Draws pictures in rows, each followed by one distortion at every scale of a synthesis, so that they can
//! be judged by eye.
//!
//! `cargo run --release -p gestalt-synthesis --features gatys --example synthesis_sheet -- KIND SHEET.jpg
//! SIZE_PX [IMAGE…]` KIND is patch, portilla-simoncelli, windows, filter-bank, or gatys=VGG19.safetensors
//! (100 iterations). Without pictures, four rendered scenes.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};
use gestalt_images::photographs;
use gestalt_scenes::{Category, render};
use gestalt_synthesis::gram::Place;
use gestalt_synthesis::portilla_simoncelli::PortillaSimoncelli;
#[cfg(feature = "gatys")]
use gestalt_synthesis::{FilterBankSynthesis, GatysSynthesis};
use gestalt_synthesis::{PatchSynthesis, Synthesis};
use image::{RgbImage, imageops};
use rayon::prelude::*;

const GAP_PX: u32 = 4;
/// A twentieth of the published number: enough to see what is kept.
#[cfg(feature = "gatys")]
const GATYS_ITERATIONS: usize = 100;
const SCENES: [(Category, u64); 4] =
    [(Category::ALL[0], 1), (Category::ALL[4], 2), (Category::ALL[8], 3), (Category::ALL[11], 4)];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, sheet_file, size_px, files @ ..] = arguments.as_slice() else {
        bail!("give a synthesis, SHEET.png and SIZE_PX")
    };
    let size_px: u32 = size_px.parse()?;
    let pictures: Vec<RgbImage> = if files.is_empty() {
        SCENES.iter().map(|&(category, seed)| render(category, seed, size_px)).collect()
    } else {
        let read = |file: &String| photographs::read(Path::new(file), size_px).with_context(|| file.clone());
        files.iter().map(read).collect::<anyhow::Result<_>>()?
    };
    let syntheses = syntheses(kind, size_px)?;
    let pitch = size_px + GAP_PX;
    let columns = 1 + syntheses.len() as u32;
    let mut sheet =
        RgbImage::from_pixel(columns * pitch, pictures.len() as u32 * pitch, image::Rgb([255; 3]));
    let row = |(row, picture): (usize, &RgbImage)| -> anyhow::Result<Vec<RgbImage>> {
        let mut shown = vec![picture.clone()];
        for synthesis in &syntheses {
            let start = Instant::now();
            shown.push(synthesis.distort(picture, row as u64)?);
            let spent_s = start.elapsed().as_secs_f64();
            println!("{} {} px: {spent_s:.1} s", synthesis.name(), synthesis.scale_px());
        }
        Ok(shown)
    };
    let rows: Vec<Vec<RgbImage>> = pictures.par_iter().enumerate().map(row).collect::<Result<_, _>>()?;
    for (y, row) in rows.iter().enumerate() {
        for (x, picture) in row.iter().enumerate() {
            imageops::replace(&mut sheet, picture, x as i64 * i64::from(pitch), y as i64 * i64::from(pitch));
        }
    }
    sheet.save(sheet_file).with_context(|| sheet_file.clone())
}

/// Every scale that a picture of this size can be distorted at.
fn syntheses(kind: &str, size_px: u32) -> anyhow::Result<Vec<Box<dyn Synthesis>>> {
    let mut syntheses: Vec<Box<dyn Synthesis>> = Vec::new();
    // Gatys' layers see a part of a picture as large as the picture; other scales must fit twice.
    let largest_px = if kind.starts_with("gatys=") { size_px } else { size_px / 2 };
    for scale_px in [8, 16, 32, 64, 128].into_iter().filter(|&px| px <= largest_px) {
        syntheses.push(match kind {
            "portilla-simoncelli" => Box::new(PortillaSimoncelli::new(scale_px)?),
            "windows" => Box::new(PortillaSimoncelli::new(64)?.in_windows(scale_px)?),
            "patch" => Box::new(PatchSynthesis::new(scale_px)?),
            #[cfg(feature = "gatys")]
            "filter-bank" => Box::new(FilterBankSynthesis::new(scale_px, Place::processor())?),
            #[cfg(feature = "gatys")]
            _ if kind.starts_with("gatys=") => {
                let file = Path::new(kind.trim_start_matches("gatys="));
                let (gatys, _) = GatysSynthesis::from_file(file, Place::processor())?;
                Box::new(gatys.with_scale(scale_px)?.with_iterations(GATYS_ITERATIONS))
            }
            _ => bail!(
                "no synthesis {kind}; give patch, portilla-simoncelli, windows or (with --features \
                        gatys) filter-bank or gatys=FILE"
            ),
        });
    }
    Ok(syntheses)
}
