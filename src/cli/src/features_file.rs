//! The file of `gestalt features`, made of the lines that were kept while it was computed.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use gestalt_files::safetensors::{self, Dtype, Tensor};
use gestalt_files::unfinished::fields;
use gestalt_files::whole_file;
use serde_json::{Map, Value, json};

use crate::kept::{Kept, Line};

/// The part of a picture's line that holds its features: 32-bit floats.
pub const FEATURES: &str = "features";

/// What the file states about itself.
pub struct About {
    /// The model's name.
    pub model: String,
    /// The layer.
    pub layer: String,
    /// Number of patches in a row, where the layer holds every patch.
    pub patches: Option<usize>,
}

/// The size of what was written.
pub struct Written {
    /// Number of pictures.
    pub rows: usize,
    /// Numbers of each.
    pub numbers: usize,
}

/// Writes the features of all pictures that were not left out. They are not in memory together.
pub fn write(kept: &Kept, about: &About, out: &Path) -> Result<Written> {
    let (mut files, mut left_out, mut row_bytes) = (Vec::new(), Vec::new(), None);
    let mut are_alike = true;
    kept.each(|line| {
        let mut line = Line::parse(line)?;
        match line.part(FEATURES)? {
            Some(features) => {
                are_alike &= *row_bytes.get_or_insert(features.len()) == features.len();
                files.push(line.file);
            }
            None => left_out.push(line.file),
        }
        Ok(())
    })?;
    if !are_alike {
        bail!("the pictures gave vectors of different lengths");
    }
    let numbers = row_bytes.unwrap_or(0) / size_of::<f32>();
    let written = Written { rows: files.len(), numbers };
    if files.is_empty() {
        return Ok(written);
    }
    let shape = [files.len() as u64, numbers as u64];
    let features = Tensor { name: FEATURES, dtype: Dtype::F32, shape: &shape };
    let head = safetensors::head(metadata(about, &files, &left_out), &[features]);
    whole_file::fill(out, |file| {
        file.write_all(&head)?;
        let each = |line: &str| match Line::parse(line)?.part(FEATURES)? {
            Some(features) => file.write_all(&features),
            None => Ok(()),
        };
        kept.each(each).map_err(io::Error::other)
    })
    .with_context(|| format!("{} cannot be written", out.display()))?;
    Ok(written)
}

/// Values of a safetensors file's metadata are texts.
fn metadata(about: &About, files: &[String], left_out: &[String]) -> Map<String, Value> {
    let mut metadata = fields(json!({
        "model": about.model, "layer": about.layer, "files": json!(files).to_string(),
    }));
    if let Some(patches) = about.patches {
        metadata.insert("patches".to_owned(), patches.to_string().into());
    }
    if !left_out.is_empty() {
        metadata.insert("left_out".to_owned(), json!(left_out).to_string().into());
    }
    metadata
}
