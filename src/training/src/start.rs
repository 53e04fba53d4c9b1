//! Starts a run from the weights of a published model, to fine-tune it.

use std::path::Path;

use burn::tensor::Device;
use gestalt_models::card::ModelCard;
use gestalt_models::folder::ModelFolder;
use gestalt_models::weights;
use gestalt_networks::keys;

use crate::error::TrainError;
use crate::objective::Objective;

/// Replaces the weights of the network by those of a model folder, as they are stored there: in 8 bits
/// where the model is quantised. What the objective adds keeps its random weights.
///
/// # Errors
/// When the folder cannot be read, or its network has another shape.
pub fn from_folder<O: Objective>(model: &mut O, folder: &Path, device: &Device) -> Result<(), TrainError> {
    let wrong = |why: String| TrainError::Start { folder: folder.display().to_string(), why };
    let read = ModelFolder::read(folder).map_err(|e| wrong(e.to_string()))?;
    let files = read.files();
    let card = ModelCard::parse(files.card).map_err(|e| wrong(e.to_string()))?;
    let weights = weights::read(&card, files.weights).map_err(|e| wrong(e.to_string()))?;
    let (network, report) = keys::apply(model.network().clone(), &weights, device);
    if !report.is_complete() {
        return Err(wrong(format!("its network has another shape: {report}")));
    }
    *model.network_mut() = network;
    Ok(())
}
