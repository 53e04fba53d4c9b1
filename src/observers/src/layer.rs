//! What is read out of a network: a place in it and a way to make one vector of its tokens.

use std::fmt;
use std::str::FromStr;

use burn::tensor::Tensor;
use gestalt_networks::vit::Site;

/// A read-out: `mean` or `cls` after the final norm, `blocks.3.mean` or `blocks.3.cls` after a block (counted from 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The place.
    pub site: Site,
    /// The way.
    pub pool: Pool,
}

/// How tokens become one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// The class token.
    Cls,
    /// The mean of the patch tokens.
    Mean,
}

/// A text that names no read-out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a layer; give `mean`, `cls`, or a block's, such as `blocks.3.mean`")]
pub struct UnknownLayer(pub String);

impl Layer {
    /// The mean of the patch tokens after the final norm.
    pub const MEAN: Self = Self { site: Site::Norm, pool: Pool::Mean };
    /// The class token after the final norm.
    pub const CLS: Self = Self { site: Site::Norm, pool: Pool::Cls };

    /// # Shapes
    /// `[b, 1 + n, w]` → `[b, w]`
    pub fn pool(self, tokens: Tensor<3>) -> Tensor<2> {
        let [b, t, w] = tokens.dims();
        match self.pool {
            Pool::Cls => tokens.slice([0..b, 0..1]).reshape([b, w]),
            Pool::Mean => tokens.slice([0..b, 1..t]).mean_dim(1).reshape([b, w]),
        }
    }
}

impl FromStr for Layer {
    type Err = UnknownLayer;

    fn from_str(text: &str) -> Result<Self, UnknownLayer> {
        let unknown = || UnknownLayer(text.to_owned());
        let (site, pool) = match text.strip_prefix("blocks.") {
            None => (Site::Norm, text),
            Some(rest) => {
                let (block, pool) = rest.split_once('.').ok_or_else(unknown)?;
                (Site::Block(block.parse().map_err(|_| unknown())?), pool)
            }
        };
        match pool {
            "cls" => Ok(Self { site, pool: Pool::Cls }),
            "mean" => Ok(Self { site, pool: Pool::Mean }),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Site::Block(block) = self.site {
            write!(f, "blocks.{block}.")?;
        }
        f.write_str(match self.pool {
            Pool::Cls => "cls",
            Pool::Mean => "mean",
        })
    }
}
