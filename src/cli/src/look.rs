//! `gestalt models look`: what a model sees where, drawn as one picture.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use gestalt_files::output;
use gestalt_files::unfinished::fields;
use gestalt_inspect::{Computed, coloured, compute};
use gestalt_models::LoadedModel;
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::Layer;
use gestalt_protocol::inference::{Given, Seen};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use serde_json::{Map, Value, json};

use crate::kept::{Kept, Line, bytes_of, values_of};
use crate::model_args::{self, DeviceName};
use crate::pictures::{self, Reader};
use crate::progress;

/// Side of one picture on the sheet, in pixels.
const TILE_PX: u32 = 224;
/// Between two of them.
const GAP_PX: u32 = 8;
/// Memory for the sheet and what it is drawn from, in bytes.
const MOST_BYTES: usize = 1_000_000_000;
/// The parts of a picture's line.
const GIVEN: &str = "given";
const VECTORS: &str = "vectors";
const ATTENTION: &str = "attention";

/// Draw what a model sees where: a row for each picture.
///
/// A run that was interrupted resumes when the same command is given again.
///
/// From left to right: what the model is given; its patches coloured by their first three principal
/// components over all pictures given; and for each head of a transformer what the class token attends to,
/// the strongest white.
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
    let bar = progress::bar(files.len() as u64, "pictures");
    let mut kept = Kept::begin(&args.out, &recipe(args, &model, &files), args.force, bar)?;
    compute_all(args, &model, &files, &mut kept).with_context(|| kept.stopped())?;
    let seen = coloured(&model, args.layer, computed(&kept)?)?;
    pictures::save_png(&args.out, sheet(&seen))?;
    kept.end()?;
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

/// All that decides the sheet.
fn recipe(args: &LookArgs, model: &LoadedModel, files: &[PathBuf]) -> Map<String, Value> {
    fields(json!({
        "model": model.name(), "weights": model.weights_hash(), "layer": args.layer.to_string(),
        "pictures": files.len(), "files": pictures::hash(files),
    }))
}

/// A line for each file that has none yet.
fn compute_all(args: &LookArgs, model: &LoadedModel, files: &[PathBuf], kept: &mut Kept) -> Result<()> {
    let mut reader = Reader::default();
    for file in files.iter().skip(kept.done()) {
        let picture = match reader.read(file) {
            Ok(picture) => picture,
            Err(reason) => {
                kept.add(&Line::left_out(file, &reason))?;
                continue;
            }
        };
        let view = Rgb8::new(picture.as_raw(), picture.width() as usize, picture.height() as usize)?;
        let computed = pollster::block_on(compute(model, &[view], args.layer))?;
        for Computed { given, vectors, attention } in computed {
            // The sheet, and what its colours are chosen from.
            let heads =
                attention.len() / model.card().architecture.patches_in(args.layer).unwrap_or(1).max(1);
            let tiles_bytes = (2 + heads) * 3 * (TILE_PX + GAP_PX).pow(2) as usize;
            let picture_bytes = tiles_bytes + given.len() + 4 * (2 * vectors.len() + attention.len());
            let most = MOST_BYTES / picture_bytes;
            if files.len() > most {
                bail!("{} pictures are too many for one sheet; give at most {most} at a time", files.len());
            }
            let parts = [(GIVEN, given), (VECTORS, bytes_of(&vectors)), (ATTENTION, bytes_of(&attention))];
            kept.add(&Line::of(file, &parts.each_ref().map(|(name, bytes)| (*name, &bytes[..]))))?;
        }
    }
    reader.finish();
    Ok(())
}

/// What was computed of every picture that was not left out.
fn computed(kept: &Kept) -> Result<Vec<Computed>> {
    let mut all = Vec::new();
    kept.each(|line| {
        let mut line = Line::parse(line)?;
        if let (Some(given), Some(vectors), Some(attention)) =
            (line.part(GIVEN)?, line.part(VECTORS)?, line.part(ATTENTION)?)
        {
            all.push(Computed { given, vectors: values_of(&vectors), attention: values_of(&attention) });
        }
        Ok(())
    })?;
    if all.is_empty() {
        bail!("none of these pictures could be read");
    }
    Ok(all)
}

/// A row for each picture.
fn sheet(seen: &[Seen]) -> RgbImage {
    let columns = 2 + seen.first().map_or(0, |seen| seen.attention.len() as u32);
    let step = TILE_PX + GAP_PX;
    let size = (columns * step - GAP_PX, seen.len() as u32 * step - GAP_PX);
    let mut sheet = RgbImage::from_pixel(size.0, size.1, Rgb([255; 3]));
    for (row, seen) in seen.iter().enumerate() {
        for (column, tile) in std::iter::once(given(&seen.given)).chain(maps(seen)).enumerate() {
            let tile = imageops::resize(&tile, TILE_PX, TILE_PX, FilterType::Nearest);
            let place = |nth: usize| (nth as u32 * step).into();
            imageops::replace(&mut sheet, &tile, place(column), place(row));
        }
    }
    sheet
}

/// What the model is given.
fn given(given: &Given) -> RgbImage {
    let side_px = given.side_px as u32;
    RgbImage::from_raw(side_px, side_px, given.rgb.clone()).unwrap_or_default()
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
