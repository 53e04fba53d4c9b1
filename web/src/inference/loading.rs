//! A model given to a worker: on the device chosen by hand, else on the one that was fastest at an earlier
//! visit, else measured now.

use gestalt_protocol::api::ModelListed;
use gestalt_protocol::inference::{FromWorker, Timed, ToWorker};
use gestalt_protocol::{Device, Rule};
use gestalt_types::Sha256;

use super::client::{Cancel, InferenceWorker, WorkerError};
use super::device_memory;
use crate::browser::address;
use crate::i18n::texts;

/// What is to be loaded.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The model.
    pub model: &'a ModelListed,
    /// Chosen by hand; none for the fastest.
    pub device: Option<Device>,
    /// The decision rule.
    pub rule: Rule,
}

/// What a worker says once it holds the model, after it reproduced the reference output.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// Where it computes.
    pub device: Device,
    /// Of the weights file.
    pub weights_hash: Sha256,
    /// The device that failed, and how.
    pub fell_back_from: Option<(Device, String)>,
    /// Cosine to the reference output.
    pub known_answer_cosine: f64,
    /// How long each device took for one picture, now or at an earlier visit; empty where the person chose
    /// the device.
    pub timed: Vec<Timed>,
    /// Layers that can be looked at, first to last.
    pub lookable: Vec<String>,
}

/// Gives the model to the worker. If the worker dies of a GPU, a new one gets the model on the CPU. `step`
/// is told the present step and the share that is done. A worker that fails is not given back: whatever it
/// held is gone or in doubt.
pub async fn load(
    mut worker: InferenceWorker,
    wanted: Wanted<'_>,
    cancel: &Cancel,
    step: impl Fn(String, Option<f64>),
) -> Result<(InferenceWorker, Loaded), WorkerError> {
    let weights = &wanted.model.weights_hash;
    let remembered = device_memory::recall(weights).filter(|_| wanted.device.is_none()).unwrap_or_default();
    let device = wanted.device.or(device_memory::fastest(&remembered));
    let mut loaded = match ask(&mut worker, Wanted { device, ..wanted }, &step).await {
        Err(WorkerError::Died(why)) if device != Some(Device::Cpu) => {
            drop(worker);
            worker = InferenceWorker::start(cancel).await?;
            let loaded = ask(&mut worker, Wanted { device: Some(Device::Cpu), ..wanted }, &step).await?;
            Loaded { fell_back_from: Some((Device::Webgpu, why)), ..loaded }
        }
        loaded => loaded?,
    };
    if loaded.timed.is_empty() {
        loaded.timed = remembered;
    } else if loaded.timed.len() > 1 {
        // What one device could not do now, it may do at another visit.
        device_memory::keep(weights, &loaded.timed);
    }
    Ok((worker, loaded))
}

/// Asks one worker; where no device is wanted, it measures.
pub async fn ask(
    worker: &mut InferenceWorker,
    Wanted { model, device, rule }: Wanted<'_>,
    step: impl Fn(String, Option<f64>),
) -> Result<Loaded, WorkerError> {
    let folder = address(&format!("models/{}/", js_sys::encode_uri_component(model.name.as_str())));
    let told = |progress: &FromWorker| match progress {
        FromWorker::Downloading { loaded_bytes, total_bytes } => {
            let total = total_bytes.unwrap_or(model.size_bytes).max(1) as f64;
            let share = (*loaded_bytes as f64 / total).min(1.0);
            step((texts().models.downloading)(total / 1e6), Some(share));
        }
        FromWorker::Preparing { step: words } => step(words.clone(), None),
        _ => {}
    };
    match worker.ask(&ToWorker::Load { folder, device, rule }, told).await? {
        FromWorker::Loaded {
            weights_hash,
            device,
            fell_back_from,
            known_answer_cosine,
            timed,
            lookable,
            ..
        } => Ok(Loaded { device, weights_hash, fell_back_from, known_answer_cosine, timed, lookable }),
        other => Err(WorkerError::Died(format!("it answered {other:?} when asked to load"))),
    }
}
