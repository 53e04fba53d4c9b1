//! The worker behind the page: it keeps the model that was looked through last.

use gestalt_protocol::api::ModelListed;
use gestalt_protocol::inference::{FromWorker, LookedAt, PictureFile, ToWorker};
use gestalt_protocol::{Device, Rule};
use gestalt_types::Name;

use super::Ready;
use super::client::{Cancel, InferenceWorker, WorkerError};
use super::loading::{Wanted, load};
use crate::i18n::texts;

/// What came of a look.
#[derive(Clone)]
pub struct Looked {
    /// The pictures that could be read, with what the model sees in each.
    pub pictures: Vec<LookedAt>,
    /// Those that could not, each with the reason.
    pub left_out: Vec<String>,
    /// What is unusual about the files that were read.
    pub notes: Vec<String>,
}

/// A worker with a model.
pub struct Viewer {
    worker: InferenceWorker,
    model: Name,
    /// As it was chosen.
    device: Option<Device>,
    /// What it runs on, and which layers can be looked at.
    pub ready: Ready,
}

impl Viewer {
    /// The present one where it holds this model on this device, else a new one. `step` is told the present
    /// step and the share that is done.
    pub async fn with(
        present: Option<Self>,
        model: &ModelListed,
        device: Option<Device>,
        step: impl Fn(String, Option<f64>),
    ) -> Result<Self, WorkerError> {
        let is_it = |viewer: &Self| viewer.model == model.name && viewer.device == device;
        if let Some(viewer) = present.filter(is_it) {
            return Ok(viewer);
        }
        step(texts().models.starting_worker.into(), None);
        let cancel = Cancel::default();
        let worker = InferenceWorker::start(&cancel).await?;
        let wanted = Wanted { model, device, rule: Rule::MeanDistance };
        let (worker, loaded) = load(worker, wanted, &cancel, step).await?;
        Ok(Self { worker, model: model.name.clone(), device, ready: Ready { loaded, workers: 1 } })
    }

    /// What the model sees in these pictures, at one of its layers.
    pub async fn look(&mut self, images: Vec<PictureFile>, layer: String) -> Result<Looked, WorkerError> {
        match self.worker.ask(&ToWorker::Look { images, layer }, |_| {}).await? {
            FromWorker::Looked { pictures, left_out, notes } => Ok(Looked { pictures, left_out, notes }),
            other => Err(WorkerError::Died(format!("it answered {other:?} to something else"))),
        }
    }
}
