//! One type for any architecture, so that observers read a vision transformer and a ResNet in the same way.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use crate::bagnet::BagNet;
use crate::convnext::ConvNext;
use crate::keys::{self, KeyReport, Loadable};
use crate::readout::Layer;
use crate::resnet::ResNet;
use crate::sparsity::TopK;
use crate::stellar::Stellar;
use crate::vae::Vae;
use crate::vgg_observer::VggObserver;
use crate::vit::Vit;
use crate::weight::Weights;

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
    /// A VGG.
    Vgg(Box<VggObserver>),
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
            Network::Vgg($inner) => $what,
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
    /// When the pictures have another size, or the architecture has no such layer ([`Architecture::has`](crate::architecture::Architecture::has)).
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
            Self::Vgg(network) => put!(Vgg, network),
        }
    }

    /// The parameters that a checkpoint must bring.
    pub fn parameters(&self) -> Vec<keys::Parameter> {
        each!(self, network => keys::parameters(&**network))
    }
}
