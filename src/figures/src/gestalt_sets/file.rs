//! Writes the pictures of a split into one safetensors file, as PyTorch and NumPy read it.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::json;

use super::{GestaltSet, MASK_LEN, PICTURE_LEN, SIDE_PX, Split};
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

/// Draws pictures `0..count` of a split on all cores and writes them to `path`; `progress` is told how many more are written.
///
/// Tensors: `images` f32 `[count, 3, 64, 64]`, `masks` u8 `[count, 64, 64]`, `labels` u8 `[count]` (how many labels each
/// mask has, the background's among them). The file's metadata name set, split, seed, count, the labels and the software.
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
    let header = header(set, split, seed, count);
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(&header)?;
    let start = 8 + header.len() as u64;
    let [images_end, masks_end, _] = ends(count);
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

/// Where the data of the three tensors end, counted from the end of the header.
fn ends(count: u32) -> [u64; 3] {
    let count = u64::from(count);
    let images = count * PICTURE_BYTES as u64;
    let masks = images + count * MASK_LEN as u64;
    [images, masks, masks + count]
}

/// The JSON part of a safetensors file, padded with spaces so that the data begin at a multiple of eight.
fn header(set: GestaltSet, split: Split, seed: u64, count: u32) -> Vec<u8> {
    let [images, masks, labels] = ends(count);
    let header = json!({
        "__metadata__": {
            "set": set.name(),
            "split": split.name(),
            "seed": seed.to_string(),
            "count": count.to_string(),
            "labels": set.label_names().join(", "),
            "software": SOFTWARE,
        },
        "images": { "dtype": "F32", "shape": [count, 3, SIDE_PX, SIDE_PX], "data_offsets": [0, images] },
        "masks": { "dtype": "U8", "shape": [count, SIDE_PX, SIDE_PX], "data_offsets": [images, masks] },
        "labels": { "dtype": "U8", "shape": [count], "data_offsets": [masks, labels] },
    });
    let mut header = header.to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    header
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
