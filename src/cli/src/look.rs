//! `gestalt models look`: what a model sees where, drawn as one picture.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use gestalt_files::output;
use gestalt_inspect::look;
use gestalt_models::LoadedModel;
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::Layer;
use gestalt_protocol::inference::Seen;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use crate::model_args::{self, DeviceName};
use crate::pictures::{self, Reader};

/// Side of one picture on the sheet, in pixels.
const TILE_PX: u32 = 224;
/// Between two of them.
const GAP_PX: u32 = 8;

/// Draw what a model sees where: a row for each picture.
///
/// From left to right: the part of the picture that the model sees; its patches coloured by their first
/// three principal components over all pictures given; and for each head of a transformer what the class
/// token attends to, the strongest white.
#[derive(Args)]
#[command(
    after_help = "Example: gestalt models look scene-mae-s8 --layer blocks.3.patches --out look.png a.png b.png c.png"
)]
pub struct LookArgs {
    /// A name in models/, or a model's folder.
    model: String,
    /// A layer of patches: `patches`, `blocks.3.patches`, `stages.2.patches`, …
    #[arg(long, default_value = "patches")]
    layer: Layer,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// The sheet (PNG).
    #[arg(long)]
    out: PathBuf,
    /// Replace --out where it exists.
    #[arg(long)]
    force: bool,
    /// Pictures: PNG, JPEG or WebP, or folders of them. One that cannot be read is named and left out.
    #[arg(required = true)]
    images: Vec<PathBuf>,
}

/// Draws the sheet.
pub fn run(args: &LookArgs) -> Result<()> {
    output::check(&args.out, args.force)?;
    let files = pictures::listed(&args.images)?;
    let model = model_args::load(&args.model, args.device.into())?;
    let mut reader = Reader::default();
    let pictures: Vec<RgbImage> = files.iter().filter_map(|file| reader.read(file).ok()).collect();
    reader.finish();
    if pictures.is_empty() {
        bail!("none of these pictures could be read");
    }
    let views = pictures
        .iter()
        .map(|picture| Rgb8::new(picture.as_raw(), picture.width() as usize, picture.height() as usize))
        .collect::<Result<Vec<_>, _>>()?;
    let seen = pollster::block_on(look(&model, &views, args.layer))?;
    let columns = 2 + seen.first().map_or(0, |seen| seen.attention.len() as u32);
    let step = TILE_PX + GAP_PX;
    let size = (columns * step - GAP_PX, seen.len() as u32 * step - GAP_PX);
    let mut sheet = RgbImage::from_pixel(size.0, size.1, Rgb([255; 3]));
    for (row, (picture, seen)) in pictures.iter().zip(&seen).enumerate() {
        let tiles = std::iter::once(visible(&model, picture)).chain(maps(seen));
        for (column, tile) in tiles.enumerate() {
            let tile = imageops::resize(&tile, TILE_PX, TILE_PX, FilterType::Nearest);
            imageops::replace(
                &mut sheet,
                &tile,
                i64::from(column as u32 * step),
                i64::from(row as u32 * step),
            );
        }
    }
    pictures::save_png(&args.out, sheet)?;
    let share = seen.first().map_or([0.0; 3], |seen| seen.variance_share).map(|share| 100.0 * share);
    println!(
        "{} pictures of layer {} in {}; red, green and blue hold {:.0}, {:.0} and {:.0} % of the variance",
        seen.len(),
        args.layer,
        args.out.display(),
        share[0],
        share[1],
        share[2]
    );
    Ok(())
}

/// The square that the model sees, at the sheet's size.
fn visible(model: &LoadedModel, picture: &RgbImage) -> RgbImage {
    let preprocess = model.card().preprocess;
    let shorter = picture.width().min(picture.height());
    let side = (f64::from(shorter) * preprocess.visible_share()).round().max(1.0) as u32;
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let square = imageops::crop_imm(picture, left, top, side, side).to_image();
    imageops::resize(&square, TILE_PX, TILE_PX, FilterType::CatmullRom)
}

/// A pixel a patch: the colours, then each head's attention.
fn maps(seen: &Seen) -> impl Iterator<Item = RgbImage> {
    let across = seen.across as u32;
    let map = move |of_patch: &dyn Fn(usize) -> [u8; 3]| {
        RgbImage::from_fn(across, across, |x, y| Rgb(of_patch((y * across + x) as usize)))
    };
    let colours = map(&|patch| seen.colours[patch]);
    let heads = seen.attention.iter().map(move |weights| {
        let strongest = weights.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        map(&|patch| [(255.0 * weights[patch] / strongest) as u8; 3])
    });
    std::iter::once(colours).chain(heads)
}
