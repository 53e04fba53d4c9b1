//! The layers that networks share: by kernels of ours where the device has them, else by burn.

use burn::module::{Module, Param, ParamId};
use burn::nn::conv::Conv2d;
use burn::nn::{Initializer, Linear};
use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{Device, Shape, Tensor, module};

use crate::activation::Activation;
#[cfg(feature = "webgpu")]
use crate::webgpu;

/// `activation(x · W + b)`.
///
/// # Shapes
/// `[.., in]` → `[.., out]`
pub fn linear<const D: usize>(layer: &Linear, x: Tensor<D>, activation: Activation) -> Tensor<D> {
    #[cfg(feature = "webgpu")]
    if let Some(out) = webgpu::linear(layer, &x, activation) {
        return out;
    }
    activation.apply(layer.forward(x))
}

/// `activation(kernel ∗ map + b)`.
///
/// # Shapes
/// `[b, c, h, w]` → `[b, o, h', w']`
pub fn convolution(layer: &Conv2d, map: Tensor<4>, activation: Activation) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    if let Some(out) = webgpu::convolution(layer, &map, activation) {
        return out;
    }
    activation.apply(layer.forward(map))
}

/// Layer norm over the last axis.
#[derive(Module, Debug)]
pub struct LayerNorm {
    /// `[w]`
    pub weight: Param<Tensor<1>>,
    /// `[w]`
    pub bias: Param<Tensor<1>>,
    epsilon: f64,
}

impl LayerNorm {
    /// That only normalises, its weights made lazily.
    pub fn new(width: usize, epsilon: f64, device: &Device) -> Self {
        let [weight, bias] = [Initializer::Ones, Initializer::Zeros].map(|start| start.init([width], device));
        Self { weight, bias, epsilon }
    }

    /// `(x − mean) / √(variance + ε) · weight + bias`
    ///
    /// # Shapes
    /// `[.., w]` → `[.., w]`
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        #[cfg(feature = "webgpu")]
        if let Some(out) = webgpu::layer_norm(&self.weight.val(), &self.bias.val(), self.epsilon, &x) {
            return out;
        }
        module::layer_norm(x, self.weight.val(), Some(self.bias.val()), self.epsilon)
    }
}

/// Multi-head self-attention, `softmax(q kᵀ / √(w / heads)) · v`.
///
/// # Shapes
/// `[b, t, 3·w]`: queries, then keys, then values, heads in order within each → `[b, t, w]`
pub fn attention(qkv: Tensor<3>, heads: usize) -> Tensor<3> {
    #[cfg(feature = "webgpu")]
    if let Some(out) = webgpu::attention(&qkv, heads) {
        return out;
    }
    let [b, t, three] = qkv.dims();
    let [queries, keys, values] = by_head(qkv, heads);
    // The default scale is 1 / √(w / heads).
    let mixed = module::attention(queries, keys, values, None, None, AttentionModuleOptions::default());
    mixed.swap_dims(1, 2).reshape([b, t, three / 3])
}

/// Queries, keys and values.
///
/// # Shapes
/// `[b, t, 3·w]` → three times `[b, heads, t, w / heads]`
pub fn by_head(qkv: Tensor<3>, heads: usize) -> [Tensor<4>; 3] {
    let [b, t, three] = qkv.dims();
    let w = three / 3;
    [0, 1, 2].map(|i| {
        let part = qkv.clone().slice([0..b, 0..t, i * w..(i + 1) * w]);
        part.reshape([b, t, heads, w / heads]).swap_dims(1, 2)
    })
}

/// A zero-valued trainable parameter, made only when first read.
pub(crate) fn zeros<const D: usize>(shape: [usize; D], device: &Device) -> Param<Tensor<D>> {
    Param::uninitialized(
        ParamId::new(),
        move |device, grad| Tensor::zeros(shape, device).set_require_grad(grad),
        device.clone(),
        true,
        Shape::from(shape),
    )
}

/// Whether layers on this device multiply by integer weights as they lie in the file.
#[cfg_attr(not(feature = "webgpu"), expect(unused_variables, reason = "no device of this build does"))]
pub fn takes_integers(device: &Device) -> bool {
    #[cfg(feature = "webgpu")]
    if webgpu::is(device) {
        return true;
    }
    false
}
