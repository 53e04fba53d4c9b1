//! What a model sees where: its patches in colours, and what its class token attends to.

use gestalt_networks::architecture::Architecture;
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::{Layer, Pool, Site};
use gestalt_protocol::inference::Seen;

use crate::components::Components;
use crate::model::{LoadedModel, ObserveError};

impl LoadedModel {
    /// The layers that [`look`](Self::look) can show: all patches of a block, a stage, or the last.
    pub fn lookable(&self) -> Vec<Layer> {
        let layers = self.card().architecture.layers();
        layers.into_iter().filter(|layer| layer.pool == Pool::Patches).collect()
    }

    /// Pictures as the model sees them at `layer`, one of [`lookable`](Self::lookable): every patch in the colour of its first three principal
    /// components, taken over all pictures together, so that what is alike for the model is alike in colour in all of them; and what the
    /// class token attends to in that block (after the last norm: in the last block).
    ///
    /// # Errors
    /// When the model has no such layer, or the device stops or computes what is not finite.
    pub async fn look(&self, pictures: &[Rgb8<'_>], layer: Layer) -> Result<Vec<Seen>, ObserveError> {
        let layer = Layer { pool: Pool::Patches, ..layer };
        let vectors = self.features(pictures, layer, None).await?;
        let attention = match attention_layer(&self.card().architecture, layer) {
            Some(layer) => self.features(pictures, layer, None).await?,
            None => vec![Vec::new(); pictures.len()],
        };
        let count = self.card().architecture.patches_in(layer).unwrap_or(0);
        let width = vectors.first().map_or(0, Vec::len).checked_div(count).unwrap_or(0);
        let not_finite = || ObserveError::Stopped(format!("`{layer}` is not finite, or the same everywhere"));
        let components = Components::of(&vectors.concat(), width).ok_or_else(not_finite)?;
        let mut colours = components.colours().into_iter();
        let seen = attention.into_iter().map(|weights| Seen {
            across: count.isqrt(),
            colours: colours.by_ref().take(count).collect(),
            attention: weights.chunks(count.max(1)).map(<[f32]>::to_vec).collect(),
            visible_share: self.card().preprocess.visible_share(),
            variance_share: components.share,
        });
        Ok(seen.collect())
    }
}

/// Where the class token's attention belongs to the patches of a layer; none in a network without one.
fn attention_layer(architecture: &Architecture, layer: Layer) -> Option<Layer> {
    let mut attention = architecture.layers().into_iter().filter(|layer| layer.pool == Pool::Attention);
    match layer.site {
        Site::Norm => attention.next_back(),
        site => attention.find(|layer| layer.site == site),
    }
}
