//! Length, pace and augmentation of a training run.

use serde::{Deserialize, Serialize};

/// The table `[schedule]` of a recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Pictures shown in total; 0 makes the untrained twin.
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
    /// Side in pixels of square crops of one fixed size, in place of crops of random size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crop_px: Option<u32>,
    /// Number of held-out pictures whose loss is written beside the training loss; 0: none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held_out: usize,
    /// Steps between two checkpoints.
    pub checkpoint_every_steps: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(held_out: &usize) -> bool {
    *held_out == 0
}

impl Schedule {
    /// Whether a run can follow it. The error names the field.
    pub(crate) fn check(&self) -> Result<(), String> {
        let rules = [
            (self.batch > 0, "batch: must be at least 1"),
            (self.learning_rate > 0.0 && self.learning_rate < 1.0, "learning_rate: must lie between 0 and 1"),
            (self.weight_decay >= 0.0, "weight_decay: must not be negative"),
            (
                self.smallest_crop > 0.0 && self.smallest_crop <= 1.0,
                "smallest_crop: must lie in 0..=1, above 0",
            ),
            (self.crop_px != Some(0), "crop_px: must be at least 1"),
            (self.checkpoint_every_steps > 0, "checkpoint_every_steps: must be at least 1"),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, why)) => Err(format!("schedule.{why}")),
            None => Ok(()),
        }
    }

    /// Optimiser steps in total.
    pub fn steps(&self) -> u64 {
        self.pictures.div_ceil(self.batch as u64)
    }

    /// The learning rate of `step`, counted from 0: linear warm-up, then half a cosine to 0.
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        let seen = (step + 1) as f64 * self.batch as f64;
        let (warmup, all) = (self.warmup_pictures as f64, self.pictures as f64);
        if seen < warmup {
            return self.learning_rate * seen / warmup;
        }
        let along = ((seen - warmup) / (all - warmup).max(1.0)).min(1.0);
        self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * along).cos())
    }
}
