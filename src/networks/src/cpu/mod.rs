//! The forward pass on one CPU core in plain Rust, for the browser: there it is faster than burn-flex
//! and than onnxruntime-web (docs/measurements.md).
//!
//! A second way to compute what the burn networks define; a test compares each with its burn network. Values
//! are `f32` slices, row by row; nothing here reads files or knows devices. An architecture without a
//! file here is computed by burn in the browser too.

mod attention;
mod convnext;
mod depthwise;
mod functions;
mod linear;
mod mobilenet;
mod product;
mod sparsity;
mod vit;

use crate::architectures::Architecture;
use crate::readout::Layer;
use crate::sparsity::TopK;
use crate::weight::Weights;

use convnext::CpuConvNext;
pub use linear::{Linear, Moments};
use mobilenet::CpuMobileNetV2;
use vit::CpuVit;

/// A network of one of the architectures that are computed here.
#[derive(Debug, Clone)]
pub enum CpuNetwork {
    /// A vision transformer.
    Vit(Box<CpuVit>),
    /// A ConvNeXt V2.
    ConvNext(Box<CpuConvNext>),
    /// A MobileNetV2.
    MobileNetV2(Box<CpuMobileNetV2>),
}

impl CpuNetwork {
    /// From weights that were checked against this architecture; `None` for an architecture that only
    /// burn computes.
    pub fn from_weights(architecture: &Architecture, weights: &Weights) -> Option<Self> {
        match architecture {
            Architecture::Vit(config) => Some(Self::Vit(Box::new(CpuVit::from_weights(*config, weights)?))),
            Architecture::ConvNext(config) => {
                Some(Self::ConvNext(Box::new(CpuConvNext::from_weights(*config, weights)?)))
            }
            Architecture::MobileNetV2(config) => {
                Some(Self::MobileNetV2(Box::new(CpuMobileNetV2::from_weights(*config, weights)?)))
            }
            _ => None,
        }
    }

    /// Calls `see` with every matrix product whose weights are `[in, out]`, and with its key.
    pub fn each_linear(&mut self, see: &mut dyn FnMut(&str, &mut Linear)) {
        match self {
            Self::Vit(network) => network.each_linear(see),
            Self::ConvNext(network) => network.each_linear(see),
            // Its products are convolutions on disk, `[out, in, 1, 1]`.
            Self::MobileNetV2(_) => {}
        }
    }

    /// One vector for each picture, read at `layer`.
    ///
    /// # Shapes
    /// `[b, 3, px, px]`, normalised as the card says → `b` vectors
    ///
    /// # Panics
    /// When the pictures have another size, or the architecture has no such layer.
    pub fn read(&self, pictures: &[f32], layer: Layer, top_k: Option<TopK>) -> Vec<Vec<f32>> {
        match self {
            Self::Vit(network) => network.read(pictures, layer, top_k),
            Self::ConvNext(network) => network.read(pictures, layer, top_k),
            Self::MobileNetV2(network) => network.read(pictures, layer, top_k),
        }
    }
}
