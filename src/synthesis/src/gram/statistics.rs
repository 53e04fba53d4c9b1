//! Gram matrices of feature maps, and how far those of a picture are from those that are wanted.

use burn::tensor::Tensor;

/// How often two channels are active together: the mean of their product over all positions.
///
/// # Shapes
/// `[1, c, h, w]` → `[c, c]`
pub fn gram(maps: Tensor<4>) -> Tensor<2> {
    let [_, c, h, w] = maps.dims();
    let flat = maps.reshape([c, h * w]);
    flat.clone().matmul(flat.transpose()) / (h * w) as f64
}

/// The Gram matrix that is wanted of one layer.
#[derive(Clone, Debug)]
pub(super) struct Target {
    gram: Tensor<2>,
    weight: f64,
}

impl Target {
    /// Gatys et al. (2015), equation 3, times 10⁹: with `G` summed over `m` positions and `n` channels the
    /// layer's loss is `10⁹ / (4 n² m²) · Σ (G − G′)²`, which is `10⁹ / 4` times the squared difference of
    /// `G / (n m)`.
    pub(super) fn published(maps: Tensor<4>) -> Self {
        let gram = gram(maps);
        let [channels, _] = gram.dims();
        Self { gram, weight: 1e9 / 4.0 / (channels * channels) as f64 }
    }

    /// In thousandths of the matrix's own squared size, so that every layer counts alike.
    pub(super) fn relative(maps: Tensor<4>) -> Self {
        let gram = gram(maps);
        let size: f64 = gram.clone().square().sum().into_scalar();
        Self { gram, weight: 1e3 / size.max(f64::MIN_POSITIVE) }
    }
}

/// The weighted squared difference from the targets, summed over matrices and layers.
///
/// # Shapes
/// `[1, c, h, w]` for each target → `[1]`
pub(super) fn loss(maps: Vec<Tensor<4>>, targets: &[Target]) -> Tensor<1> {
    let terms = maps
        .into_iter()
        .zip(targets)
        .map(|(maps, target)| (gram(maps) - target.gram.clone()).square().sum() * target.weight);
    Tensor::cat(terms.collect(), 0).sum()
}
