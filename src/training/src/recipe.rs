//! A training recipe, so that a model can be made again from one small file.

use std::path::{Path, PathBuf};

use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::architectures::vit::VitConfig;
use serde::{Deserialize, Serialize};

use crate::TrainError;

/// Everything that decides what `gestalt train` makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The model's name; its folder and its rows carry it.
    pub name: String,
    /// Seed of the initial weights, the masks, the crops and the order of the pictures.
    pub seed: u64,
    /// Licence of the weights, as an SPDX expression.
    pub licence: String,
    /// The pictures.
    pub data: Data,
    /// The encoder's shape.
    pub model: VitConfig,
    /// What is learned.
    pub objective: Objective,
    /// How long and how fast.
    pub schedule: Schedule,
    /// Rendered scenes on which the stored weights are compared with the trained ones, for the card; 0: not at all.
    #[serde(default = "compared_scenes")]
    pub compare_on: u32,
}

fn compared_scenes() -> u32 {
    200
}

/// Where pictures come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
pub enum Data {
    /// Rendered scenes, categories in turn.
    Scenes {
        /// How many.
        count: usize,
        /// Seed of the first; the others count up from it.
        seed: u64,
        /// Side in pixels.
        size_px: u32,
    },
    /// Every picture in a folder and the folders below it.
    Folder {
        /// The folder.
        path: PathBuf,
        /// Side in pixels to which pictures are cut before augmentation.
        size_px: u32,
    },
}

/// The masked autoencoder's numbers (He et al. 2022, section 3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Fraction of the patches hidden from the encoder.
    pub mask_ratio: f64,
    /// Width of the decoder's tokens.
    pub decoder_width: usize,
    /// Blocks of the decoder.
    pub decoder_depth: usize,
    /// Attention heads of the decoder.
    pub decoder_heads: usize,
}

/// Length, pace and augmentation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Pictures shown in all; 0 makes the untrained twin.
    pub pictures: u64,
    /// Pictures per step.
    pub batch: usize,
    /// Pictures over which the learning rate rises from 0.
    pub warmup_pictures: u64,
    /// Highest learning rate; it falls to 0 along a half cosine.
    pub learning_rate: f64,
    /// AdamW's weight decay, on matrices only.
    pub weight_decay: f64,
    /// Smallest share of a picture's area that a random crop takes.
    pub smallest_crop: f64,
    /// Steps between two checkpoints.
    pub checkpoint_every_steps: u64,
}

impl Recipe {
    /// Reads and checks a TOML recipe.
    pub fn read(path: &Path) -> Result<Self, TrainError> {
        let text = std::fs::read_to_string(path).map_err(|e| TrainError::file("read", path, e))?;
        Self::parse(&text).map_err(|why| TrainError::Recipe { file: path.display().to_string(), why })
    }

    /// Parses and checks; the error says which field and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let recipe: Self =
            serde_path_to_error::deserialize(toml::Deserializer::parse(text).map_err(|e| e.to_string())?)
                .map_err(|e| format!("{}: {}", e.path(), e.inner().message()))?;
        recipe.check()?;
        Ok(recipe)
    }

    fn check(&self) -> Result<(), String> {
        self.model.check().map_err(|e| e.to_string())?;
        let require = |fine: bool, why: &str| if fine { Ok(()) } else { Err(why.to_owned()) };
        let o = &self.objective;
        require(o.mask_ratio > 0.0 && o.mask_ratio < 1.0, "objective.mask_ratio: must lie between 0 and 1")?;
        require(
            self.visible() >= 1 && self.visible() < self.model.patches(),
            "objective.mask_ratio: hides all or none",
        )?;
        require(
            o.decoder_heads > 0
                && o.decoder_width.is_multiple_of(o.decoder_heads)
                && o.decoder_width.is_multiple_of(4),
            "objective.decoder_width: must be a multiple of decoder_heads and of 4",
        )?;
        let s = &self.schedule;
        require(s.batch > 0, "schedule.batch: must be at least 1")?;
        require(
            s.learning_rate > 0.0 && s.learning_rate < 1.0,
            "schedule.learning_rate: must lie between 0 and 1",
        )?;
        require(s.weight_decay >= 0.0, "schedule.weight_decay: must not be negative")?;
        require(
            s.smallest_crop > 0.0 && s.smallest_crop <= 1.0,
            "schedule.smallest_crop: must lie in 0..=1, above 0",
        )?;
        require(s.checkpoint_every_steps > 0, "schedule.checkpoint_every_steps: must be at least 1")?;
        let (Data::Scenes { size_px, .. } | Data::Folder { size_px, .. }) = &self.data;
        require((8..=4096).contains(size_px), "data.size_px: must lie in 8..=4096")?;
        if let Data::Scenes { count, .. } = &self.data {
            require(*count > 0 || s.pictures == 0, "data.count: must be at least 1")?;
        }
        Ok(())
    }

    /// Patches the encoder sees.
    pub fn visible(&self) -> usize {
        let n = self.model.patches();
        n - (n as f64 * self.objective.mask_ratio).round() as usize
    }

    /// Optimiser steps in all.
    pub fn steps(&self) -> u64 {
        self.schedule.pictures.div_ceil(self.schedule.batch as u64)
    }

    /// The learning rate of `step`, counted from 0: linear warm-up, then half a cosine to 0.
    pub fn learning_rate(&self, step: u64) -> f64 {
        let s = &self.schedule;
        let seen = (step + 1) as f64 * s.batch as f64;
        let (warmup, all) = (s.warmup_pictures as f64, s.pictures as f64);
        if seen < warmup {
            return s.learning_rate * seen / warmup;
        }
        let along = ((seen - warmup) / (all - warmup).max(1.0)).min(1.0);
        s.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * along).cos())
    }
}
