//! What the ladder measures: one cell for each synthesis, scale and treatment of traces, and one file for each cell.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use gestalt_files::whole_file;
use gestalt_models::Compute;
use gestalt_protocol::Wholeness;
use gestalt_synthesis::gram::Place;
use gestalt_synthesis::portilla_simoncelli::PortillaSimoncelli;
use gestalt_synthesis::{FilterBankSynthesis, PatchSynthesis, Synthesis, Traces};
use serde::{Deserialize, Serialize};

/// Scales of patch synthesis, in pixels, the default's neighbours first.
const PATCH_PX: [u32; 7] = [56, 32, 64, 16, 112, 8, 128];
/// Scales of Portilla and Simoncelli's synthesis, in pixels.
const PORTILLA_SIMONCELLI_PX: [u32; 5] = [64, 32, 16, 128, 8];
/// The one scale at which Gram matrices are matched, in pixels: they take long.
const GRAM_PX: u32 = 64;

/// How the distortions of a cell are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Patch,
    PortillaSimoncelli,
    FilterBank,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    pub synthesis: Kind,
    pub scale_px: u32,
    pub traces_matched: bool,
    /// Triplets that are made and judged.
    pub trials: u32,
}

impl Cell {
    /// All of them, the most telling first, with at most `most` triplets each.
    pub fn all(most: u32) -> Vec<Self> {
        let cell = |synthesis, traces_matched, trials: u32| {
            move |scale_px| Self { synthesis, scale_px, traces_matched, trials: trials.min(most) }
        };
        let matched = PATCH_PX.map(cell(Kind::Patch, true, 240));
        let unmatched = PATCH_PX.map(cell(Kind::Patch, false, 240));
        let textures = PORTILLA_SIMONCELLI_PX.map(cell(Kind::PortillaSimoncelli, false, 60));
        let gram = [GRAM_PX].map(cell(Kind::FilterBank, false, 24));
        [&matched[..], &unmatched[..], &textures[..], &gram[..]].concat()
    }

    /// What it is called in the table.
    pub fn synthesis_name(self) -> &'static str {
        match self.synthesis {
            Kind::Patch => "patch",
            Kind::PortillaSimoncelli => "portilla-simoncelli",
            Kind::FilterBank => "filter-bank",
        }
    }

    /// The name of its file, without the ending.
    pub fn name(self) -> String {
        let traces = if self.traces_matched { "matched" } else { "unmatched" };
        format!("{}-{}-{traces}-{}", self.synthesis_name(), self.scale_px, self.trials)
    }

    /// What makes its distortions.
    pub fn maker(self) -> Result<Arc<dyn Synthesis>> {
        let traces = if self.traces_matched { Traces::Matched } else { Traces::Unmatched };
        Ok(match self.synthesis {
            Kind::Patch => Arc::new(PatchSynthesis::new(self.scale_px)?.with_traces(traces)),
            Kind::PortillaSimoncelli => Arc::new(PortillaSimoncelli::new(self.scale_px)?),
            Kind::FilterBank => Arc::new(FilterBankSynthesis::new(self.scale_px, cpu()?)?),
        })
    }
}

fn cpu() -> Result<Place> {
    let compute = Compute::cpu()?;
    Ok(Place::new(compute.device(), format!("cpu {}", compute.adapter())))
}

/// How an observer without a network did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlResult {
    pub name: String,
    pub correct: u64,
    pub of: u64,
}

/// A measured cell, as its file holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    pub cell: Cell,
    /// `scenes`, or the folder of photographs.
    pub source: String,
    pub seed: u64,
    pub software: String,
    /// Seconds that making the triplets took, on as many threads as there were.
    pub making_s: f64,
    pub wholeness: Wholeness,
    /// Control observers of the fairness report.
    pub controls: Vec<ControlResult>,
}

/// Where the cell's file lies.
pub fn file(folder: &Path, cell: Cell) -> PathBuf {
    folder.join(format!("{}.json", cell.name()))
}

/// Every measured cell in the folder, in the order of the table.
pub fn read_all(folder: &Path) -> Result<Vec<Measured>> {
    let mut all = Vec::new();
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let bytes = std::fs::read(&path)?;
            let wrong =
                || format!("{} is no cell of a ladder; remove it, and it is measured again", path.display());
            all.push(serde_json::from_slice::<Measured>(&bytes).with_context(wrong)?);
        }
    }
    let place = |measured: &Measured| {
        let Cell { synthesis, scale_px, traces_matched, trials } = measured.cell;
        (synthesis as u8, !traces_matched, scale_px, trials)
    };
    all.sort_by_key(place);
    Ok(all)
}

/// Writes a cell's file whole.
pub fn write(folder: &Path, measured: &Measured) -> Result<()> {
    let path = file(folder, measured.cell);
    let text = serde_json::to_string_pretty(measured)? + "\n";
    whole_file::write(&path, text.as_bytes()).with_context(|| format!("{} cannot be written", path.display()))
}
