//! Checkpoints in several safetensors files, as Hugging Face splits large ones: an index names the file of
//! each tensor.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use gestalt_types::json;
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

fn read_shards(index: &Path) -> Result<Tensors, ReadError> {
    let wrong = |why: String| ReadError::Shards { file: index.display().to_string(), why };
    let bytes = std::fs::read(index).map_err(|error| wrong(error.to_string()))?;
    let Index { weight_map } =
        json::read(&bytes).map_err(|error| wrong(format!("is no index of weights: {error}")))?;
    let mut tensors = Tensors::new();
    for name in weight_map.values().collect::<BTreeSet<_>>() {
        let mut parts = Path::new(name).components();
        if !matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
            || name.ends_with(INDEX)
        {
            return Err(wrong(format!("names `{name}`, which is not a file of weights beside it")));
        }
        let shard = index.with_file_name(name);
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
