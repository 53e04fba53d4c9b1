//! What a training objective is. The loop, checkpoints and the model folder know objectives only through this trait.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use gestalt_networks::architectures::vit::{Vit, VitConfig};
use image::RgbImage;
use rand_chacha::ChaCha8Rng;

use crate::batch::{Batch, View};
use crate::data::Data;
use crate::error::TrainError;

/// An encoder together with what it needs to learn, such as a decoder or a classifier.
pub trait Objective: Module + Sized {
    /// Its settings: the table `[objective]` of a recipe.
    type Config;
    /// What it draws for each picture besides crop and reflection, such as a mask.
    type Draw;

    /// Name in plots.
    const NAME: &'static str;
    /// The loss, with its unit, for the axis of the loss curve.
    const LOSS: &'static str;

    /// Whether the settings are possible with this encoder and these pictures. The error names the field.
    fn check(config: &Self::Config, encoder: &VitConfig, data: &Data) -> Result<(), String>;

    /// One sentence for the model card: what is learned, with its source.
    fn describe(config: &Self::Config) -> String;

    /// The network on `device`, its weights drawn lazily; see [`crate::init::draw`].
    ///
    /// # Errors
    /// When the encoder cannot be built.
    fn new(config: &Self::Config, encoder: &VitConfig, device: &Device) -> Result<Self, TrainError>;

    /// Draws what one picture needs. The random numbers continue those of its crop and reflection.
    fn draw(config: &Self::Config, encoder: &VitConfig, random: &mut ChaCha8Rng) -> Self::Draw;

    /// The loss of a batch: one number.
    fn loss(&self, batch: &Batch<Self::Draw>, device: &Device) -> Tensor<1>;

    /// The part that is kept when training ends.
    fn encoder(&self) -> &Vit;

    /// Figures about the trained network for the model card, by name.
    ///
    /// # Errors
    /// When a tensor cannot be read back.
    fn measure(
        &self,
        _data: &Data,
        _view: &View,
        _device: &Device,
    ) -> Result<BTreeMap<String, f64>, TrainError> {
        Ok(BTreeMap::new())
    }

    /// A picture of what was learned, from a batch that training did not use: file name and pixels.
    ///
    /// # Errors
    /// When a tensor cannot be read back.
    fn illustrate(
        &self,
        _batch: &Batch<Self::Draw>,
        _view: &View,
        _device: &Device,
    ) -> Result<Option<(&'static str, RgbImage)>, TrainError> {
        Ok(None)
    }
}

/// Work that is the same for every objective; see [`crate::objectives::ObjectiveConfig::dispatch`].
pub trait Task {
    /// What the work yields.
    type Output;

    /// Does the work with one objective.
    fn run<O: Objective>(self, config: &O::Config) -> Self::Output;
}
