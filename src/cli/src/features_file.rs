//! The file of `gestalt features`, made of the lines that were kept while it was computed.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use data_encoding::BASE64;
use gestalt_files::line_log::LineLog;
use gestalt_files::safetensors::{self, Dtype, Tensor};
use gestalt_files::unfinished::fields;
use gestalt_files::whole_file;
use serde_json::{Map, Value, json};

/// A picture's line: its features, or why it was left out.
pub struct Line {
    file: String,
    /// 32-bit floats, little endian.
    features: Option<Vec<u8>>,
}

impl Line {
    /// Of a picture that was computed.
    pub fn of(file: &Path, features: &[f32]) -> String {
        let bytes: Vec<u8> = features.iter().flat_map(|value| value.to_le_bytes()).collect();
        json!({"file": file.display().to_string(), "features": BASE64.encode(&bytes)}).to_string()
    }

    /// Of a picture that could not be read.
    pub fn left_out(file: &Path, reason: &str) -> String {
        json!({"file": file.display().to_string(), "left_out": reason}).to_string()
    }

    fn parse(line: &str) -> io::Result<Self> {
        let damaged =
            || io::Error::new(io::ErrorKind::InvalidData, "a line of the unfinished file is damaged");
        let value: Value = serde_json::from_str(line)?;
        let file = value["file"].as_str().ok_or_else(damaged)?.to_owned();
        let features = value["features"].as_str().map(|text| BASE64.decode(text.as_bytes()));
        Ok(Self { file, features: features.transpose().map_err(|_| damaged())? })
    }
}

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
pub fn write(log: &LineLog, about: &About, out: &Path) -> Result<Written> {
    let (mut files, mut left_out, mut row_bytes) = (Vec::new(), Vec::new(), None);
    let mut are_alike = true;
    log.each_line(|line| {
        let line = Line::parse(line)?;
        match line.features {
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
    let features = Tensor { name: "features", dtype: Dtype::F32, shape: &shape };
    let head = safetensors::head(metadata(about, &files, &left_out), &[features]);
    whole_file::fill(out, |file| {
        file.write_all(&head)?;
        log.each_line(|line| match Line::parse(line)?.features {
            Some(features) => file.write_all(&features),
            None => Ok(()),
        })
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
