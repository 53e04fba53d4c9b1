//! One type for any architecture, so that observers read a vision transformer and a ResNet in the same way.

use std::collections::BTreeMap;
use std::fmt::Display;

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use crate::bagnet::BagNet;
use crate::card::Architecture;
use crate::convnext::ConvNext;
use crate::keys::{self, KeyReport, Loadable};
use crate::pack::Weights;
use crate::readout::{Layer, Pool, Site};
use crate::resnet::ResNet;
use crate::sparsity::TopK;
use crate::stellar::Stellar;
use crate::vae::Vae;
use crate::vit::Vit;

/// Why an architecture's numbers cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("architecture: {field} = {value} cannot be used: {why}")]
pub struct BadConfig {
    field: &'static str,
    value: String,
    why: &'static str,
}

impl BadConfig {
    /// An error unless the number is good.
    pub(crate) fn unless(
        good: bool,
        field: &'static str,
        value: impl Display,
        why: &'static str,
    ) -> Result<(), Self> {
        if good { Ok(()) } else { Err(Self { field, value: value.to_string(), why }) }
    }
}

/// A network of any architecture.
#[derive(Clone, Debug)]
pub enum Network {
    /// A vision transformer.
    Vit(Box<Vit>),
    /// A ConvNeXt V2.
    ConvNext(Box<ConvNext>),
    /// A ResNet.
    ResNet(Box<ResNet>),
    /// A BagNet.
    BagNet(Box<BagNet>),
    /// STELLAR's encoder.
    Stellar(Box<Stellar>),
    /// A convolutional variational autoencoder.
    Vae(Box<Vae>),
}

/// Does the same with the network of every architecture.
macro_rules! each {
    ($network:expr, $inner:ident => $what:expr) => {
        match $network {
            Network::Vit($inner) => $what,
            Network::ConvNext($inner) => $what,
            Network::ResNet($inner) => $what,
            Network::BagNet($inner) => $what,
            Network::Stellar($inner) => $what,
            Network::Vae($inner) => $what,
        }
    };
}

impl Network {
    /// One vector a picture, read at `layer`.
    ///
    /// # Shapes
    /// `[b, 3, px, px]`, normalised as the card says → `[b, dims]`
    ///
    /// # Panics
    /// When the pictures have another size, or the architecture has no such layer ([`Architecture::has`]).
    pub fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2> {
        each!(self, network => network.read(pictures, layer, top_k))
    }

    /// Every parameter of the network, by timm's name.
    pub fn collect(&self) -> Weights {
        each!(self, network => keys::collect(&**network))
    }

    /// The network with what of `weights` fits it, and how they met.
    pub(crate) fn apply<T: Loadable>(
        self,
        weights: &BTreeMap<String, T>,
        device: &Device,
    ) -> (Self, KeyReport) {
        #[expect(clippy::boxed_local, reason = "it comes in a box and leaves in one")]
        fn put<M: Module, T: Loadable>(
            network: Box<M>,
            weights: &BTreeMap<String, T>,
            device: &Device,
        ) -> (Box<M>, KeyReport) {
            let (network, report) = keys::apply(*network, weights, device);
            (Box::new(network), report)
        }
        macro_rules! put {
            ($kind:ident, $network:expr) => {{
                let (network, report) = put($network, weights, device);
                (Self::$kind(network), report)
            }};
        }
        match self {
            Self::Vit(network) => put!(Vit, network),
            Self::ConvNext(network) => put!(ConvNext, network),
            Self::ResNet(network) => put!(ResNet, network),
            Self::BagNet(network) => put!(BagNet, network),
            Self::Stellar(network) => put!(Stellar, network),
            Self::Vae(network) => put!(Vae, network),
        }
    }

    /// The parameters that a checkpoint must bring.
    pub fn parameters(&self) -> Vec<keys::Parameter> {
        each!(self, network => keys::parameters(&**network))
    }
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
        }
    }

    /// The layers that can be read, first to last.
    pub fn layers(&self) -> Vec<Layer> {
        let blocks = |depth| (0..depth).map(Site::Block).collect::<Vec<_>>();
        let stages = || (0..4).map(Site::Stage).collect::<Vec<_>>();
        let (inside, pools): (_, &[Pool]) = match self {
            Self::Vit(config) => (blocks(config.depth), &[Pool::Mean, Pool::Cls, Pool::Patches]),
            Self::ConvNext(_) | Self::ResNet(_) | Self::BagNet(_) => (stages(), &[Pool::Mean, Pool::Patches]),
            Self::Stellar(_) => (Vec::new(), &[Pool::Mean, Pool::Cls, Pool::Patches]),
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

    /// Whether Top-K sparsity has a place in this network.
    pub fn takes_top_k(&self) -> bool {
        !matches!(self, Self::Vae(_))
    }

    /// Whether this network has such a layer.
    pub fn has(&self, layer: Layer) -> bool {
        self.layers().contains(&layer)
    }
}
