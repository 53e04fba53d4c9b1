//! `gestalt models time`: how long a model takes on this machine.

use std::time::Instant;

use anyhow::Result;
use clap::Args;
use gestalt_networks::preprocess::Rgb8;

use crate::model_args::{self, DeviceName};

/// Time a model's features of grey pictures, preprocessing included.
#[derive(Args)]
#[command(after_help = "Example: gestalt models time scene-mae-s8 --pictures 3 --repeats 20")]
pub struct TimeArgs {
    /// A name in models/, or a model's folder.
    model: String,
    /// Pictures in a batch; a trial is a batch of 3.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=256))]
    pictures: u32,
    /// How often; one more before them is not counted.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    repeats: u32,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
}

/// Prints the median and the range.
pub fn run(args: &TimeArgs) -> Result<()> {
    let model = model_args::load(&args.model, args.device.into())?;
    let layer = model.default_layer()?;
    let px = model.card().preprocess.resize_px;
    let grey = vec![128; 3 * px * px];
    let batch = vec![Rgb8::new(&grey, px, px)?; args.pictures as usize];
    let mut batch_ms = Vec::with_capacity(args.repeats as usize);
    for repeat in 0..=args.repeats {
        let started = Instant::now();
        pollster::block_on(model.features(&batch, layer, None))?;
        if repeat > 0 {
            batch_ms.push(started.elapsed().as_secs_f64() * 1000.0);
        }
    }
    batch_ms.sort_by(f64::total_cmp);
    let (least, median, most) = (batch_ms[0], batch_ms[batch_ms.len() / 2], batch_ms[batch_ms.len() - 1]);
    println!(
        "{} on {}: {} pictures in {median:.1} ms ({least:.1} to {most:.1}), median and range of {} runs",
        model.name(),
        model.compute().adapter(),
        args.pictures,
        args.repeats
    );
    Ok(())
}
