//! Checkpoints in several safetensors files, as Hugging Face splits large ones: an index names the file of
//! each tensor.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Component, Path};

use gestalt_types::{Sha256, json};
use serde::Deserialize;

use super::read::{ReadError, Tensors, read as read_file, refuse_others};

/// The ending of an index's name.
const INDEX: &str = ".safetensors.index.json";

#[derive(Deserialize)]
struct Index {
    /// The file of each tensor, beside the index.
    weight_map: BTreeMap<String, String>,
}

/// Whether the file is an index, by its name.
fn is_index(path: &Path) -> bool {
    path.to_string_lossy().ends_with(INDEX)
}

/// Every tensor of a checkpoint: of one file, or of all files that an index (`model.safetensors.index.json`)
/// names.
///
/// # Errors
/// As of [`read_file`]; and when the index is none, names a file elsewhere, or a file lacks a tensor that it
/// should have.
pub fn read(path: &Path) -> Result<Tensors, ReadError> {
    if !is_index(path) {
        return read_file(path);
    }
    refuse_others(path)?;
    read_shards(path)
}

/// The hash of a checkpoint: of its file, or of the index with the hash of every file that it names, a line
/// each as `sha256sum` writes them, the index first.
///
/// # Errors
/// When a file cannot be read.
pub fn hash(path: &Path) -> Result<Sha256, ReadError> {
    if !is_index(path) {
        return hash_of_file(path);
    }
    let (_, shards) = index(path)?;
    let mut lines = String::new();
    for file in std::iter::once(path.to_owned()).chain(shards.iter().map(|name| path.with_file_name(name))) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        lines += &format!("{}  {name}\n", hash_of_file(&file)?);
    }
    Ok(Sha256::of(lines.as_bytes()))
}

/// A piece at a time: files may be larger than the memory.
fn hash_of_file(path: &Path) -> Result<Sha256, ReadError> {
    let hashed = File::open(path).and_then(Sha256::of_reader);
    hashed.map_err(|source| ReadError::File { file: path.display().to_string(), source })
}

/// The file of each tensor, and the files.
fn index(path: &Path) -> Result<(BTreeMap<String, String>, BTreeSet<String>), ReadError> {
    let wrong = |why: String| ReadError::Shards { file: path.display().to_string(), why };
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let Index { weight_map } =
        json::read(&bytes).map_err(|error| wrong(format!("is no index of weights: {error}")))?;
    let shards: BTreeSet<String> = weight_map.values().cloned().collect();
    for name in &shards {
        let mut parts = Path::new(name).components();
        if !matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
            || name.ends_with(INDEX)
        {
            return Err(wrong(format!("names `{name}`, which is not a file of weights beside it")));
        }
    }
    Ok((weight_map, shards))
}

fn read_shards(path: &Path) -> Result<Tensors, ReadError> {
    let wrong = |why: String| ReadError::Shards { file: path.display().to_string(), why };
    let (weight_map, shards) = index(path)?;
    let mut tensors = Tensors::new();
    for name in &shards {
        let shard = path.with_file_name(name);
        if !shard.exists() {
            return Err(wrong(format!(
                "{} is missing; fetch all files that the index names",
                shard.display()
            )));
        }
        let of_shard = read_file(&shard)?;
        let lacks = |(key, file): &(&String, &String)| *file == name && !of_shard.contains_key(*key);
        if let Some((key, _)) = weight_map.iter().find(lacks) {
            return Err(wrong(format!("`{key}` is not in {name}; fetch the files again")));
        }
        tensors.extend(of_shard);
    }
    Ok(tensors)
}
