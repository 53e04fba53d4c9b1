//! Lets models take the trials, one after the other, in the inference worker; what they answer goes into the outbox.

use gestalt_protocol::api::ModelListed;
use gestalt_protocol::inference::{FromWorker, ToWorker};
use gestalt_protocol::{
    Device, Name, ObserverKind, Presentation, PresentedTrial, Response, Role, Row, Rule, Sha256,
};
use uuid::Uuid;

use crate::browser::{address, now_ms};
use crate::outbox::store::StoreError;
use crate::outbox::{Outbox, WithdrawError};
use crate::source::{OpenedSession, OpenedStudy, SourceError};
use crate::worker::{Cancel, InferenceWorker, WorkerError};

/// What is to be run.
#[derive(Debug, Clone)]
pub struct Order {
    /// The study.
    pub opened: OpenedStudy,
    /// The models, in order.
    pub models: Vec<ModelListed>,
    /// None lets the worker choose.
    pub device: Option<Device>,
    /// The decision rule.
    pub rule: Rule,
    /// The first so many trials; None for all.
    pub trials: Option<usize>,
}

/// A model that passed its known answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    /// Where it computes.
    pub device: Device,
    /// The device that failed, and how.
    pub fell_back_from: Option<(Device, String)>,
    /// Cosine to the known answer.
    pub known_answer_cosine: f64,
}

/// How far one model is.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Others come first.
    Queued,
    /// Getting ready: the step, and how much of it is done (0 to 1).
    Preparing(String, Option<f64>),
    /// Answering.
    Answering {
        /// What it runs on.
        ready: Ready,
        /// Trials answered.
        done: usize,
        /// Trials in all.
        total: usize,
        /// Mean time of a trial so far.
        trial_ms: Option<f64>,
    },
    /// It has answered.
    Done {
        /// What it ran on.
        ready: Ready,
        /// Rows.
        rows: usize,
        /// Mean time of a trial.
        trial_ms: f64,
    },
    /// It stopped: why, and how many rows it had by then.
    Stopped(String, usize),
}

#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error("{0}")]
    Worker(#[from] WorkerError),
    #[error("{0}")]
    Source(#[from] SourceError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Withdraw(#[from] WithdrawError),
    #[error("{0}")]
    Row(String),
}

/// Runs the order; `say` hears how far each model is. A model that fails does not stop the others.
pub async fn run(order: &Order, outbox: Outbox, cancel: &Cancel, say: impl Fn(&Name, State)) {
    let trials = trials(order);
    let mut worker = None;
    for model in &order.models {
        let say = |state| say(&model.name, state);
        if cancel.asked() {
            say(State::Stopped(WorkerError::Cancelled.to_string(), 0));
            continue;
        }
        let mut rows = 0;
        let outcome = take(order, &trials, model, outbox, cancel, &mut worker, &mut rows, &say).await;
        if let Err(error) = outcome {
            // Whatever the worker held is gone or in doubt: the next model gets a new one.
            worker = None;
            say(State::Stopped(remedy(error, order.device), rows as usize));
        }
    }
}

/// Test trials in the order of the set, so that the first few are the same for every model; then catch trials.
fn trials(order: &Order) -> Vec<PresentedTrial> {
    let of = |role| order.opened.set.trials.iter().filter(move |trial| trial.role == role);
    let all = of(Role::Test).chain(of(Role::Catch)).cloned();
    all.take(order.trials.unwrap_or(usize::MAX)).collect()
}

fn remedy(error: RunError, device: Option<Device>) -> String {
    match error {
        RunError::Worker(WorkerError::Failed(message) | WorkerError::Died(message))
            if device != Some(Device::Cpu) =>
        {
            format!("{message}. If it happens again, choose the processor as the device.")
        }
        other => other.to_string(),
    }
}

#[expect(clippy::too_many_arguments, reason = "one call, in the loop above")]
async fn take(
    order: &Order,
    trials: &[PresentedTrial],
    model: &ModelListed,
    outbox: Outbox,
    cancel: &Cancel,
    worker: &mut Option<InferenceWorker>,
    rows: &mut u32,
    say: &impl Fn(State),
) -> Result<(), RunError> {
    say(State::Preparing("starting the worker".into(), None));
    let worker = match worker {
        Some(worker) => worker,
        None => worker.insert(InferenceWorker::start(cancel).await?),
    };
    let (ready, weights_hash) = load(order, model, worker, say).await?;
    let opened = &order.opened;
    let session = opened.session(ObserverKind::Model, Some(model.name.clone()), Some(weights_hash)).await?;
    outbox.open(&session.stored).await?;
    let outcome = answer(order, trials, &session, outbox, worker, &ready, rows, say).await;
    if *rows > 0 {
        // What was answered before a failure or a cancellation is sound, and counts.
        outbox.close(&session.stored, *rows).await?;
    } else {
        outbox.withdraw(&session.stored).await?;
    }
    outcome
}

async fn load(
    order: &Order,
    model: &ModelListed,
    worker: &mut InferenceWorker,
    say: &impl Fn(State),
) -> Result<(Ready, Sha256), RunError> {
    let folder = address(&format!("models/{}/", js_sys::encode_uri_component(model.name.as_str())));
    let request = ToWorker::Load { folder, device: order.device, rule: order.rule };
    let on_step = |step: &FromWorker| match step {
        FromWorker::Downloading { loaded_bytes, total_bytes } => {
            let total = total_bytes.unwrap_or(model.size_bytes).max(1);
            say(State::Preparing("downloading".into(), Some((*loaded_bytes as f64 / total as f64).min(1.0))));
        }
        FromWorker::Preparing { step } => say(State::Preparing(step.clone(), None)),
        _ => {}
    };
    match worker.ask(&request, on_step).await? {
        FromWorker::Loaded { device, fell_back_from, known_answer_cosine, weights_hash, .. } => {
            Ok((Ready { device, fell_back_from, known_answer_cosine }, weights_hash))
        }
        other => Err(WorkerError::Died(format!("it answered {other:?} when asked to load")).into()),
    }
}

#[expect(clippy::too_many_arguments, reason = "one call, in the function above")]
async fn answer(
    order: &Order,
    trials: &[PresentedTrial],
    session: &OpenedSession,
    outbox: Outbox,
    worker: &mut InferenceWorker,
    ready: &Ready,
    rows: &mut u32,
    say: &impl Fn(State),
) -> Result<(), RunError> {
    let (opened, total) = (&order.opened, trials.len());
    let start_ms = now_ms();
    let trial_ms = |done: u32| (done > 0).then(|| (now_ms() - start_ms) / f64::from(done));
    for trial in trials {
        let done = *rows as usize;
        say(State::Answering { ready: ready.clone(), done, total, trial_ms: trial_ms(*rows) });
        let presentation = Presentation::for_model(trial, session.seed);
        let hashes = presentation.shown.clone();
        let request = ToWorker::Answer { images: hashes.each_ref().map(|hash| opened.image(hash)), hashes };
        let response = match worker.ask(&request, |_| {}).await? {
            FromWorker::Answered { outcome, chosen_slot, reading } => Response {
                outcome,
                chosen_slot,
                reaction_time_ms: None,
                showing: None,
                reading: Some(reading),
            },
            other => return Err(WorkerError::Died(format!("it answered {other:?} to a trial")).into()),
        };
        let row = session.identity.row(Uuid::now_v7(), *rows, &presentation, response);
        outbox.put(scored(opened, row)?, !opened.has_server()).await?;
        *rows += 1;
    }
    let trial_ms = trial_ms(*rows).unwrap_or(0.0);
    say(State::Done { ready: ready.clone(), rows: total, trial_ms });
    Ok(())
}

/// Where no server scores, the page does.
fn scored(opened: &OpenedStudy, mut row: Row) -> Result<Row, RunError> {
    if let Some(trial) = opened.answers.as_ref().and_then(|set| set.trial(&row.trial)) {
        row.score(trial).map_err(|error| RunError::Row(error.to_string()))?;
    }
    Ok(row)
}
