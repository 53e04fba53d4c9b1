//! A network with what was published about it: how pictures are brought to it, and what its classifier would see.

use gestalt_types::{FieldError, json};
use serde::Deserialize;

use gestalt_networks::architecture::Architecture;
use gestalt_networks::preprocess::{Normalise, Preprocess};
use gestalt_networks::readout::{Layer, Pool, UnknownLayer};
use gestalt_networks::resize::Filter;

/// A network and how pictures are brought to it, as published under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// The network.
    pub architecture: Architecture,
    /// How its authors, or timm, preprocess.
    pub preprocess: Preprocess,
    /// What its classifier would see.
    pub default_layer: Layer,
}

/// A file that gives the numbers: `architecture` as a card has it, and, if wanted, `preprocess` and `default_layer`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    architecture: Architecture,
    preprocess: Option<Preprocess>,
    default_layer: Option<String>,
}

/// A file that gives no architecture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}; give {{\"architecture\": {{\"kind\": \"vit\", …}}}} as in a card.json")]
pub struct BadNumbers {
    field: String,
    why: String,
}

impl Published {
    /// Reads a file that gives the numbers.
    pub fn from_json(bytes: &[u8]) -> Result<Self, BadNumbers> {
        let numbers: Numbers =
            json::read(bytes).map_err(|FieldError { field, reason }| BadNumbers { field, why: reason })?;
        let wrong = |field: &str, why: String| BadNumbers { field: field.to_owned(), why };
        numbers.architecture.check().map_err(|e| wrong("architecture", e.to_string()))?;
        let default_layer = match numbers.default_layer {
            Some(layer) => layer.parse().map_err(|e: UnknownLayer| wrong("default_layer", e.to_string()))?,
            None => match &numbers.architecture {
                Architecture::Vit(_) => Layer::CLS,
                Architecture::Stellar(_) => Layer::last(Pool::Sparse),
                Architecture::Vae(_) => Layer::last(Pool::Latent),
                _ => Layer::MEAN,
            },
        };
        let px = numbers.architecture.image_px();
        let usual = preprocess(px, 0.875, Normalise::IMAGENET, Filter::Bicubic);
        let preprocess = numbers.preprocess.unwrap_or(usual);
        Ok(Self { architecture: numbers.architecture, preprocess, default_layer })
    }

    /// As the house whose names the file has computes it, where the name leaves it open.
    #[cfg(feature = "import")]
    pub fn in_layout(mut self, layout: crate::import::Layout, name: &str) -> Self {
        use crate::import::Layout;
        let px = self.architecture.image_px();
        let untagged = !name.contains('.');
        match (&mut self.architecture, layout) {
            // OpenAI's CLIP and transformers' default compute the approximate GELU; other weights say so by their tag.
            (Architecture::Vit(vit), Layout::OpenClip | Layout::HuggingFace) if vit.norm_pre => {
                vit.quick_gelu |= untagged;
            }
            (Architecture::Vit(vit), Layout::HuggingFace) if !vit.layer_scale => vit.ln_eps = 1e-12,
            (Architecture::Vit(_) | Architecture::ResNet(_), Layout::Torchvision) => {
                self.preprocess = preprocess(px, 0.875, Normalise::IMAGENET, Filter::Bilinear);
            }
            _ => {}
        }
        self
    }

    /// Another side of the network's input; pictures are cut in the same proportion.
    pub fn set_image_px(&mut self, px: usize) {
        let before = self.architecture.image_px().max(1);
        self.preprocess.resize_px = self.preprocess.resize_px.saturating_mul(px) / before;
        self.preprocess.crop_px = px;
        match &mut self.architecture {
            Architecture::Vit(config) => config.image_px = px,
            Architecture::ConvNext(config) => config.image_px = px,
            Architecture::ResNet(config) => config.image_px = px,
            Architecture::BagNet(config) => config.image_px = px,
            Architecture::Stellar(config) => config.encoder.image_px = px,
            Architecture::Vae(config) => config.image_px = px,
            Architecture::Vgg(config) => config.image_px = px,
        }
    }

    /// Which GELU a transformer computes.
    pub fn set_quick_gelu(&mut self, quick: bool) -> Result<(), NoTransformer> {
        match &mut self.architecture {
            Architecture::Vit(config) => config.quick_gelu = quick,
            Architecture::Stellar(config) => config.encoder.quick_gelu = quick,
            _ => return Err(NoTransformer),
        }
        Ok(())
    }
}

/// An activation was named for a network that has no choice of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("only a vision transformer has a choice of activation; leave it out")]
pub struct NoTransformer;

/// The side is resampled to `px / share`, then `px` are cut out: timm's `crop_pct`.
pub(crate) fn preprocess(px: usize, share: f64, normalise: Normalise, filter: Filter) -> Preprocess {
    Preprocess { resize_px: (px as f64 / share).floor() as usize, crop_px: px, normalise, filter }
}
