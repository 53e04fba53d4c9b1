//! Which layer tells an intact picture from its distortions: `cargo run --release -p gestalt-training
//! --example layers -- TRIALS SEED SCALE MODEL…`.
//!
//! Renders fresh scenes of 224 px, distorts each twice by patches of SCALE pixels, and prints for every
//! layer of every model the share of triplets in which the intact picture is the odd one (DiST's rule), with
//! ties and broken numbers.

use std::path::Path;

use anyhow::Result;
use gestalt_models::folder::ModelFolder;
use gestalt_models::{Compute, LoadedModel};
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::Layer;
use gestalt_observers::decide;
use gestalt_protocol::{Outcome, Rule};
use gestalt_scenes::{Category, render};
use gestalt_synthesis::PatchSynthesis;
use gestalt_synthesis::triplets::Triplet;
use gestalt_types::random::derived_seed;
use image::RgbImage;
use rayon::prelude::*;

const SIZE_PX: u32 = 224;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [trials, seed, scale_px, models @ ..] = arguments.as_slice() else {
        anyhow::bail!("usage: layers TRIALS SEED SCALE MODEL…");
    };
    let (trials, seed): (u64, u64) = (trials.parse()?, seed.parse()?);
    let synthesis = PatchSynthesis::new(scale_px.parse()?)?;
    let triplets: Vec<[RgbImage; 3]> = (0..trials)
        .into_par_iter()
        .map(|i| {
            let category = Category::ALL[i as usize % Category::ALL.len()];
            let intact = render(category, derived_seed(seed, i), SIZE_PX);
            let Triplet { intact, distortions: [a, b], .. } =
                Triplet::unmatched(&intact, &synthesis, derived_seed(seed, trials + i))?;
            Ok([intact, a, b])
        })
        .collect::<Result<_>>()?;
    for folder in models {
        let model = load(Path::new(folder))?;
        for name in &model.card().layers {
            let layer: Layer = name.parse()?;
            let (mut correct, mut none) = (0, 0);
            for triplet in &triplets {
                let decision = decide(&features(&model, layer, triplet)?, Rule::MeanDistance);
                correct += usize::from(decision.chosen_slot.is_some_and(|slot| slot.index() == 0));
                none += usize::from(decision.outcome != Outcome::Answered);
            }
            let share = 100.0 * correct as f64 / trials as f64;
            println!("{}\t{name}\t{share:.1} %\t{correct} of {trials}\tno answer: {none}", model.card().name);
        }
    }
    Ok(())
}

fn load(folder: &Path) -> Result<LoadedModel> {
    let folder = ModelFolder::read(folder)?;
    Ok(pollster::block_on(LoadedModel::from_bytes(folder.files(), Compute::cpu()?))?)
}

fn features(model: &LoadedModel, layer: Layer, triplet: &[RgbImage; 3]) -> Result<[Vec<f32>; 3]> {
    let mut pictures = Vec::with_capacity(3);
    for picture in triplet {
        pictures.push(Rgb8::new(picture.as_raw(), picture.width() as usize, picture.height() as usize)?);
    }
    let features = pollster::block_on(model.features(&pictures, layer, None))?;
    features.try_into().map_err(|_| anyhow::anyhow!("three pictures, three feature vectors"))
}
