//! Maps of what a model sees: its patches in colours, and what its class token attends to.

use gestalt_models::{LoadedModel, ModelError};
use gestalt_networks::architectures::Architecture;
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::{Layer, Pool, Site};
use gestalt_protocol::inference::{Given, Seen};

use crate::components::Components;

/// The layers that [`look`] can show: all patches of a block, of a stage, or of the last layer.
pub fn lookable(model: &LoadedModel) -> Vec<Layer> {
    let layers = model.card().architecture.layers();
    layers.into_iter().filter(|layer| layer.pool == Pool::Patches).collect()
}

/// What a model computes of one picture, before colours are chosen over all pictures.
#[derive(Debug, Clone)]
pub struct Computed {
    /// What the model is given: `crop_px · crop_px · 3` bytes.
    pub given: Vec<u8>,
    /// The vectors of all patches, one after the other.
    pub vectors: Vec<f32>,
    /// For each head the attention to each patch; empty where there is no class token.
    pub attention: Vec<f32>,
}

/// Pictures as the model sees them at `layer`, one of [`lookable`]; see [`coloured`].
///
/// # Errors
/// As of [`compute`] and [`coloured`].
pub async fn look(model: &LoadedModel, pictures: &[Rgb8<'_>], layer: Layer) -> Result<Vec<Seen>, ModelError> {
    coloured(model, layer, compute(model, pictures, layer).await?)
}

/// What the model computes of each picture at `layer`. The attention is that of the class token in the same
/// block (after the last norm: in the last block).
///
/// # Errors
/// When the model has no such layer, or the device stops.
pub async fn compute(
    model: &LoadedModel,
    pictures: &[Rgb8<'_>],
    layer: Layer,
) -> Result<Vec<Computed>, ModelError> {
    let layer = Layer { pool: Pool::Patches, ..layer };
    let vectors = model.features(pictures, layer, None).await?;
    let attention = match attention_layer(&model.card().architecture, layer) {
        Some(layer) => model.features(pictures, layer, None).await?,
        None => vec![Vec::new(); pictures.len()],
    };
    let preprocess = model.card().preprocess;
    let all = pictures.iter().zip(vectors).zip(attention);
    Ok(all
        .map(|((picture, vectors), attention)| Computed {
            given: preprocess.given(*picture),
            vectors,
            attention,
        })
        .collect())
}

/// Every patch gets the colour of its first three principal components, taken over all pictures together:
/// patches that are alike for the model are alike in colour in all of them.
///
/// # Errors
/// When what was computed is not finite, or the same everywhere.
pub fn coloured(model: &LoadedModel, layer: Layer, computed: Vec<Computed>) -> Result<Vec<Seen>, ModelError> {
    let layer = Layer { pool: Pool::Patches, ..layer };
    let count = model.card().architecture.patches_in(layer).unwrap_or(0);
    let width = computed.first().map_or(0, |one| one.vectors.len()).checked_div(count).unwrap_or(0);
    let (vectors, pictures): (Vec<Vec<f32>>, Vec<_>) =
        computed.into_iter().map(|one| (one.vectors, (one.given, one.attention))).unzip();
    let not_finite = || ModelError::Stopped(format!("`{layer}` is not finite, or the same everywhere"));
    let components = Components::of(&vectors.concat(), width).ok_or_else(not_finite)?;
    let mut colours = components.colours().into_iter();
    let side_px = model.card().preprocess.crop_px;
    let seen = pictures.into_iter().map(|(rgb, attention)| Seen {
        given: Given { side_px, rgb },
        across: count.isqrt(),
        colours: colours.by_ref().take(count).collect(),
        attention: attention.chunks(count.max(1)).map(<[f32]>::to_vec).collect(),
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
