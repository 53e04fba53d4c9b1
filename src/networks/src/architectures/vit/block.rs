//! One transformer block: attention and a two-layer perceptron, each behind a layer norm.

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};

use crate::activation::Activation;
use crate::layers::{LayerNorm, attention, by_head, linear, zeros};

/// The shape of one transformer block; the decoder of a masked autoencoder uses it too.
#[derive(Clone, Copy, Debug)]
pub struct BlockConfig {
    /// Embedding dimension.
    pub width: usize,
    /// Attention heads.
    pub heads: usize,
    /// Hidden width of the MLP.
    pub mlp_width: usize,
    /// Epsilon of both layer norms.
    pub ln_eps: f64,
    /// CLIP's approximation of GELU in place of the exact one.
    pub quick_gelu: bool,
    /// A learned factor for each number of a token after attention and MLP.
    pub layer_scale: bool,
}

impl BlockConfig {
    /// A block on `device`, weights drawn lazily.
    pub fn init(&self, device: &Device) -> Block {
        let norm = || LayerNorm::new(self.width, self.ln_eps, device);
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let scale = || self.layer_scale.then(|| LayerScale { gamma: zeros([self.width], device) });
        Block {
            norm1: norm(),
            attn: Attention {
                qkv: linear(self.width, 3 * self.width),
                proj: linear(self.width, self.width),
                heads: self.heads,
            },
            ls1: scale(),
            norm2: norm(),
            mlp: Mlp {
                fc1: linear(self.width, self.mlp_width),
                fc2: linear(self.mlp_width, self.width),
                quick_gelu: self.quick_gelu,
            },
            ls2: scale(),
        }
    }
}

/// A pre-norm transformer block: `x + attn(norm1(x))`, then `x + mlp(norm2(x))`.
#[derive(Module, Debug)]
pub struct Block {
    /// Before the attention.
    pub norm1: LayerNorm,
    /// Multi-head self-attention.
    pub attn: Attention,
    /// After the attention.
    pub ls1: Option<LayerScale>,
    /// Before the MLP.
    pub norm2: LayerNorm,
    /// The two-layer perceptron.
    pub mlp: Mlp,
    /// After the MLP.
    pub ls2: Option<LayerScale>,
}

impl Block {
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let scaled = |scale: &Option<LayerScale>, x| match scale {
            Some(scale) => scale.forward(x),
            None => x,
        };
        let x = x.clone() + scaled(&self.ls1, self.attn.forward(self.norm1.forward(x)));
        x.clone() + scaled(&self.ls2, self.mlp.forward(self.norm2.forward(x)))
    }
}

/// A learned factor for each number of a token.
#[derive(Module, Debug)]
pub struct LayerScale {
    /// `[w]`
    pub gamma: Param<Tensor<1>>,
}

impl LayerScale {
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        x * self.gamma.val().reshape([1, 1, -1])
    }
}

/// Multi-head self-attention with one matrix for queries, keys and values.
#[derive(Module, Debug)]
pub struct Attention {
    /// `[w, 3·w]`: queries, then keys, then values, heads in order within each.
    pub qkv: Linear,
    /// `[w, w]`
    pub proj: Linear,
    heads: usize,
}

impl Attention {
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let mixed = attention(linear(&self.qkv, x, Activation::None), self.heads);
        linear(&self.proj, mixed, Activation::None)
    }

    /// How much the class token, which is the first, attends to every token: `softmax(q Kᵀ / √(w /
    /// heads))`.
    ///
    /// # Shapes
    /// `[b, t, w]` → `[b, heads, t]`
    pub fn of_class(&self, x: Tensor<3>) -> Tensor<3> {
        let [queries, keys, _] = by_head(linear(&self.qkv, x, Activation::None), self.heads);
        let [b, heads, t, width] = queries.dims();
        let query = queries.slice([0..b, 0..heads, 0..1]).div_scalar((width as f64).sqrt());
        softmax(query.matmul(keys.swap_dims(2, 3)), 3).reshape([b, heads, t])
    }
}

/// Two linear layers with the exact (erf) GELU, or CLIP's approximation of it, between them.
#[derive(Module, Debug)]
pub struct Mlp {
    /// `[w, mlp_width]`
    pub fc1: Linear,
    /// `[mlp_width, w]`
    pub fc2: Linear,
    quick_gelu: bool,
}

impl Mlp {
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let activation = if self.quick_gelu { Activation::QuickGelu } else { Activation::Gelu };
        linear(&self.fc2, linear(&self.fc1, x, activation), Activation::None)
    }
}
