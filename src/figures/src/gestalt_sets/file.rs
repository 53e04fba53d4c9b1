//! Writes the pictures of a split into one safetensors file, as PyTorch and NumPy read it.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::json;

use super::{GestaltSet, MASK_LEN, PICTURE_LEN, SIDE_PX, Split};
use gestalt_files::safetensors::{self, Dtype, Tensor};
use gestalt_files::unfinished::fields;
use gestalt_files::whole_file;

/// The name and version that a file states.
pub(super) const SOFTWARE: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
/// Pictures that are drawn side by side before they are written: 25 MB.
const CHUNK: u32 = 512;

const PICTURE_BYTES: usize = PICTURE_LEN * size_of::<f32>();

/// Why a file is not there.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}; check that the folder exists and that the disk is not full", path.display())]
pub struct FileError {
    /// Which one.
    pub path: PathBuf,
    /// What the system said.
    pub error: io::Error,
}

/// Draws pictures `0..count` of a split on all cores and writes them to `path`; `progress` is told how many
/// more are written.
///
/// Tensors: `images` f32 `[count, 3, 64, 64]`, `masks` u8 `[count, 64, 64]`, `labels` u8 `[count]` (how many
/// labels each mask has, the background's among them). The file's metadata name set, split, seed, count, the
/// labels and the software.
///
/// The file is written under a name that ends in `.part` and renamed when it is whole and synced to disk.
///
/// # Errors
/// When the disk is full or the folder cannot be written; what was written by then is removed.
pub fn write_file(
    set: GestaltSet,
    split: Split,
    seed: u64,
    count: u32,
    path: &Path,
    progress: &dyn Fn(u32),
) -> Result<(), FileError> {
    whole_file::fill(path, |file| write_tensors((set, split, seed, count), file, progress))
        .map_err(|error| FileError { path: path.to_owned(), error })
}

fn write_tensors(
    (set, split, seed, count): (GestaltSet, Split, u64, u32),
    file: &mut File,
    progress: &dyn Fn(u32),
) -> io::Result<()> {
    let (pictures, side) = (u64::from(count), SIDE_PX as u64);
    let tensors = [
        Tensor { name: "images", dtype: Dtype::F32, shape: &[pictures, 3, side, side] },
        Tensor { name: "masks", dtype: Dtype::U8, shape: &[pictures, side, side] },
        Tensor { name: "labels", dtype: Dtype::U8, shape: &[pictures] },
    ];
    let head = head(set, split, seed, count, &tensors);
    file.write_all(&head)?;
    let start = head.len() as u64;
    let images_end = tensors[0].bytes();
    let masks_end = images_end + tensors[1].bytes();
    for first in (0..count).step_by(CHUNK as usize) {
        let chunk = Chunk::draw(set, split, seed, first..count.min(first + CHUNK));
        let place = u64::from(first);
        for (offset, bytes) in [
            (place * PICTURE_BYTES as u64, &chunk.images),
            (images_end + place * MASK_LEN as u64, &chunk.masks),
            (masks_end + place, &chunk.labels),
        ] {
            file.seek(SeekFrom::Start(start + offset))?;
            file.write_all(bytes)?;
        }
        progress(chunk.labels.len() as u32);
    }
    Ok(())
}

fn head(set: GestaltSet, split: Split, seed: u64, count: u32, tensors: &[Tensor<'_>]) -> Vec<u8> {
    let metadata = json!({
        "set": set.name(),
        "split": split.name(),
        "seed": seed.to_string(),
        "count": count.to_string(),
        "labels": set.label_names().join(", "),
        "software": SOFTWARE,
    });
    safetensors::head(fields(metadata), tensors)
}

/// Some pictures as the bytes of the three tensors.
struct Chunk {
    images: Vec<u8>,
    masks: Vec<u8>,
    labels: Vec<u8>,
}

impl Chunk {
    fn draw(set: GestaltSet, split: Split, seed: u64, indices: std::ops::Range<u32>) -> Self {
        let count = indices.len();
        let mut chunk = Self {
            images: vec![0; count * PICTURE_BYTES],
            masks: vec![0; count * MASK_LEN],
            labels: vec![0; count],
        };
        let images = chunk.images.par_chunks_mut(PICTURE_BYTES);
        let rest = chunk.masks.par_chunks_mut(MASK_LEN).zip(&mut chunk.labels);
        indices.into_par_iter().zip(images.zip(rest)).for_each(|(index, (image, (mask, labels)))| {
            let sample = set.draw(split, seed, index);
            for (bytes, value) in image.chunks_exact_mut(4).zip(&sample.picture) {
                bytes.copy_from_slice(&value.to_le_bytes());
            }
            mask.copy_from_slice(&sample.mask);
            *labels = sample.labels;
        });
        chunk
    }
}
