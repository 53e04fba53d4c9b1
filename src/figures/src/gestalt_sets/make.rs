//! Writes sets into a folder; an interrupted run resumes when the same command is given again.

use std::fs;
use std::io::{self, Cursor};
use std::path::Path;

use image::{DynamicImage, ImageFormat};
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::file::{FileError, SOFTWARE, write_file};
use super::{GestaltSet, Split};
use gestalt_files::unfinished::{BeginError, Unfinished, fields, remove_parts};
use gestalt_files::whole_file;

/// Which pictures are written; the same make the same files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GestaltSets {
    /// Which sets.
    pub sets: Vec<GestaltSet>,
    /// Which splits of each.
    pub splits: Vec<Split>,
    /// Pictures of each set and split; as published without a number.
    pub count: Option<u32>,
    /// Seed of all pictures.
    pub seed: u64,
    /// Number of pictures of each set to write as PNG as well, with their masks.
    pub png: u32,
}

/// Why sets are not written.
#[derive(Debug, thiserror::Error)]
pub enum SetsError {
    /// The folder holds something else, or other sets that were begun.
    #[error(transparent)]
    Folder(#[from] BeginError),
    /// A file cannot be written.
    #[error("{0}; finished files are kept: give the same command again to go on")]
    File(#[from] FileError),
}

impl GestaltSets {
    /// Pictures of all sets and splits together.
    pub fn pictures(&self) -> u64 {
        let of_a_set: u64 = self.splits.iter().map(|split| u64::from(self.count(*split))).sum();
        of_a_set * self.sets.len() as u64
    }

    /// Writes `<set>-<split>.safetensors` for each, and the PNG files into `<set>-<split>/`; `progress` is
    /// told how many more pictures are there.
    ///
    /// The folder must be new or empty, or hold what an interrupted run of the same has left: whole files
    /// are kept.
    ///
    /// # Errors
    /// When the folder holds something else, or a file cannot be written.
    pub fn make(&self, out: &Path, progress: &dyn Fn(u32)) -> Result<(), SetsError> {
        let unfinished = Unfinished::begin(out, &self.record())?;
        for &set in &self.sets {
            for &split in &self.splits {
                let count = self.count(split);
                let file = out.join(format!("{set}-{split}.safetensors"));
                // One of its right name is whole, and the recipe says that it is of this seed and count.
                if file.exists() {
                    progress(count);
                } else {
                    write_file(set, split, self.seed, count, &file, progress)?;
                }
                let folder = out.join(format!("{set}-{split}"));
                self.write_png(set, split, &folder)
                    .map_err(|error| FileError { path: folder.clone(), error })?;
            }
        }
        Ok(unfinished.end()?)
    }

    fn count(&self, split: Split) -> u32 {
        self.count.unwrap_or(split.published_count())
    }

    /// All that decides the files.
    fn record(&self) -> Map<String, Value> {
        let Self { sets, splits, count, seed, png } = self;
        let sets: Vec<&str> = sets.iter().map(|set| set.name()).collect();
        let splits: Vec<&str> = splits.iter().map(|split| split.name()).collect();
        fields(json!({
            "sets": sets, "splits": splits, "count": count, "seed": seed, "png": png, "software": SOFTWARE,
        }))
    }

    /// The first pictures as `00000.png`, their masks as `00000-mask.png`.
    fn write_png(&self, set: GestaltSet, split: Split, folder: &Path) -> io::Result<()> {
        let count = self.png.min(self.count(split));
        if count == 0 {
            return Ok(());
        }
        fs::create_dir_all(folder)?;
        remove_parts(folder)?;
        (0..count).into_par_iter().try_for_each(|index| {
            let sample = set.draw(split, self.seed, index);
            write_picture(sample.rgb_picture().into(), &folder.join(format!("{index:05}.png")))?;
            write_picture(sample.mask_picture().into(), &folder.join(format!("{index:05}-mask.png")))
        })
    }
}

fn write_picture(picture: DynamicImage, path: &Path) -> io::Result<()> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(io::Error::other)?;
    whole_file::write(path, bytes.get_ref())
}
