//! The options that say how distortions are made, and the syntheses that they ask for.

use std::sync::Arc;

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use gestalt_synthesis::portilla_simoncelli::PortillaSimoncelli;
use gestalt_synthesis::{PatchSynthesis, Synthesis, Traces};
use indicatif::ProgressBar;

use crate::gram::GramArgs;

/// The scale of syntheses that are not given one, in pixels.
const SCALE_PX: u32 = 32;

/// How the distortions are made.
#[derive(Clone, Copy, ValueEnum)]
enum SynthesisName {
    /// The picture's own patches in another arrangement.
    Patch,
    /// Noise with the picture's wavelet statistics (Portilla & Simoncelli 2000); scales 8, 16, 32, 64, 128
    /// or 256.
    PortillaSimoncelli,
    /// Noise with the picture's Gram matrices in VGG19 (needs --vgg19).
    Gatys,
    /// Noise with the picture's Gram matrices in a fixed bank of random filters.
    FilterBank,
}

/// Whether to match traces.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Switch {
    On,
    Off,
}

/// How the distortions of a set are made.
#[derive(Args)]
pub struct SynthesisArgs {
    /// How the distortions are made.
    #[arg(long, value_enum, default_value = "patch")]
    synthesis: SynthesisName,
    /// Size of the local structure that is kept, in pixels of the image; several, separated by commas, make
    /// one set in which every test picture is distorted at each of them [default: 32; for gatys all
    /// published layers].
    ///
    /// For gatys the layers that see at most so many pixels: 8 up to pool1, 16 pool2, 32 relu3_2, 64 pool3,
    /// 128 pool4, which is the published set. For filter-bank the largest filters: 5, 13, 29, 61 and 125 px
    /// at these scales.
    #[arg(long, value_name = "PX", value_delimiter = ',')]
    scale: Vec<u32>,
    /// Distort each test picture at one of several scales or windows, in turn, instead of at every one.
    #[arg(long)]
    pub spread_scales: bool,
    /// With portilla-simoncelli: take statistics in overlapping windows this wide, in pixels, so that only
    /// what is arranged more finely is lost; several, separated by commas, make one set in which every test
    /// picture is distorted with each of them [default: one window, so that the whole arrangement is lost].
    #[arg(long, value_name = "PX", value_delimiter = ',')]
    window: Vec<u32>,
    /// Put the intact picture together from its own pieces too, in place, so that the traces of the
    /// synthesis are in all three pictures. Patch synthesis only; `off` makes the sets of earlier versions
    /// [default: on for patch].
    #[arg(long, value_enum, value_name = "on|off")]
    match_traces: Option<Switch>,
    #[command(flatten)]
    gram: GramArgs,
}

impl SynthesisArgs {
    /// One for each scale, or for each window: either is what a set varies.
    pub fn all(&self, bar: &ProgressBar) -> Result<Vec<Arc<dyn Synthesis>>> {
        for (name, given) in [("--scale", &self.scale), ("--window", &self.window)] {
            let twice = (1..given.len()).find(|at| given[..*at].contains(&given[*at]));
            ensure!(twice.is_none(), "{name} names a size twice: give each once");
        }
        ensure!(
            self.match_traces != Some(Switch::On) || matches!(self.synthesis, SynthesisName::Patch),
            "--match-traces on goes with --synthesis patch only; the other syntheses cannot match traces yet: \
             leave it out"
        );
        let scale_px = self.scale.first().copied();
        if self.window.is_empty() {
            let further = self.scale.iter().skip(1).copied().map(Some);
            let all = std::iter::once(scale_px).chain(further);
            return all.map(|scale_px| self.one(scale_px, bar)).collect();
        }
        ensure!(
            matches!(self.synthesis, SynthesisName::PortillaSimoncelli),
            "--window goes with --synthesis portilla-simoncelli only; leave it out"
        );
        ensure!(
            self.scale.len() < 2,
            "with --window the windows are what a set varies: give one --scale and several windows, or several \
             scales and no window"
        );
        let whole = PortillaSimoncelli::new(scale_px.unwrap_or(SCALE_PX))?;
        let in_windows = |px: &u32| Ok(Arc::new(whole.in_windows(*px)?) as Arc<dyn Synthesis>);
        self.window.iter().map(in_windows).collect()
    }

    /// Without a scale the synthesis has its own.
    fn one(&self, scale_px: Option<u32>, bar: &ProgressBar) -> Result<Arc<dyn Synthesis>> {
        let stated_px = scale_px.unwrap_or(SCALE_PX);
        Ok(match self.synthesis {
            SynthesisName::Patch => {
                let off = self.match_traces == Some(Switch::Off);
                let traces = if off { Traces::Unmatched } else { Traces::Matched };
                Arc::new(PatchSynthesis::new(stated_px)?.with_traces(traces))
            }
            SynthesisName::PortillaSimoncelli => Arc::new(PortillaSimoncelli::new(stated_px)?),
            SynthesisName::Gatys => self.gram.gatys(scale_px, bar)?,
            SynthesisName::FilterBank => self.gram.filter_bank(stated_px, bar)?,
        })
    }
}
