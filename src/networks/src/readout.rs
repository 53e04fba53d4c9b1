//! What is read out of a network: a place in it and a way to make one vector of what is there.

use std::fmt;
use std::str::FromStr;

use burn::tensor::Tensor;

/// A place in a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// After the last layer that the classifier would see: a vision transformer's final norm, a convolutional
    /// network's last stage.
    Norm,
    /// After block `i` of a vision transformer, counted from 0, without the final norm.
    Block(usize),
    /// After stage `i` of a convolutional network, counted from 0.
    Stage(usize),
}

/// How what is there becomes one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// The class token.
    Cls,
    /// The mean over the patches or positions; where a network normalises its pooled features (ConvNeXt), normalised.
    Mean,
    /// Every patch or position, row by row, one after the other.
    Patches,
    /// How much the class token attends to each patch, head by head; only inside a transformer's block.
    Attention,
    /// What the class token becomes in the space shared with text (CLIP).
    Projection,
    /// STELLAR's concepts S, one after the other: what.
    Sparse,
    /// STELLAR's localisation L, patch by patch: where.
    Spatial,
    /// STELLAR's product Z = L S, patch by patch: what and where.
    Product,
    /// The mean of a variational autoencoder's latent distribution.
    Latent,
}

const POOLS: [(Pool, &str); 9] = [
    (Pool::Cls, "cls"),
    (Pool::Mean, "mean"),
    (Pool::Patches, "patches"),
    (Pool::Attention, "attention"),
    (Pool::Projection, "projection"),
    (Pool::Sparse, "s"),
    (Pool::Spatial, "l"),
    (Pool::Product, "z"),
    (Pool::Latent, "latent"),
];

/// A read-out by name: `mean`, `cls`, `patches`, `projection`, `s`, `l`, `z`, `latent`, or `mean`, `cls` and `patches` after
/// a block (`blocks.3.cls`) or a stage (`stages.2.mean`), or a block's `attention` (`blocks.3.attention`), counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The place.
    pub site: Site,
    /// The way.
    pub pool: Pool,
}

/// A text that names no read-out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a layer; give `mean`, `cls`, `patches`, `projection`, a block's, such as `blocks.3.mean` or `blocks.3.attention`, or a stage's, such as `stages.2.mean`"
)]
pub struct UnknownLayer(pub String);

impl Layer {
    /// The mean of the patch tokens after the final norm.
    pub const MEAN: Self = Self::last(Pool::Mean);
    /// The class token after the final norm.
    pub const CLS: Self = Self::last(Pool::Cls);

    /// A read-out of the last layer.
    pub const fn last(pool: Pool) -> Self {
        Self { site: Site::Norm, pool }
    }

    /// The stage of a convolutional network of so many to read; of the last layer, the last.
    ///
    /// # Panics
    /// When the layer is a transformer's.
    pub(crate) fn stage(self, stages: usize) -> usize {
        match self.site {
            Site::Norm => stages - 1,
            Site::Stage(stage) if stage < stages => stage,
            _ => panic!("a convolutional network of {stages} stages has no `{self}`"),
        }
    }

    /// The mean over the positions of a map, or all of them, position by position.
    ///
    /// # Shapes
    /// `[b, c, h, w]` → `[b, c]` or `[b, h·w·c]`
    ///
    /// # Panics
    /// When the layer is none of a map's.
    pub(crate) fn of_map(self, map: Tensor<4>) -> Tensor<2> {
        let [b, c, h, w] = map.dims();
        match self.pool {
            Pool::Mean => map.reshape([b, c, h * w]).mean_dim(2).reshape([b, c]),
            Pool::Patches => map.permute([0, 2, 3, 1]).reshape([b, h * w * c]),
            _ => panic!("a map has no `{self}`"),
        }
    }
}

impl FromStr for Layer {
    type Err = UnknownLayer;

    fn from_str(text: &str) -> Result<Self, UnknownLayer> {
        let unknown = || UnknownLayer(text.to_owned());
        let (site, pool) = match text.split('.').collect::<Vec<_>>()[..] {
            [pool] => (Site::Norm, pool),
            ["blocks", block, pool] => (Site::Block(block.parse().map_err(|_| unknown())?), pool),
            ["stages", stage, pool] => (Site::Stage(stage.parse().map_err(|_| unknown())?), pool),
            _ => return Err(unknown()),
        };
        let (pool, _) = POOLS.into_iter().find(|(_, name)| *name == pool).ok_or_else(unknown)?;
        let there = match site {
            Site::Norm => pool != Pool::Attention,
            Site::Block(_) => matches!(pool, Pool::Cls | Pool::Mean | Pool::Patches | Pool::Attention),
            Site::Stage(_) => matches!(pool, Pool::Mean | Pool::Patches),
        };
        if there { Ok(Self { site, pool }) } else { Err(unknown()) }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.site {
            Site::Norm => {}
            Site::Block(block) => write!(f, "blocks.{block}.")?,
            Site::Stage(stage) => write!(f, "stages.{stage}.")?,
        }
        f.write_str(POOLS.iter().find(|(pool, _)| *pool == self.pool).map_or("", |(_, name)| name))
    }
}
