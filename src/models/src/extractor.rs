//! A network on a device that gives features of pictures, not yet held to a reference output.

use std::collections::BTreeMap;

use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::architectures::vae::Vae;
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::{Layer, Site};
use gestalt_networks::sparsity::TopK;
use gestalt_networks::weight::Weights;

use crate::card::ModelCard;
use crate::device::Compute;
use crate::engine::Engine;
use crate::error::ModelError;
use crate::reference_output;

/// A network on a device. It gives features, but no answers: for those the device must reproduce the
/// reference output first ([`LoadedModel`](crate::LoadedModel)).
#[derive(Debug)]
pub struct FeatureExtractor {
    card: ModelCard,
    engine: Engine,
    compute: Compute,
}

impl FeatureExtractor {
    /// Checks the weights and builds the network on `compute`.
    ///
    /// # Errors
    /// When the weights are not those of the card.
    pub fn new(card: ModelCard, weights: &[u8], compute: Compute) -> Result<Self, ModelError> {
        let engine = Engine::load(&card, weights, &compute)?;
        Ok(Self { card, engine, compute })
    }

    /// As [`new`](Self::new), of weights that are unpacked already.
    ///
    /// # Errors
    /// When they are not those of the card's architecture.
    pub fn of_weights(card: ModelCard, weights: &Weights, compute: Compute) -> Result<Self, ModelError> {
        let engine = Engine::of_weights(&card, weights, &compute)?;
        Ok(Self { card, engine, compute })
    }

    /// The card.
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// The network as an autoencoder, which can also decode; `None` for any other.
    pub fn autoencoder(&self) -> Option<&Vae> {
        self.engine.autoencoder()
    }

    /// Where it computes.
    pub fn compute(&self) -> &Compute {
        &self.compute
    }

    /// The layer that is read when none is asked for.
    ///
    /// # Errors
    /// When the card's layer has no known name.
    pub fn default_layer(&self) -> Result<Layer, ModelError> {
        Ok(self.card.default_layer.parse()?)
    }

    /// One feature vector for each picture, all in one batch.
    ///
    /// # Errors
    /// When the network has no such layer or no site for Top-K sparsity, or the device stops.
    pub async fn features(
        &self,
        pictures: &[Rgb8<'_>],
        layer: Layer,
        top_k: Option<TopK>,
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        let values = pictures.iter().flat_map(|picture| self.card.preprocess.apply(*picture)).collect();
        self.read(values, layer, top_k).await
    }

    /// As [`features`](Self::features), of pictures that have the network's size already: they are only
    /// normalised.
    ///
    /// # Errors
    /// Also when a picture has another size.
    pub async fn features_as_is(
        &self,
        pictures: &[Rgb8<'_>],
        layer: Layer,
        top_k: Option<TopK>,
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut values = Vec::new();
        for picture in pictures {
            values.extend(self.card.preprocess.as_is(*picture)?);
        }
        self.read(values, layer, top_k).await
    }

    /// The features of the reference picture, by layer.
    ///
    /// # Errors
    /// As [`features`](Self::features).
    pub async fn reference_features(
        &self,
        layers: &[Layer],
    ) -> Result<BTreeMap<String, Vec<f32>>, ModelError> {
        let pixels = reference_output::picture();
        let picture = Rgb8::new(&pixels, reference_output::PICTURE_PX, reference_output::PICTURE_PX)?;
        let mut by_layer = BTreeMap::new();
        for &layer in layers {
            let mut of_one = self.features(&[picture], layer, None).await?;
            by_layer.insert(layer.to_string(), of_one.pop().unwrap_or_default());
        }
        Ok(by_layer)
    }

    /// Features of preprocessed pictures: `[b, 3, px, px]`, flat.
    async fn read(
        &self,
        values: Vec<f32>,
        layer: Layer,
        top_k: Option<TopK>,
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        let (card, architecture) = (&self.card, &self.card.architecture);
        if !architecture.has(layer) {
            return Err(ModelError::NoSuchLayer {
                model: card.name.clone(),
                layer: layer.to_string(),
                there: layers_in_words(&**architecture),
            });
        }
        if top_k.is_some() && !architecture.takes_top_k() {
            return Err(ModelError::NoTopK { model: card.name.clone() });
        }
        let px = card.preprocess.crop_px;
        let count = values.len() / (3 * px * px);
        if count == 0 {
            return Ok(Vec::new());
        }
        self.engine.features(values, (count, px), layer, top_k, &self.compute).await
    }
}

/// `12 blocks and the layers mean, cls, patches`
fn layers_in_words(architecture: &dyn ArchitectureConfig) -> String {
    let layers = architecture.layers();
    let last: Vec<String> =
        layers.iter().filter(|layer| layer.site == Site::Norm).map(ToString::to_string).collect();
    let sites = |name: &str, number_of: fn(Site) -> Option<usize>| {
        let highest = layers.iter().filter_map(|layer| number_of(layer.site)).max();
        highest.map_or(String::new(), |highest| format!("{} {name} and ", highest + 1))
    };
    let blocks = sites("blocks", |site| if let Site::Block(i) = site { Some(i) } else { None });
    let stages = sites("stages", |site| if let Site::Stage(i) = site { Some(i) } else { None });
    format!("{blocks}{stages}the layers {}", last.join(", "))
}
