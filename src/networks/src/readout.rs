//! Readouts: a site in a network and a pooling that makes one vector of what is there.

use std::fmt;
use std::str::FromStr;

use burn::tensor::Tensor;

/// A site in a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// After the last layer that the classifier would see: a vision transformer's final norm, a
    /// convolutional network's last stage.
    Norm,
    /// After block `i` of a vision transformer, counted from 0, without the final norm.
    Block(usize),
    /// After stage `i` of a convolutional network, counted from 0.
    Stage(usize),
}

/// The pooling: how the tokens or the map at a site become one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// The class token.
    Cls,
    /// The mean over the patches or positions; where a network normalises its pooled features
    /// (ConvNeXt), normalised.
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

/// A readout by name: `mean`, `cls`, `patches`, `projection`, `s`, `l`, `z`, `latent`, or `mean`, `cls`
/// and `patches` after a block (`blocks.3.cls`) or a stage (`stages.2.mean`), or a block's `attention`
/// (`blocks.3.attention`), counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The site.
    pub site: Site,
    /// The pooling.
    pub pool: Pool,
}

/// A text that names no readout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a layer; give `mean`, `cls`, `patches`, `projection`, a block's, such as `blocks.3.mean` or \
     `blocks.3.attention`, or a stage's, such as `stages.2.mean`"
)]
pub struct UnknownLayer(pub String);

impl Site {
    /// The stage, of `stages`, at which a convolutional network is read; for the last layer, the last.
    /// `None` where there is no such stage.
    pub(crate) fn stage(self, stages: usize) -> Option<usize> {
        match self {
            Self::Norm => stages.checked_sub(1),
            Self::Stage(stage) => (stage < stages).then_some(stage),
            Self::Block(_) => None,
        }
    }
}

impl Layer {
    /// The mean of the patch tokens after the final norm.
    pub const MEAN: Self = Self::last(Pool::Mean);
    /// The class token after the final norm.
    pub const CLS: Self = Self::last(Pool::Cls);

    /// A readout of the last layer.
    pub const fn last(pool: Pool) -> Self {
        Self { site: Site::Norm, pool }
    }

    /// The layers of a convolutional network: mean and patches after each of `stages` stages, and after
    /// the last layer.
    pub(crate) fn of_stages(stages: usize) -> Vec<Self> {
        let sites = (0..stages).map(Site::Stage).chain([Site::Norm]);
        sites.flat_map(|site| [Pool::Mean, Pool::Patches].map(|pool| Self { site, pool })).collect()
    }

    /// The layers of a vision transformer: mean, class token, patches and attention of each of `depth`
    /// blocks, and all but the attention after the final norm.
    pub(crate) fn of_blocks(depth: usize) -> Vec<Self> {
        let tokens = [Pool::Mean, Pool::Cls, Pool::Patches];
        let at = |site, pool| Self { site, pool };
        let block = |i| tokens.into_iter().chain([Pool::Attention]).map(move |pool| at(Site::Block(i), pool));
        (0..depth).flat_map(block).chain(tokens.map(|pool| at(Site::Norm, pool))).collect()
    }

    /// The stage, of `stages`, at which a convolutional network is read; for the last layer, the last.
    ///
    /// # Panics
    /// When the layer is a transformer's.
    pub(crate) fn stage(self, stages: usize) -> usize {
        let stage = self.site.stage(stages);
        stage.unwrap_or_else(|| panic!("a convolutional network of {stages} stages has no `{self}`"))
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
