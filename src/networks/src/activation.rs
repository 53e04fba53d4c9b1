//! What is applied to a layer's output: below both burn's layers and the kernels of WebGPU.

use burn::tensor::Tensor;
use burn::tensor::activation::{gelu, relu, sigmoid};

/// A function of each value of a layer's output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Activation {
    /// The value itself.
    #[default]
    None,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)` (MobileNet).
    Relu6,
    /// The exact GELU, `x · Φ(x)`.
    Gelu,
    /// CLIP's approximation of GELU, `x · sigmoid(1.702 x)`.
    QuickGelu,
}

impl Activation {
    /// Applies it by burn's operations.
    pub(crate) fn apply<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::None => x,
            Self::Relu => relu(x),
            Self::Relu6 => x.clamp(0.0, 6.0),
            Self::Gelu => gelu(x),
            Self::QuickGelu => x.clone() * sigmoid(x * 1.702),
        }
    }
}
