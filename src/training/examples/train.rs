//! Runs a recipe without the command line's dress: `cargo run --release -p gestalt-training --example train -- RECIPE OUT`.

use std::path::Path;

use burn::tensor::Device;
use gestalt_training::{Recipe, TrainError, run};

fn main() -> Result<(), TrainError> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, recipe, out] = arguments.as_slice() else {
        eprintln!("usage: train RECIPE OUT");
        std::process::exit(2);
    };
    let recipe = Recipe::read(Path::new(recipe))?;
    run(&recipe, Path::new(out), &Device::flex(), &mut |progress| println!("{progress}"))
}
