//! The encodings that the images of a trial set may have: all of one set share one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The one encoding of all images of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Lossless WebP.
    WebpLossless,
    /// PNG.
    Png,
}

impl Encoding {
    /// The file name's ending, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Encoding::WebpLossless => "webp",
            Encoding::Png => "png",
        }
    }
}
