//! Draws a sheet of pictures with two distortions each at three scales, so that the synthesis can be judged
//! by eye.
//!
//! `cargo run --release -p gestalt-synthesis --example triplet_sheet -- SHEET.png IMAGE…`

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};
use gestalt_images::photographs;
use gestalt_synthesis::measure::Comparison;
use gestalt_synthesis::{PatchSynthesis, SynthesisReport, TripletMeasure};
use image::{RgbImage, imageops};

const SIZE_PX: u32 = 224;
const CELL_PX: u32 = SIZE_PX + 4;
const SCALES_PX: [u32; 3] = [16, 32, 64];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [sheet_file, files @ ..] = arguments.as_slice() else { bail!("give SHEET.png IMAGE…") };
    let pictures = files
        .iter()
        .map(|file| photographs::read(Path::new(file), SIZE_PX).with_context(|| file.clone()))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let columns = 1 + 2 * SCALES_PX.len() as u32;
    let mut sheet = RgbImage::new(columns * CELL_PX, pictures.len() as u32 * CELL_PX);
    for (row, picture) in pictures.iter().enumerate() {
        imageops::replace(&mut sheet, picture, 0, place(row));
    }
    for (block, scale_px) in SCALES_PX.into_iter().enumerate() {
        let synthesis = PatchSynthesis::new(scale_px)?;
        let start = Instant::now();
        let pairs: Vec<[RgbImage; 2]> =
            pictures.iter().map(|picture| [1, 2].map(|seed| synthesis.distort(picture, seed))).collect();
        let each_ms = start.elapsed().as_secs_f64() * 1e3 / (2 * pairs.len()).max(1) as f64;
        for (row, pair) in pairs.iter().enumerate() {
            imageops::replace(&mut sheet, &pair[0], place(1 + 2 * block), place(row));
            imageops::replace(&mut sheet, &pair[1], place(2 + 2 * block), place(row));
        }
        let report = SynthesisReport {
            name: "patch",
            scale_px,
            triplets: pictures
                .iter()
                .zip(&pairs)
                .map(|(picture, [a, b])| TripletMeasure::of(picture, [a, b], scale_px))
                .collect(),
            yardstick: pictures
                .windows(2)
                .map(|pair| Comparison::of(&pair[0], &pair[1], scale_px).texture_distance)
                .collect(),
        };
        print!("{report}  {each_ms:.0} ms for each distortion\n\n");
    }
    sheet.save(sheet_file).with_context(|| sheet_file.clone())
}

fn place(index: usize) -> i64 {
    index as i64 * i64::from(CELL_PX)
}
