//! The worker behind the page: it keeps the model that was looked through last.

use gestalt_protocol::api::ModelListed;
use gestalt_protocol::inference::{FromWorker, Seen, ToWorker};
use gestalt_protocol::{Name, Rule};

use crate::pages::models::device_memory;
use crate::pages::models::lab::load_request;
use crate::worker::{Cancel, InferenceWorker, WorkerError};

/// A worker with a model.
pub struct Viewer {
    worker: InferenceWorker,
    model: Name,
    /// Layers that can be looked at, first to last.
    pub layers: Vec<String>,
}

impl Viewer {
    /// The present one where it holds this model, else a new one. `step` hears what goes on and how much of it is done.
    pub async fn with(
        present: Option<Self>,
        model: &ModelListed,
        step: impl Fn(String, Option<f64>),
    ) -> Result<Self, WorkerError> {
        if let Some(viewer) = present.filter(|viewer| viewer.model == model.name) {
            return Ok(viewer);
        }
        step("starting the worker".into(), None);
        let mut worker = InferenceWorker::start(&Cancel::default()).await?;
        let device = device_memory::recall(&model.weights_hash).as_deref().and_then(device_memory::fastest);
        let request = load_request(model, device, Rule::MeanDistance);
        let told = |progress: &FromWorker| match progress {
            FromWorker::Downloading { loaded_bytes, .. } => {
                let share = *loaded_bytes as f64 / model.size_bytes.max(1) as f64;
                step("downloading".into(), Some(share.min(1.0)));
            }
            FromWorker::Preparing { step: words } => step(words.clone(), None),
            _ => {}
        };
        match worker.ask(&request, told).await? {
            FromWorker::Loaded { lookable: layers, .. } => {
                Ok(Self { worker, model: model.name.clone(), layers })
            }
            other => Err(unexpected(&other)),
        }
    }

    /// What the model sees in the pictures at these addresses, at one of its layers.
    pub async fn look(&mut self, images: Vec<String>, layer: String) -> Result<Vec<Seen>, WorkerError> {
        match self.worker.ask(&ToWorker::Look { images, layer }, |_| {}).await? {
            FromWorker::Looked { pictures } => Ok(pictures),
            other => Err(unexpected(&other)),
        }
    }
}

fn unexpected(answer: &FromWorker) -> WorkerError {
    WorkerError::Died(format!("it answered {answer:?} to something else"))
}
