//! Draws pictures in rows, each followed by one distortion at every scale of a synthesis, so that they can be judged by eye.
//!
//! `cargo run --release -p gestalt-stimuli --example synthesis_sheet -- portilla-simoncelli|windows|patch SHEET.png SIZE_PX [IMAGE…]`
//! Without pictures, four rendered scenes.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};
use gestalt_stimuli::photographs;
use gestalt_stimuli::scenes::{Category, render};
use gestalt_stimuli::synthesis::portilla_simoncelli::PortillaSimoncelli;
use gestalt_stimuli::synthesis::{PatchSynthesis, Synthesis};
use image::{RgbImage, imageops};

const GAP_PX: u32 = 4;
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
    for (row, picture) in pictures.iter().enumerate() {
        let y = i64::from(row as u32 * pitch);
        imageops::replace(&mut sheet, picture, 0, y);
        for (column, synthesis) in syntheses.iter().enumerate() {
            let start = Instant::now();
            let distorted = synthesis.distort(picture, row as u64)?;
            println!(
                "{} {} px: {:.1} s",
                synthesis.name(),
                synthesis.scale_px(),
                start.elapsed().as_secs_f64()
            );
            imageops::replace(&mut sheet, &distorted, i64::from((column as u32 + 1) * pitch), y);
        }
    }
    sheet.save(sheet_file).with_context(|| sheet_file.clone())
}

/// Every scale that a picture of this size can be distorted at.
fn syntheses(kind: &str, size_px: u32) -> anyhow::Result<Vec<Box<dyn Synthesis>>> {
    let mut syntheses: Vec<Box<dyn Synthesis>> = Vec::new();
    for scale_px in [8, 16, 32, 64, 128].into_iter().filter(|px| 2 * px <= size_px) {
        syntheses.push(match kind {
            "portilla-simoncelli" => Box::new(PortillaSimoncelli::new(scale_px)?),
            "windows" => Box::new(PortillaSimoncelli::new(64)?.in_windows(scale_px)?),
            "patch" => Box::new(PatchSynthesis::new(scale_px)?),
            _ => bail!("no synthesis {kind}; give portilla-simoncelli, windows or patch"),
        });
    }
    Ok(syntheses)
}
