//! A loaded model as an observer of trials.

use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::Layer;
use gestalt_networks::sparsity::TopK;
use gestalt_observers::{Conditions, FeatureSource, Picture};
use gestalt_types::{Name, Sha256};

use crate::error::ModelError;
use crate::loaded::LoadedModel;

/// What is read of a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Readout {
    /// The layer and its pooling.
    pub layer: Layer,
    /// Top-K sparsity, if any.
    pub top_k: Option<TopK>,
}

/// A loaded model with a fixed readout.
#[derive(Clone, Copy, Debug)]
pub struct ModelObserver<'a> {
    /// The model.
    pub model: &'a LoadedModel,
    /// What is read of it.
    pub readout: Readout,
}

impl FeatureSource for ModelObserver<'_> {
    type Error = ModelError;

    fn name(&self) -> &Name {
        self.model.name()
    }

    fn weights_hash(&self) -> Option<&Sha256> {
        Some(self.model.weights_hash())
    }

    async fn features(&self, triplet: &[Picture; 3]) -> Result<[Vec<f32>; 3], ModelError> {
        let view = |slot: usize| {
            let Picture { pixels, width_px, height_px } = &triplet[slot];
            Rgb8::new(pixels, *width_px, *height_px)
        };
        let views = [view(0)?, view(1)?, view(2)?];
        let features = self.model.features(&views, self.readout.layer, self.readout.top_k).await?;
        features.try_into().map_err(|found: Vec<_>| {
            ModelError::Stopped(format!("three pictures gave {} feature vectors", found.len()))
        })
    }

    fn conditions(&self) -> Conditions {
        let (model, compute) = (self.model, self.model.compute());
        Conditions {
            device: compute.kind(),
            adapter: Some(compute.adapter().to_owned()),
            quantisation: Some(model.card().quantisation.label().to_owned()),
            preprocessing: Some(model.card().preprocess.to_string()),
            layer: self.readout.layer.to_string(),
            top_k_fraction: self.readout.top_k.map(|top_k| top_k.fraction()),
            reference_output_passed: model.verdict().passed(),
            fell_back_from: model.fell_back().map(|(device, _)| device),
        }
    }
}
