//! The syntheses of `gestalt trials make` that match Gram matrices, on the device that was asked for.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use gestalt_models::Compute;
use gestalt_synthesis::gram::{Place, Watcher};
use gestalt_synthesis::{FilterBankSynthesis, GatysSynthesis, Synthesis};
use indicatif::ProgressBar;

use crate::model_args::DeviceName;

/// What these syntheses need besides a scale.
#[derive(Args)]
pub struct GramArgs {
    /// VGG19's weights for --synthesis gatys: .safetensors or .pth in torchvision's or timm's layout.
    #[arg(long, value_name = "FILE")]
    vgg19: Option<PathBuf>,
    /// Iterations of L-BFGS [default: 2000 for gatys, as published; 60 at each level for filter-bank].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    iterations: Option<u32>,
    /// Where gatys and filter-bank compute.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
}

impl GramArgs {
    /// Gatys' synthesis by VGG19; without a scale the published layers.
    pub fn gatys(&self, scale_px: Option<u32>, bar: &ProgressBar) -> Result<Arc<dyn Synthesis>> {
        let file = self.vgg19.as_ref().context(
            "--synthesis gatys needs --vgg19 FILE, VGG19's weights as torchvision or timm save them; \
             without them there is --synthesis filter-bank",
        )?;
        let (mut gatys, keys) = GatysSynthesis::from_file(file, self.place()?)?;
        eprintln!("{}: {keys}", file.display());
        if let Some(scale_px) = scale_px {
            gatys = gatys.with_scale(scale_px)?;
        }
        if let Some(iterations) = self.iterations {
            gatys = gatys.with_iterations(iterations as usize);
        }
        Ok(Arc::new(gatys.watched_by(watcher(bar))))
    }

    /// The same objective by fixed random filters.
    pub fn filter_bank(&self, scale_px: u32, bar: &ProgressBar) -> Result<Arc<dyn Synthesis>> {
        let mut bank = FilterBankSynthesis::new(scale_px, self.place()?)?;
        if let Some(iterations) = self.iterations {
            bank = bank.with_iterations(iterations as usize);
        }
        Ok(Arc::new(bank.watched_by(watcher(bar))))
    }

    fn place(&self) -> Result<Place> {
        let compute = pollster::block_on(Compute::of_kind(self.device.into()))?;
        let kind = format!("{:?}", compute.kind()).to_lowercase();
        Ok(Place::new(compute.device(), format!("{kind} {}", compute.adapter())))
    }
}

/// A picture takes long: the bar says how far one of those in work is.
fn watcher(bar: &ProgressBar) -> Watcher {
    let bar = bar.clone();
    Watcher::new(move |done, total| {
        bar.set_message(format!("trials, a picture at {done}/{total} iterations"))
    })
}
