//! The small convolutional autoencoder whose noise draws a figure's outline (latent noise segmentation).
//!
//! Lonnqvist, Wu and Herzog (ICML 2024), as a plain autoencoder or a variational one. ReLU between all
//! layers; the pictures' sigmoid lies outside, as in training by squared error on what it gives. Shapes
//! at 64 px and width 32.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, assert_shape};
use serde::{Deserialize, Serialize};

use super::config::{ArchitectureConfig, PublicName, ReadableNetwork};
use crate::activation::Activation;
use crate::bad_config::BadConfig;
use crate::layers::{convolution, linear};
use crate::preprocess::{Normalise, Preprocess};
use crate::readout::{Layer, Pool, Site};
use crate::resize::Filter;
use crate::sparsity::TopK;

/// The numbers that fix the autoencoder's shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaeConfig {
    /// Side of the square input picture, in pixels: 64.
    pub image_px: usize,
    /// Channels of the first convolution; 32 in the paper.
    pub width: usize,
    /// Numbers of the latent code; 15 in the paper.
    pub latent: usize,
    /// Whether the encoder gives a mean and a log-variance, in place of the code alone.
    pub variational: bool,
}

impl VaeConfig {
    /// The paper's numbers.
    pub const PAPER: Self = Self { image_px: 64, width: 32, latent: 15, variational: true };
}

impl ArchitectureConfig for VaeConfig {
    type Network = Vae;

    fn check(&self) -> Result<(), BadConfig> {
        let bad = BadConfig::unless;
        bad(self.image_px == 64, "image_px", self.image_px, "this network takes 64 px")?;
        bad((1..=256).contains(&self.width), "width", self.width, "it must lie in 1..=256")?;
        bad((1..=1024).contains(&self.latent), "latent", self.latent, "it must lie in 1..=1024")
    }

    fn init(&self, device: &Device) -> Result<Vae, BadConfig> {
        self.check()?;
        let w = self.width;
        // Channels from, channels to, side of the kernel, stride, padding: of the encoder, and mirrored
        // of the decoder.
        let layers = [
            (3, w, 3, 1, 1),
            (w, 2 * w, 4, 2, 1),
            (2 * w, 2 * w, 4, 2, 1),
            (2 * w, 4 * w, 4, 2, 1),
            (4 * w, 4 * w, 4, 2, 1),
            (4 * w, 8 * w, 4, 1, 0),
        ];
        let down = layers.map(|(from, to, px, stride, pad)| {
            Conv2dConfig::new([from, to], [px, px])
                .with_stride([stride, stride])
                .with_padding(PaddingConfig2d::Explicit(pad, pad, pad, pad))
                .init(device)
        });
        let mut up = layers.map(|(from, to, px, stride, pad)| {
            ConvTranspose2dConfig::new([to, from], [px, px])
                .with_stride([stride, stride])
                .with_padding([pad, pad])
                .init(device)
        });
        up.reverse();
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let code = if self.variational { 2 * self.latent } else { self.latent };
        Ok(Vae {
            encoder: Encoder {
                convolutions: down.into(),
                linears: vec![linear(8 * w, 4 * w), linear(4 * w, code)],
            },
            decoder: Decoder {
                linears: vec![linear(self.latent, 4 * w), linear(4 * w, 8 * w)],
                convolutions: up.into(),
            },
            image_px: self.image_px,
            latent: self.latent,
        })
    }

    /// `lns_vae` and, not variational, `lns_ae`.
    fn published(name: &PublicName<'_>) -> Option<(Self, Preprocess)> {
        let variational = match name.base {
            "lns_vae" => true,
            "lns_ae" => false,
            _ => return None,
        };
        let preprocess = Preprocess::cropped(64, 1.0, Normalise::NONE, Filter::Bilinear);
        Some((Self { variational, ..Self::PAPER }, preprocess))
    }

    fn examples() -> &'static [&'static str] {
        &["lns_vae"]
    }

    fn image_px(&self) -> usize {
        self.image_px
    }

    fn set_image_px(&mut self, px: usize) {
        self.image_px = px;
    }

    fn layers(&self) -> Vec<Layer> {
        vec![Layer::last(Pool::Latent)]
    }

    fn side_at(&self, _site: Site) -> Option<usize> {
        None
    }

    fn default_layer(&self) -> Layer {
        Layer::last(Pool::Latent)
    }

    fn takes_top_k(&self) -> bool {
        false
    }
}

/// An autoencoder.
#[derive(Module, Debug)]
pub struct Vae {
    /// Pictures → codes.
    pub encoder: Encoder,
    /// Codes → pictures.
    pub decoder: Decoder,
    image_px: usize,
    latent: usize,
}

impl Vae {
    /// The latent distribution: its mean and, of a variational network, its log-variance.
    ///
    /// # Shapes
    /// `[b, 3, 64, 64]`, values from 0 to 1 → `[b, z]` and `[b, z]`
    pub fn encode(&self, pictures: Tensor<4>) -> (Tensor<2>, Option<Tensor<2>>) {
        assert_shape!(pictures, [_, 3, self.image_px, self.image_px]);
        let code = self.encoder.forward(pictures);
        let [b, numbers] = code.dims();
        let mean = code.clone().slice([0..b, 0..self.latent]);
        let log_variance = (numbers > self.latent).then(|| code.slice([0..b, self.latent..numbers]));
        (mean, log_variance)
    }

    /// Pictures from codes, before the sigmoid.
    ///
    /// # Shapes
    /// `[b, z]` → `[b, 3, 64, 64]`
    pub fn decode(&self, codes: Tensor<2>) -> Tensor<4> {
        self.decoder.forward(codes)
    }
}

impl ReadableNetwork for Vae {
    /// The mean of the latent distribution; Top-K has no site in this network and is left out.
    fn read(&self, pictures: Tensor<4>, layer: Layer, _top_k: Option<TopK>) -> Tensor<2> {
        assert_eq!(layer, Layer::last(Pool::Latent), "an autoencoder has no `{layer}`");
        self.encode(pictures).0
    }
}

/// Convolutions from 64 px to one position, then two linear layers.
#[derive(Module, Debug)]
pub struct Encoder {
    /// 3 → 32 → 64 → 64 → 128 → 128 → 256 channels at 64, 32, 16, 8, 4, 1 px.
    pub convolutions: Vec<Conv2d>,
    /// 256 → 128 → code.
    pub linears: Vec<Linear>,
}

impl Encoder {
    fn forward(&self, pictures: Tensor<4>) -> Tensor<2> {
        let map = self.convolutions.iter().fold(pictures, |x, conv| convolution(conv, x, Activation::Relu));
        let [b, c, h, w] = map.dims();
        let inner = linear(&self.linears[0], map.reshape([b, c * h * w]), Activation::Relu);
        linear(&self.linears[1], inner, Activation::None)
    }
}

/// The encoder mirrored.
#[derive(Module, Debug)]
pub struct Decoder {
    /// Code → 128 → 256.
    pub linears: Vec<Linear>,
    /// 256 → 128 → 128 → 64 → 64 → 32 → 3 channels at 1, 4, 8, 16, 32, 64, 64 px.
    pub convolutions: Vec<ConvTranspose2d>,
}

impl Decoder {
    fn forward(&self, codes: Tensor<2>) -> Tensor<4> {
        let inner = self.linears.iter().fold(codes, |x, layer| linear(layer, x, Activation::Relu));
        let [b, c] = inner.dims();
        let mut map = inner.reshape([b, c, 1, 1]);
        for (i, conv) in self.convolutions.iter().enumerate() {
            map = conv.forward(if i > 0 { relu(map) } else { map });
        }
        map
    }
}
