//! The training pictures, rendered or read once and kept in memory, so that a step costs only augmentation.

use std::path::Path;

use gestalt_figures::gestalt_sets::{GestaltSet, SIDE_PX, Split};
use gestalt_images::oddity::{Oddities, Oddity};
use gestalt_images::photographs::{self, Photograph, Skipped};
use gestalt_networks::resize::{Region, resize_region};
use gestalt_scenes::{Category, render};
use image::RgbImage;
use rayon::prelude::*;

use crate::data::Data;
use crate::error::TrainError;

/// Files of a folder that are read before their pictures are put with the others.
const AT_A_TIME: usize = 1024;

/// What is to be told about the files of a folder.
pub enum Told {
    /// One that was left out.
    LeftOut(Skipped),
    /// Something unusual about those that were read.
    Note(String),
}

/// Square pictures of one size.
pub struct Pool {
    size_px: u32,
    source: Source,
}

/// Where the pixels come from.
enum Source {
    /// RGB8, one picture after the other, and the category of each; none for photographs.
    Kept { pixels: Vec<u8>, categories: Vec<Category> },
    /// Drawn when they are needed, which is quick, because their colours are finer than bytes.
    Drawn { set: GestaltSet, split: Split, seed: u64, count: u32 },
}

impl Pool {
    /// Renders or reads the recipe's pictures. Files that cannot be read as pictures are left out and
    /// `told`, as is, once and not for each file, what is unusual about the others.
    pub fn fill(data: &Data, told: &mut dyn FnMut(Told)) -> Result<Self, TrainError> {
        match data {
            Data::Scenes { count, seed, size_px } => Ok(Self::scenes(*count, *seed, *size_px)),
            Data::Figures { set, count, seed } => Ok(Self::figures(set.0, Split::Train, *seed, *count)),
            Data::Folder { path, size_px } => Self::folder(path, *size_px, told),
        }
    }

    /// `count` pictures that training does not use: scenes whose seeds follow those of the training scenes,
    /// or a set's validation pictures. A folder has none.
    pub fn held_out(data: &Data, count: usize) -> Option<Self> {
        match *data {
            _ if count == 0 => None,
            Data::Scenes { count: used, seed, size_px } => {
                Some(Self::scenes(count, seed + used as u64, size_px))
            }
            Data::Figures { set, seed, .. } => {
                Some(Self::figures(set.0, Split::Validation, seed, count as u32))
            }
            Data::Folder { .. } => None,
        }
    }

    fn figures(set: GestaltSet, split: Split, seed: u64, count: u32) -> Self {
        Self { size_px: SIDE_PX as u32, source: Source::Drawn { set, split, seed, count } }
    }

    /// `count` scenes, cycling through the categories; their seeds count up from `seed`.
    pub fn scenes(count: usize, seed: u64, size_px: u32) -> Self {
        let categories: Vec<Category> = Category::ALL.into_iter().cycle().take(count).collect();
        let pictures: Vec<RgbImage> = categories
            .par_iter()
            .enumerate()
            .map(|(i, category)| render(*category, seed + i as u64, size_px))
            .collect();
        let pixels = pictures.into_iter().flat_map(RgbImage::into_raw).collect();
        Self { size_px, source: Source::Kept { pixels, categories } }
    }

    fn folder(folder: &Path, size_px: u32, told: &mut dyn FnMut(Told)) -> Result<Self, TrainError> {
        let listing = photographs::list(folder, None).map_err(|e| TrainError::file("list", folder, e))?;
        let mut left_out = |skipped| told(Told::LeftOut(skipped));
        listing.skipped.into_iter().for_each(&mut left_out);
        let mut oddities = Oddities::default();
        let mut pixels = Vec::new();
        // Some at a time: no picture is in memory twice.
        for photographs in listing.photographs.chunks(AT_A_TIME) {
            let read = photographs.par_iter().map(|photograph| {
                let square = |picture: RgbImage, odd: &[Oddity]| (square(&picture, size_px), odd.to_vec());
                photographs::with_whole(&photograph.path, square)
            });
            let read: Vec<_> = read.collect();
            for (Photograph { path, .. }, read) in photographs.iter().zip(read) {
                match read {
                    Ok((square, odd)) => {
                        oddities.note(path, &odd);
                        pixels.extend(square);
                    }
                    Err(error) => left_out(Skipped { path: path.clone(), reason: error.to_string() }),
                }
            }
        }
        oddities.lines().for_each(|line| told(Told::Note(line)));
        if pixels.is_empty() {
            return Err(TrainError::NoPictures { folder: folder.display().to_string() });
        }
        Ok(Self { size_px, source: Source::Kept { pixels, categories: Vec::new() } })
    }

    /// Number of pictures.
    pub fn len(&self) -> usize {
        match &self.source {
            Source::Kept { pixels, .. } => pixels.len() / self.picture_bytes(),
            Source::Drawn { count, .. } => *count as usize,
        }
    }

    /// Side of every picture in pixels.
    pub fn size_px(&self) -> u32 {
        self.size_px
    }

    /// A part of picture `i` at `out_px`: interleaved RGB from 0 to 255.
    pub fn cut(&self, i: usize, part: Region, out_px: usize) -> Vec<f32> {
        let side_px = self.size_px as usize;
        match &self.source {
            Source::Kept { pixels, .. } => {
                let picture = &pixels[i * self.picture_bytes()..][..self.picture_bytes()];
                resize_region(picture, (side_px, side_px), part, (out_px, out_px))
            }
            // Objectives that learn from figures take them whole, at their size.
            Source::Drawn { set, split, seed, .. } => {
                let picture = set.draw(*split, *seed, i as u32).picture;
                let plane = side_px * side_px;
                (0..3 * plane).map(|at| 255.0 * picture[at % 3 * plane + at / 3]).collect()
            }
        }
    }

    /// Category of picture `i`, where it has one.
    pub fn category(&self, i: usize) -> Option<Category> {
        match &self.source {
            Source::Kept { categories, .. } => categories.get(i).copied(),
            Source::Drawn { .. } => None,
        }
    }

    fn picture_bytes(&self) -> usize {
        self.size_px as usize * self.size_px as usize * 3
    }
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
