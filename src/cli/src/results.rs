//! Files of measured figures, from which `cargo xtask findings` writes docs/findings.md.

use std::path::Path;

use anyhow::{Context, Result};
use gestalt_files::whole_file;
use gestalt_models::card::ModelCard;
use gestalt_stats::Interval;
use serde_json::{Value, json};

/// A figure with its 95 % interval, where it has one, and the number of pictures it rests on.
pub struct Figure {
    pub name: String,
    pub value: f64,
    pub interval: Option<Interval>,
    pub n: usize,
}

impl Figure {
    fn json(&self) -> Value {
        let (low, high) = (self.interval.map(|i| i.low), self.interval.map(|i| i.high));
        json!({ "name": self.name, "value": self.value, "low": low, "high": high, "n": self.n })
    }
}

/// Writes the figures with the command that was given and the model's hash, so that they can be redone.
pub fn write(file: &Path, model: Option<&ModelCard>, figures: &[Figure]) -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let results = json!({
        "command": format!("gestalt {}", words.join(" ")),
        "model": model.map(|card| &card.name),
        "weights_hash": model.map(|card| &card.weights.sha256),
        "figures": figures.iter().map(Figure::json).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&results)? + "\n";
    whole_file::write(file, text.as_bytes()).with_context(|| format!("{} cannot be written", file.display()))
}
