//! The training pictures, rendered or read once and kept in memory, so that a step costs only augmentation.

use std::path::{Path, PathBuf};

use gestalt_images::photographs;
use gestalt_networks::resize::{Region, resize_region};
use gestalt_scenes::{Category, render};
use image::RgbImage;
use rayon::prelude::*;

use crate::data::Data;
use crate::error::TrainError;

/// Square RGB8 pictures of one size.
pub struct Pool {
    size_px: u32,
    pixels: Vec<u8>,
    /// Category of every picture; empty where pictures have none.
    categories: Vec<Category>,
}

impl Pool {
    /// Renders or reads the recipe's pictures. Files that cannot be read as pictures are named to `skipped` and left out.
    pub fn fill(data: &Data, skipped: &mut dyn FnMut(String)) -> Result<Self, TrainError> {
        match data {
            Data::Scenes { count, seed, size_px } => Ok(Self::scenes(*count, *seed, *size_px)),
            Data::Folder { path, size_px } => Self::folder(path, *size_px, skipped),
        }
    }

    /// `count` scenes, cycling through the categories; their seeds count up from `seed`.
    pub fn scenes(count: usize, seed: u64, size_px: u32) -> Self {
        let categories: Vec<Category> = Category::ALL.into_iter().cycle().take(count).collect();
        let pictures: Vec<RgbImage> = categories
            .par_iter()
            .enumerate()
            .map(|(i, category)| render(*category, seed + i as u64, size_px))
            .collect();
        Self { size_px, pixels: pictures.into_iter().flat_map(RgbImage::into_raw).collect(), categories }
    }

    fn folder(path: &Path, size_px: u32, skipped: &mut dyn FnMut(String)) -> Result<Self, TrainError> {
        let mut files = Vec::new();
        list(path, &mut files)?;
        files.sort();
        let read: Vec<Result<Vec<u8>, String>> = files
            .par_iter()
            .map(|file| {
                photographs::with_whole(file, |picture, _| square(&picture, size_px))
                    .map_err(|error| format!("{} is left out: it {error}", file.display()))
            })
            .collect();
        let mut pixels = Vec::new();
        for picture in read {
            match picture {
                Ok(bytes) => pixels.extend(bytes),
                Err(why) => skipped(why),
            }
        }
        if pixels.is_empty() {
            return Err(TrainError::NoPictures { folder: path.display().to_string() });
        }
        Ok(Self { size_px, pixels, categories: Vec::new() })
    }

    /// Number of pictures.
    pub fn len(&self) -> usize {
        self.pixels.len() / self.picture_bytes()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pixels.is_empty()
    }

    /// Side of every picture in pixels.
    pub fn size_px(&self) -> u32 {
        self.size_px
    }

    /// Picture `i`, interleaved RGB.
    pub fn get(&self, i: usize) -> &[u8] {
        &self.pixels[i * self.picture_bytes()..][..self.picture_bytes()]
    }

    /// Category of picture `i`, where it has one.
    pub fn category(&self, i: usize) -> Option<Category> {
        self.categories.get(i).copied()
    }

    fn picture_bytes(&self) -> usize {
        self.size_px as usize * self.size_px as usize * 3
    }
}

/// Every file below `folder`, in no particular order.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), TrainError> {
    for entry in std::fs::read_dir(folder).map_err(|e| TrainError::file("list", folder, e))? {
        let path = entry.map_err(|e| TrainError::file("list", folder, e))?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// The centred square of a picture at `size_px`.
fn square(picture: &RgbImage, size_px: u32) -> Vec<u8> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let side = width.min(height) as f64;
    let region = Region {
        x_px: (width as f64 - side) / 2.0,
        y_px: (height as f64 - side) / 2.0,
        width_px: side,
        height_px: side,
    };
    let out = (size_px as usize, size_px as usize);
    resize_region(picture.as_raw(), (width, height), region, out)
        .into_iter()
        .map(|v| v.round() as u8)
        .collect()
}
