//! Top-K activation sparsity: what a trained network sees by its strongest responses alone.

use std::ops::Range;

use burn::tensor::Tensor;

/// Spatial Top-K: of the `n` positions of a channel, the `max(1, fraction · n)` largest by absolute
/// value keep their value, the others become zero, without rescaling; the class token is left alone
/// (DiSRT, 2025).
///
/// Where it acts: before every block of a vision transformer, between the stages of a ConvNeXt, MobileNet,
/// ResNet or BagNet, after every pooling of a VGG.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TopK {
    fraction: f64,
}

/// Halvings of the interval that holds the k-th largest value: enough for the last bit of any value
/// above 2⁻²⁴ of the channel's largest.
const HALVINGS: usize = 48;

impl TopK {
    /// `fraction` of the positions to keep, above 0 and at most 1; anything else is `None`.
    pub fn new(fraction: f64) -> Option<Self> {
        (fraction > 0.0 && fraction <= 1.0).then_some(Self { fraction })
    }

    /// The fraction of positions kept.
    pub fn fraction(&self) -> f64 {
        self.fraction
    }

    /// How many of `n` positions stay.
    pub fn kept_of(&self, n: usize) -> usize {
        ((self.fraction * n as f64).floor() as usize).max(1)
    }

    /// Over patch tokens behind one class token.
    ///
    /// # Shapes
    /// `[b, 1 + n, w]` → `[b, 1 + n, w]`
    pub fn apply(&self, tokens: Tensor<3>) -> Tensor<3> {
        let t = tokens.dims()[1];
        self.apply_to(tokens, 1..t)
    }

    /// Over the tokens of `patches`; those before and after are left alone.
    ///
    /// # Shapes
    /// `[b, t, w]` → `[b, t, w]`
    pub fn apply_to(&self, tokens: Tensor<3>, patches: Range<usize>) -> Tensor<3> {
        let [b, t, _] = tokens.dims();
        let kept = self.keep(tokens.clone().slice([0..b, patches.clone()]));
        let mut parts = vec![tokens.clone().slice([0..b, 0..patches.start]), kept];
        if patches.end < t {
            parts.push(tokens.slice([0..b, patches.end..t]));
        }
        Tensor::cat(parts, 1)
    }

    /// Over the positions of every channel of a map.
    ///
    /// # Shapes
    /// `[b, c, h, w]` → `[b, c, h, w]`
    pub fn apply_map(&self, map: Tensor<4>) -> Tensor<4> {
        let [b, c, h, w] = map.dims();
        let positions = map.reshape([b, c, h * w]).swap_dims(1, 2);
        self.keep(positions).swap_dims(1, 2).reshape([b, c, h, w])
    }

    /// `[b, n, w]` → `[b, n, w]`
    ///
    /// The k-th largest value is found by halving an interval, not by sorting: sorting reads back
    /// synchronously, which a browser forbids, and comparing every pair of positions takes n² memory.
    fn keep(&self, x: Tensor<3>) -> Tensor<3> {
        let k = self.kept_of(x.dims()[1]) as f32;
        let size = x.clone().abs();
        // Always more than k values above `low` (or k), fewer than k above `high`. [b, 1, w]
        let mut high = size.clone().max_dim(1);
        let mut low = high.clone().zeros_like() - 1.0;
        for _ in 0..HALVINGS {
            let middle = (low.clone() + high.clone()) * 0.5;
            let enough =
                size.clone().greater(middle.clone()).float().sum_dim(1).greater_equal_scalar(k).float();
            let short = enough.clone().neg() + 1.0;
            low = middle.clone() * enough.clone() + low * short.clone();
            high = middle * short + high * enough;
        }
        // The k-th largest is the largest value that is not above `high`.
        let below = size.clone().lower_equal(high).float();
        let kth = (size.clone() * below.clone() - (below.neg() + 1.0)).max_dim(1);
        let above = size.clone().greater(kth.clone()).float();
        let equal = size.equal(kth).float();
        // Of equal values the earlier positions stay, so that exactly k do.
        let room = above.clone().sum_dim(1).neg() + k;
        let first = equal.clone().cumsum(1).lower_equal(room).float();
        x * (above + equal * first)
    }
}

/// Takes a map through the stages `0..=last` of a convolutional network, with Top-K sparsity between
/// them when asked for.
///
/// # Shapes
/// As the stages change it.
pub(crate) fn through_stages<S>(
    map: Tensor<4>,
    stages: impl IntoIterator<Item = S>,
    last: usize,
    top_k: Option<TopK>,
    forward: impl Fn(S, Tensor<4>) -> Tensor<4>,
) -> Tensor<4> {
    stages.into_iter().enumerate().take(last + 1).fold(map, |map, (s, stage)| {
        let map = match top_k {
            Some(top_k) if s > 0 => top_k.apply_map(map),
            _ => map,
        };
        forward(stage, map)
    })
}
