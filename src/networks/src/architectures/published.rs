//! Architectures by their public names: timm's where it has one.

use super::Architecture;
use super::config::PublicName;
use crate::layout::Layout;
use crate::preprocess::Preprocess;
use crate::readout::Layer;

/// An architecture and how pictures are brought to it, as published under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// The architecture.
    pub architecture: Architecture,
    /// How its authors, or timm, preprocess.
    pub preprocess: Preprocess,
    /// What its classifier would see.
    pub default_layer: Layer,
}

/// A name that no architecture has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown architecture `{name}`; try one of {}, or a JSON file that gives the \
     numbers", Architecture::examples().join(", ")
)]
pub struct UnknownArchitecture {
    /// The name.
    pub name: String,
}

/// An activation was chosen for a network that has no choice of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("only a vision transformer has a choice of activation; leave it out")]
pub struct NoChoiceOfActivation;

/// The architecture of a public name, `ARCHITECTURE` or `ARCHITECTURE.TAG`.
///
/// # Errors
/// When no architecture has that name; the error suggests some.
pub fn published(name: &str) -> Result<Published, UnknownArchitecture> {
    let found = Architecture::of_name(&PublicName::new(name));
    let (architecture, preprocess) = found.ok_or_else(|| UnknownArchitecture { name: name.to_owned() })?;
    Ok(Published { default_layer: architecture.default_layer(), architecture, preprocess })
}

impl Published {
    /// As the library whose layout the checkpoint has computes it, where the name leaves that open.
    #[must_use]
    pub fn in_layout(mut self, layout: Layout, name: &str) -> Self {
        self.architecture.adapt_to(layout, name.contains('.'), &mut self.preprocess);
        self
    }

    /// Changes the side of the network's input; pictures are cropped in the same proportion.
    pub fn set_image_px(&mut self, px: usize) {
        let before = self.architecture.image_px().max(1);
        self.preprocess.resize_px = self.preprocess.resize_px.saturating_mul(px) / before;
        self.preprocess.crop_px = px;
        self.architecture.set_image_px(px);
    }

    /// Chooses between the exact GELU and CLIP's approximation.
    ///
    /// # Errors
    /// When the network has no such choice.
    pub fn set_quick_gelu(&mut self, quick: bool) -> Result<(), NoChoiceOfActivation> {
        if self.architecture.set_quick_gelu(quick) { Ok(()) } else { Err(NoChoiceOfActivation) }
    }
}
