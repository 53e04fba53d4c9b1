//! `gestalt features`: what a model computes for pictures, as numbers for one's own analysis.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::Layer;
use safetensors::tensor::{Dtype, TensorView};

use crate::model_args::{ReadArgs, picture};
use crate::progress;

/// Pictures that go through the network together.
const BATCH: usize = 8;

/// Write a model's features of pictures.
#[derive(Args)]
#[command(
    after_help = "Example: gestalt features --model scene-mae-s8 --layer cls --out features.safetensors a.png b.png"
)]
pub struct FeaturesArgs {
    #[command(flatten)]
    read: ReadArgs,
    /// The pictures have the network's size already: only normalise them.
    #[arg(long)]
    as_is: bool,
    /// File (safetensors): `features`, 32-bit floats, `[pictures, numbers]` in the order given. Its metadata names model and layer, and of a layer
    /// that holds every patch how many `patches` a row has, one after the other.
    #[arg(long)]
    out: PathBuf,
    /// Pictures: PNG, JPEG or WebP.
    #[arg(required = true)]
    images: Vec<PathBuf>,
}

/// Writes one row a picture.
pub fn run(args: &FeaturesArgs) -> Result<()> {
    let (model, layer, top_k) = args.read.load()?;
    let bar = progress::bar(args.images.len() as u64, "pictures");
    let mut rows: Vec<Vec<f32>> = Vec::with_capacity(args.images.len());
    for files in args.images.chunks(BATCH) {
        let pictures = files.iter().map(|file| picture(file)).collect::<Result<Vec<_>>>()?;
        let views: Vec<Rgb8<'_>> = pictures
            .iter()
            .map(|picture| Rgb8::new(picture.as_raw(), picture.width() as usize, picture.height() as usize))
            .collect::<Result<_, _>>()?;
        rows.extend(pollster::block_on(async {
            match args.as_is {
                true => model.features_as_is(&views, layer, top_k).await,
                false => model.features(&views, layer, top_k).await,
            }
        })?);
        bar.inc(files.len() as u64);
    }
    bar.finish_and_clear();
    write(args, layer, model.card().architecture.patches_in(layer), &rows)
}

fn write(args: &FeaturesArgs, layer: Layer, patches: Option<usize>, rows: &[Vec<f32>]) -> Result<()> {
    let numbers = rows.first().map_or(0, Vec::len);
    if rows.iter().any(|row| row.len() != numbers) {
        bail!("the pictures gave vectors of different lengths");
    }
    let bytes: Vec<u8> = rows.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
    let features = TensorView::new(Dtype::F32, vec![rows.len(), numbers], &bytes)?;
    let about = [("model", args.read.model.clone()), ("layer", layer.to_string())];
    let patches = patches.map(|count| ("patches", count.to_string()));
    let about = about.into_iter().chain(patches).map(|(key, value)| (key.to_owned(), value)).collect();
    let written =
        safetensors::serialize_to_file(BTreeMap::from([("features", features)]), Some(about), &args.out);
    written.with_context(|| format!("{} cannot be written", args.out.display()))?;
    println!("{} × {numbers} numbers of layer {layer} in {}", rows.len(), args.out.display());
    Ok(())
}
