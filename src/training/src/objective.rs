//! What a training objective is. The loop, checkpoints and the model folder know objectives only through
//! this trait.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use gestalt_networks::architectures::vae::VaeConfig;
use gestalt_networks::architectures::vit::VitConfig;
use gestalt_networks::architectures::{Architecture, ArchitectureConfig};
use gestalt_networks::preprocess::Normalise;
use image::RgbImage;
use rand_chacha::ChaCha8Rng;

use crate::batch::{Batch, View};
use crate::data::Data;
use crate::error::TrainError;

/// The shape of a network that can be trained.
pub trait Shape: ArchitectureConfig + Clone {
    /// Its `kind` in a recipe.
    const KIND: &'static str;

    /// This shape, where the architecture is of this kind.
    fn of(architecture: &Architecture) -> Option<&Self>;

    /// Side of the patches into which a picture is cut; that of the picture where the network takes it
    /// whole.
    fn patch_px(&self) -> usize;
}

impl Shape for VitConfig {
    const KIND: &'static str = "vit";

    fn of(architecture: &Architecture) -> Option<&Self> {
        if let Architecture::Vit(shape) = architecture { Some(shape) } else { None }
    }

    fn patch_px(&self) -> usize {
        self.patch_px
    }
}

impl Shape for VaeConfig {
    const KIND: &'static str = "vae";

    fn of(architecture: &Architecture) -> Option<&Self> {
        if let Architecture::Vae(shape) = architecture { Some(shape) } else { None }
    }

    fn patch_px(&self) -> usize {
        self.image_px
    }
}

/// The network that an objective trains.
pub type NetworkOf<O> = <<O as Objective>::Shape as ArchitectureConfig>::Network;

/// A network together with what it needs to learn, such as a decoder or a classifier.
pub trait Objective: Module + Sized {
    /// Its settings: the table `[objective]` of a recipe.
    type Config;
    /// What it draws for each picture besides crop and reflection, such as a mask.
    type Draw;
    /// The shape of the network that is kept when training ends.
    type Shape: Shape;

    /// Name in plots.
    const NAME: &'static str;
    /// The loss, with its unit, for the axis of the loss curve.
    const LOSS: &'static str;
    /// How colours are normalised.
    const NORMALISE: Normalise = Normalise::IMAGENET;
    /// Views of each picture in a batch, one after the other.
    const VIEWS: usize = 1;
    /// Whether pictures are cropped and reflected at random.
    const AUGMENTS: bool = true;

    /// Whether the settings are possible with this network and these pictures. The error names the field.
    fn check(config: &Self::Config, shape: &Self::Shape, data: &Data) -> Result<(), String>;

    /// One sentence for the model card: what is learned, with its source.
    fn describe(config: &Self::Config) -> String;

    /// The network on `device`, its weights drawn lazily; see [`crate::init::draw`].
    ///
    /// # Errors
    /// When the encoder cannot be built.
    fn new(config: &Self::Config, shape: &Self::Shape, device: &Device) -> Result<Self, TrainError>;

    /// Changes the colours of a view: interleaved RGB from 0 to 255. The random numbers continue those of
    /// its crop.
    fn recolour(_config: &Self::Config, _pixels: &mut [f32], _random: &mut ChaCha8Rng) {}

    /// Draws what one picture needs. The random numbers continue those of its crop and reflection.
    fn draw(config: &Self::Config, shape: &Self::Shape, random: &mut ChaCha8Rng) -> Self::Draw;

    /// The loss of a batch: one number.
    fn loss(&self, batch: &Batch<Self::Draw>, device: &Device) -> Tensor<1>;

    /// The part that is kept when training ends.
    fn network(&self) -> &NetworkOf<Self>;

    /// The same, to start from trained weights.
    fn network_mut(&mut self) -> &mut NetworkOf<Self>;

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
