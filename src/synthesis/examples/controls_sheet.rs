//! Draws the triplets of every control condition, so that they can be judged by eye.
//!
//! `cargo run --release -p gestalt-synthesis --example controls_sheet -- SHEET.jpg SCALE_PX [IMAGE…]`;
//! without images, two scenes are shown.

use std::path::Path;

use anyhow::{Context, bail};
use gestalt_images::photographs;
use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_synthesis::PatchSynthesis;
use gestalt_synthesis::controls::Control;
use gestalt_synthesis::measure::Comparison;
use image::{RgbImage, imageops};

const SIZE_PX: u32 = 224;
/// Each picture is drawn at half its size.
const CELL_PX: u32 = SIZE_PX / 2 + 4;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [sheet_file, scale_px, files @ ..] = arguments.as_slice() else {
        bail!("give SHEET.jpg SCALE_PX [IMAGE…]")
    };
    let synthesis = PatchSynthesis::new(scale_px.parse()?)?;
    let pictures: Vec<RgbImage> = if files.is_empty() {
        [0, 5].map(|seed| scenes::render(Category::ALL[seed], seed as u64 + 1, SIZE_PX)).into()
    } else {
        let read = |file: &String| photographs::read(Path::new(file), SIZE_PX).with_context(|| file.clone());
        files.iter().map(read).collect::<anyhow::Result<_>>()?
    };
    let (columns, rows) = (3 * pictures.len() as u32, Control::ALL.len() as u32);
    let mut sheet = RgbImage::from_pixel(columns * CELL_PX, rows * CELL_PX, image::Rgb([255; 3]));
    for (row, control) in Control::ALL.into_iter().enumerate() {
        for (column, picture) in pictures.iter().enumerate() {
            let triplet = control.triplet(picture.clone(), &synthesis, 7)?;
            let [first, second] = &triplet.distortions;
            for (place, shown) in [&triplet.intact, first, second].into_iter().enumerate() {
                let small = imageops::thumbnail(shown, SIZE_PX / 2, SIZE_PX / 2);
                let at = |cell: usize| (cell as u32 * CELL_PX + 2).into();
                imageops::replace(&mut sheet, &small, at(3 * column + place), at(row));
            }
            let with = Comparison::of(&triplet.intact, first, synthesis.scale_px());
            println!("{} {column}: {with:?}", control.condition());
        }
    }
    sheet.save(sheet_file).with_context(|| sheet_file.clone())
}
