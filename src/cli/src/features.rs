//! `gestalt features`: what a model computes for pictures, as numbers for one's own analysis.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use gestalt_files::output;
use gestalt_files::unfinished::fields;
use gestalt_models::LoadedModel;
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::Layer;
use gestalt_networks::sparsity::TopK;
use image::RgbImage;
use serde_json::json;

use crate::features_file::{self, About, FEATURES};
use crate::kept::{Kept, Line, bytes_of};
use crate::model_args::ReadArgs;
use crate::pictures::{self, Reader};
use crate::progress;

/// Pictures that go through the network together.
const BATCH: usize = 8;
/// Fewer where they are large: pixels that are in memory together, in bytes.
const BATCH_BYTES: usize = 200_000_000;

/// Write a model's features of pictures.
///
/// A run that was interrupted resumes when the same command is given again. A picture that cannot be read is
/// named and left out.
#[derive(Args)]
#[command(
    after_help = "Example: gestalt features --model scene-mae-s8 --layer cls --out features.safetensors a.png \
                  b.png photographs"
)]
pub struct FeaturesArgs {
    #[command(flatten)]
    read: ReadArgs,
    /// The pictures have the network's size already: only normalise them.
    #[arg(long)]
    as_is: bool,
    /// File (safetensors): `features`, 32-bit floats, `[pictures, numbers]` in the order given. Its metadata
    /// holds model and layer, the names of the `files` as a JSON list, and of a layer that holds every patch
    /// how many `patches` a row has, one after the other.
    #[arg(long)]
    out: PathBuf,
    /// Replace --out where it exists.
    #[arg(long)]
    force: bool,
    /// Pictures: PNG, JPEG or WebP, or folders of them.
    #[arg(required = true)]
    images: Vec<PathBuf>,
}

/// Writes one row a picture.
pub fn run(args: &FeaturesArgs) -> Result<()> {
    output::check(&args.out, args.force)?;
    let files = pictures::listed(&args.images)?;
    let (model, layer, top_k) = args.read.load()?;
    let bar = progress::bar(files.len() as u64, "pictures");
    let mut kept = Kept::begin(&args.out, &recipe(args, &model, layer, &files), args.force, bar)?;
    compute_all(args, &model, (layer, top_k), &files, &mut kept).with_context(|| kept.stopped())?;
    let about = About {
        model: model.name().to_string(),
        layer: layer.to_string(),
        patches: model.card().architecture.patches_in(layer),
    };
    let written = features_file::write(&kept, &about, &args.out)?;
    kept.end()?;
    if written.rows == 0 {
        bail!("none of these pictures could be read");
    }
    println!("{} × {} numbers of layer {layer} in {}", written.rows, written.numbers, args.out.display());
    Ok(())
}

/// A line for each file that has none yet, in the order of the files.
fn compute_all(
    args: &FeaturesArgs,
    model: &LoadedModel,
    read: (Layer, Option<TopK>),
    files: &[PathBuf],
    kept: &mut Kept,
) -> Result<()> {
    let mut reader = Reader::default();
    let mut batch = Batch::default();
    for file in files.iter().skip(kept.done()) {
        match reader.read(file) {
            Ok(picture) => batch.pictures.push((file, picture)),
            Err(reason) => {
                batch.compute(args, model, read, kept)?;
                kept.add(&Line::left_out(file, &reason))?;
            }
        }
        if batch.is_full() {
            batch.compute(args, model, read, kept)?;
        }
    }
    batch.compute(args, model, read, kept)?;
    reader.finish();
    Ok(())
}

/// All that decides the features.
fn recipe(
    args: &FeaturesArgs,
    model: &LoadedModel,
    layer: Layer,
    files: &[PathBuf],
) -> serde_json::Map<String, serde_json::Value> {
    fields(json!({
        "model": model.name(), "weights": model.weights_hash(), "layer": layer.to_string(),
        "top_k": args.read.top_k(), "as_is": args.as_is, "pictures": files.len(), "files": pictures::hash(files),
    }))
}

/// Pictures that were read and wait for the others of their batch.
#[derive(Default)]
struct Batch<'a> {
    pictures: Vec<(&'a PathBuf, RgbImage)>,
}

impl Batch<'_> {
    fn is_full(&self) -> bool {
        let bytes: usize = self.pictures.iter().map(|(_, picture)| picture.as_raw().len()).sum();
        self.pictures.len() >= BATCH || bytes >= BATCH_BYTES
    }

    /// Writes a line for each picture, and is empty then.
    fn compute(
        &mut self,
        args: &FeaturesArgs,
        model: &LoadedModel,
        (layer, top_k): (Layer, Option<TopK>),
        kept: &mut Kept,
    ) -> Result<()> {
        let pictures = std::mem::take(&mut self.pictures);
        if pictures.is_empty() {
            return Ok(());
        }
        let views: Vec<Rgb8<'_>> = pictures
            .iter()
            .map(|(_, picture)| {
                Rgb8::new(picture.as_raw(), picture.width() as usize, picture.height() as usize)
            })
            .collect::<Result<_, _>>()?;
        let rows = pollster::block_on(async {
            match args.as_is {
                true => model.features_as_is(&views, layer, top_k).await,
                false => model.features(&views, layer, top_k).await,
            }
        })?;
        for ((file, _), row) in pictures.iter().zip(&rows) {
            kept.add(&Line::of(file, &[(FEATURES, &bytes_of(row))]))?;
        }
        Ok(())
    }
}
