//! What the file of an architecture provides; everything else is generated from the table.

use std::fmt::Debug;

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use crate::bad_config::BadConfig;
use crate::layout::{FileKeys, Layout};
use crate::preprocess::Preprocess;
use crate::readout::{Layer, Pool, Site};
use crate::sparsity::TopK;

/// The numbers that fix an architecture's shape, as a card states them under `architecture`.
pub trait ArchitectureConfig: Debug {
    /// The network of this shape.
    type Network: ReadableNetwork
    where
        Self: Sized;

    /// A network of this shape on `device`. Its weights are drawn lazily: load weights over them before
    /// the first forward pass, or draw them with a seed.
    ///
    /// # Errors
    /// When [`check`](Self::check) finds a number that cannot be used.
    fn init(&self, device: &Device) -> Result<Self::Network, BadConfig>
    where
        Self: Sized;

    /// The numbers and the preprocessing that were published under a name; `None` for a name of another
    /// architecture.
    fn published(name: &PublicName<'_>) -> Option<(Self, Preprocess)>
    where
        Self: Sized;

    /// Public names to suggest where a name is unknown.
    fn examples() -> &'static [&'static str]
    where
        Self: Sized;

    /// Checks every number against the others and against limits, so that a hostile card cannot ask for
    /// more memory than any network of this kind needs.
    ///
    /// # Errors
    /// Names the number that cannot be used.
    fn check(&self) -> Result<(), BadConfig>;

    /// Side of the square input picture, in pixels.
    fn image_px(&self) -> usize;

    /// Changes the side of the input picture.
    fn set_image_px(&mut self, px: usize);

    /// The layers that can be read, first to last.
    fn layers(&self) -> Vec<Layer>;

    /// Patches or positions along one side of the map at a site that has one.
    fn side_at(&self, site: Site) -> Option<usize>;

    /// Side in pixels of what one position of the map at a site sees of the input picture; `None` where that
    /// is the whole picture or not worked out.
    fn receptive_px(&self, _site: Site) -> Option<usize> {
        None
    }

    /// What the classifier would see.
    fn default_layer(&self) -> Layer {
        Layer::MEAN
    }

    /// Whether Top-K sparsity has a site in this network.
    fn takes_top_k(&self) -> bool {
        true
    }

    /// Our name (timm's, where it has one) of a checkpoint's key; `None` for a part that is not of this
    /// network.
    fn key(&self, key: &str, _file: &FileKeys) -> Option<String> {
        Some(key.to_owned())
    }

    /// The convolution into which a batch norm is folded, by our names; `None` for networks without
    /// batch norms.
    fn convolution_of(&self, _norm: &str) -> Option<String> {
        None
    }

    /// Adapts what a public name leaves open to the library whose layout the checkpoint has. `is_tagged`:
    /// the name said how the weights were trained.
    fn adapt_to(&mut self, _layout: Layout, _is_tagged: bool, _preprocess: &mut Preprocess) {}

    /// Chooses between the exact GELU and CLIP's approximation; whether this network has that choice.
    fn set_quick_gelu(&mut self, _quick: bool) -> bool {
        false
    }

    /// Adapts numbers that a public name leaves open to a checkpoint, `shape_of` its tensors by our
    /// names. The result says what was changed, in words.
    fn adapt_to_weights(&mut self, _shape_of: &dyn Fn(&str) -> Option<Vec<usize>>) -> Vec<String> {
        Vec::new()
    }

    /// The learned positions, which a checkpoint may hold for another number of patches.
    fn positions(&self) -> Option<Positions> {
        None
    }

    /// Whether this network has such a layer.
    fn has(&self, layer: Layer) -> bool {
        self.layers().contains(&layer)
    }

    /// The number of patches whose vectors this layer holds, one after the other; `None` for a layer
    /// that does not hold all patches.
    fn patches_in(&self, layer: Layer) -> Option<usize> {
        let holds_all = layer.pool == Pool::Patches && self.has(layer);
        let side = if holds_all { self.side_at(layer.site) } else { None };
        side.map(|side| side * side)
    }
}

/// A network that can be read at its layers.
pub trait ReadableNetwork: Module + Debug {
    /// One vector for each picture, read at `layer`.
    ///
    /// # Shapes
    /// `[b, 3, px, px]`, normalised as the card says → `[b, dims]`
    ///
    /// # Panics
    /// When the pictures have another size, or the network has no such layer ([`ArchitectureConfig::has`]).
    fn read(&self, pictures: Tensor<4>, layer: Layer, top_k: Option<TopK>) -> Tensor<2>;
}

/// A table of learned positions, `[1, 1 + grid², width]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positions {
    /// Its key.
    pub key: String,
    /// Patches along one side of the picture.
    pub grid: usize,
    /// Embedding dimension.
    pub width: usize,
}

/// A public name, `ARCHITECTURE` or `ARCHITECTURE.TAG`. The tag says how the weights were trained:
/// `mae`, `openai`, `fcmae`, `tv_in1k`, …
#[derive(Clone, Debug)]
pub struct PublicName<'a> {
    /// The name without its tag.
    pub base: &'a str,
    /// The parts of `base` between underscores.
    pub words: Vec<&'a str>,
    /// The tag; empty where there is none.
    pub tag: &'a str,
}

impl<'a> PublicName<'a> {
    /// Splits a name.
    pub fn new(name: &'a str) -> Self {
        let (base, tag) = name.split_once('.').unwrap_or((name, ""));
        Self { base, words: base.split('_').collect(), tag }
    }
}
