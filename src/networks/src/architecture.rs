//! Which network a model is: its kind and its numbers, as a card states them, and what can be read of it.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::bad_config::BadConfig;
use crate::bagnet::BagNetConfig;
use crate::convnext::ConvNextConfig;
use crate::network::Network;
use crate::readout::{Layer, Pool, Site};
use crate::resnet::ResNetConfig;
use crate::stellar::StellarConfig;
use crate::vae::VaeConfig;
use crate::vgg_observer::{STAGES, VggObserverConfig};
use crate::vit::VitConfig;

/// A network and its numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Architecture {
    /// A vision transformer.
    Vit(VitConfig),
    /// A ConvNeXt V2.
    ConvNext(ConvNextConfig),
    /// A ResNet.
    ResNet(ResNetConfig),
    /// A ResNet that sees only small patches.
    BagNet(BagNetConfig),
    /// STELLAR's encoder.
    Stellar(StellarConfig),
    /// A convolutional autoencoder, plain or variational.
    Vae(VaeConfig),
    /// A VGG.
    Vgg(VggObserverConfig),
}

impl Architecture {
    /// Checks the numbers, so that a hostile card cannot ask for more memory than any model of this kind needs.
    pub fn check(&self) -> Result<(), BadConfig> {
        match self {
            Self::Vit(config) => config.check(),
            Self::ConvNext(config) => config.check(),
            Self::ResNet(config) => config.check(),
            Self::BagNet(config) => config.check(),
            Self::Stellar(config) => config.check(),
            Self::Vae(config) => config.check(),
            Self::Vgg(config) => config.check(),
        }
    }

    /// A network of this shape on `device`, its weights drawn lazily.
    ///
    /// # Errors
    /// When [`check`](Self::check) finds a number that cannot be used.
    pub fn init(&self, device: &Device) -> Result<Network, BadConfig> {
        Ok(match self {
            Self::Vit(config) => Network::Vit(Box::new(config.init(device)?)),
            Self::ConvNext(config) => Network::ConvNext(Box::new(config.init(device)?)),
            Self::ResNet(config) => Network::ResNet(Box::new(config.init(device)?)),
            Self::BagNet(config) => Network::BagNet(Box::new(config.init(device)?)),
            Self::Stellar(config) => Network::Stellar(Box::new(config.init(device)?)),
            Self::Vae(config) => Network::Vae(Box::new(config.init(device)?)),
            Self::Vgg(config) => Network::Vgg(Box::new(config.init(device)?)),
        })
    }

    /// Side of the square input picture, in pixels.
    pub fn image_px(&self) -> usize {
        match self {
            Self::Vit(config) => config.image_px,
            Self::ConvNext(config) => config.image_px,
            Self::ResNet(config) => config.image_px,
            Self::BagNet(config) => config.image_px,
            Self::Stellar(config) => config.encoder.image_px,
            Self::Vae(config) => config.image_px,
            Self::Vgg(config) => config.image_px,
        }
    }

    /// The layers that can be read, first to last.
    pub fn layers(&self) -> Vec<Layer> {
        let blocks = |depth| (0..depth).map(Site::Block).collect::<Vec<_>>();
        let stages = |count| (0..count).map(Site::Stage).collect::<Vec<_>>();
        let maps: &[Pool] = &[Pool::Mean, Pool::Patches];
        let (inside, pools): (_, &[Pool]) = match self {
            Self::Vit(config) => (blocks(config.depth), &[Pool::Mean, Pool::Cls, Pool::Patches]),
            Self::ConvNext(_) | Self::ResNet(_) | Self::BagNet(_) => (stages(4), maps),
            Self::Vgg(_) => (stages(STAGES), maps),
            Self::Stellar(config) => (blocks(config.encoder.depth), &[Pool::Mean, Pool::Cls, Pool::Patches]),
            Self::Vae(_) => (Vec::new(), &[Pool::Latent]),
        };
        let last: &[Pool] = match self {
            Self::Vit(config) if config.projection > 0 => &[Pool::Projection],
            Self::Stellar(_) => &[Pool::Sparse, Pool::Spatial, Pool::Product],
            _ => &[],
        };
        let at = |site| pools.iter().map(move |&pool| Layer { site, pool });
        let inside = inside.into_iter().flat_map(|site| {
            let attention = matches!(site, Site::Block(_)).then_some(Layer { site, pool: Pool::Attention });
            at(site).chain(attention)
        });
        let last = last.iter().map(|&pool| Layer::last(pool));
        inside.chain(at(Site::Norm)).chain(last).collect()
    }

    /// How many patches a vector of this layer holds, one after the other; `None` of a layer that does not hold all patches.
    pub fn patches_in(&self, layer: Layer) -> Option<usize> {
        if layer.pool != Pool::Patches || !self.has(layer) {
            return None;
        }
        let side = match self {
            Self::Vit(config) => config.grid(),
            Self::Stellar(config) => config.encoder.grid(),
            Self::ConvNext(config) => config.image_px >> (layer.stage(4) + 2),
            Self::ResNet(config) => config.image_px >> (layer.stage(4) + 2),
            Self::BagNet(config) => config.side_after(layer.stage(4)),
            Self::Vgg(config) => config.image_px >> (layer.stage(STAGES) + 1),
            Self::Vae(_) => return None,
        };
        Some(side * side)
    }

    /// Whether Top-K sparsity has a place in this network.
    pub fn takes_top_k(&self) -> bool {
        !matches!(self, Self::Vae(_))
    }

    /// Whether this network has such a layer.
    pub fn has(&self, layer: Layer) -> bool {
        self.layers().contains(&layer)
    }
}
