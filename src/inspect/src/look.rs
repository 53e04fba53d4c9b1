//! Maps of what a model sees: its patches in colours, and what its class token attends to.

use gestalt_models::{LoadedModel, ModelError};
use gestalt_networks::architectures::Architecture;
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::{Layer, Pool, Site};
use gestalt_protocol::inference::Seen;

use crate::components::Components;

/// The layers that [`look`] can show: all patches of a block, of a stage, or of the last layer.
pub fn lookable(model: &LoadedModel) -> Vec<Layer> {
    let layers = model.card().architecture.layers();
    layers.into_iter().filter(|layer| layer.pool == Pool::Patches).collect()
}

/// Pictures as the model sees them at `layer`, one of [`lookable`]. Every patch gets the colour of its
/// first three principal components, taken over all pictures together: patches that are alike for the
/// model are alike in colour in all of them. The attention is that of the class token in the same block
/// (after the last norm: in the last block).
///
/// # Errors
/// When the model has no such layer, or the device stops or computes what is not finite.
pub async fn look(model: &LoadedModel, pictures: &[Rgb8<'_>], layer: Layer) -> Result<Vec<Seen>, ModelError> {
    let layer = Layer { pool: Pool::Patches, ..layer };
    let architecture = &model.card().architecture;
    let vectors = model.features(pictures, layer, None).await?;
    let attention = match attention_layer(architecture, layer) {
        Some(layer) => model.features(pictures, layer, None).await?,
        None => vec![Vec::new(); pictures.len()],
    };
    let count = architecture.patches_in(layer).unwrap_or(0);
    let width = vectors.first().map_or(0, Vec::len).checked_div(count).unwrap_or(0);
    let not_finite = || ModelError::Stopped(format!("`{layer}` is not finite, or the same everywhere"));
    let components = Components::of(&vectors.concat(), width).ok_or_else(not_finite)?;
    let mut colours = components.colours().into_iter();
    let seen = attention.into_iter().map(|weights| Seen {
        across: count.isqrt(),
        colours: colours.by_ref().take(count).collect(),
        attention: weights.chunks(count.max(1)).map(<[f32]>::to_vec).collect(),
        visible_share: model.card().preprocess.visible_share(),
        variance_share: components.share,
    });
    Ok(seen.collect())
}

/// The attention that belongs to the patches of a layer; `None` in a network without a class token.
fn attention_layer(architecture: &Architecture, layer: Layer) -> Option<Layer> {
    let mut attention = architecture.layers().into_iter().filter(|layer| layer.pool == Pool::Attention);
    match layer.site {
        Site::Norm => attention.next_back(),
        site => attention.find(|layer| layer.site == site),
    }
}
