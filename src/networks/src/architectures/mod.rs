//! The table of architectures. A new one is a file in this folder and its two lines here: its module,
//! and its row in the table. Names, configuration in a card, loading and dispatch are generated from
//! the row (CONTRIBUTING.md has the recipe).

pub mod bagnet;
mod config;
pub mod convnext;
pub mod mobilenet;
mod published;
mod residual;
pub mod resnet;
pub mod stellar;
mod table;
pub mod vae;
pub mod vgg;
pub mod vit;

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::bad_config::BadConfig;
use crate::keys::{self, KeyReport, Loadable};
use crate::preprocess::Preprocess;
use crate::readout::Layer;
use crate::sparsity::TopK;
use crate::weight::Weights;

pub use config::{ArchitectureConfig, Positions, PublicName, ReadableNetwork};
pub use published::{NoChoiceOfActivation, Published, UnknownArchitecture, published};

table::architectures! {
    /// A vision transformer.
    Vit: vit::VitConfig,
    /// A ConvNeXt V2.
    ConvNext: convnext::ConvNextConfig,
    /// A ResNet.
    ResNet: resnet::ResNetConfig,
    /// A ResNet that sees only small patches.
    BagNet: bagnet::BagNetConfig,
    /// STELLAR's encoder.
    Stellar: stellar::StellarConfig,
    /// A convolutional autoencoder, plain or variational.
    Vae: vae::VaeConfig,
    /// A VGG.
    Vgg: vgg::VggConfig,
    /// A MobileNetV2.
    MobileNetV2: mobilenet::MobileNetV2Config,
}
