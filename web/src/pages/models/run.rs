//! Lets models take the trials, one after the other, in the inference worker; what they answer goes into the outbox.

use std::cell::Cell;

use gestalt_protocol::api::ModelListed;
use gestalt_protocol::inference::{FromWorker, Timed, ToWorker};
use gestalt_protocol::{
    Device, Name, ObserverKind, Presentation, PresentedTrial, Response, Role, Row, Rule, Sha256,
};
use uuid::Uuid;

use super::device_memory;
use super::lab::load_request;
use super::pool::Pool;
use crate::browser::now_ms;
use crate::outbox::store::StoreError;
use crate::outbox::{Outbox, WithdrawError};
use crate::source::{OpenedSession, OpenedStudy, SourceError};
use crate::worker::{Cancel, WorkerError};

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
    /// Workers that share the trials.
    pub workers: usize,
    /// How long each device took for one picture, now or at an earlier visit; empty where the person chose the device.
    pub timed: Vec<Timed>,
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
    let mut pool = Pool::default();
    for model in &order.models {
        let say = |state| say(&model.name, state);
        if cancel.asked() {
            say(State::Stopped(WorkerError::Cancelled.to_string(), 0));
            continue;
        }
        let rows = Cell::new(0);
        let take = Take { order, trials: &trials, model, outbox, cancel, rows: &rows };
        if let Err(error) = take.run(&mut pool, &say).await {
            // Whatever the workers held is gone or in doubt: the next model gets new ones.
            pool = Pool::default();
            say(State::Stopped(remedy(error, order.device), rows.get() as usize));
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

/// One model's turn.
struct Take<'a> {
    order: &'a Order,
    trials: &'a [PresentedTrial],
    model: &'a ModelListed,
    outbox: Outbox,
    cancel: &'a Cancel,
    /// Rows so far.
    rows: &'a Cell<u32>,
}

impl Take<'_> {
    async fn run(&self, pool: &mut Pool, say: &impl Fn(State)) -> Result<(), RunError> {
        say(State::Preparing("starting the worker".into(), None));
        let (ready, weights_hash) = self.load(pool, say).await?;
        let name = self.model.name.clone();
        let session = self.order.opened.session(ObserverKind::Model, Some(name), Some(weights_hash)).await?;
        self.outbox.open(&session.stored).await?;
        let outcome = self.answer(&session, pool, &ready, say).await;
        if self.rows.get() > 0 {
            // What was answered before a failure or a cancellation is sound, and counts.
            self.outbox.close(&session.stored, self.rows.get()).await?;
        } else {
            self.outbox.withdraw(&session.stored).await?;
        }
        outcome
    }

    async fn load(&self, pool: &mut Pool, say: &impl Fn(State)) -> Result<(Ready, Sha256), RunError> {
        let model = self.model;
        let remembered = device_memory::recall(&model.weights_hash).filter(|_| self.order.device.is_none());
        let device = self.order.device.or(remembered.as_deref().and_then(device_memory::fastest));
        let request = |device| load_request(model, device, self.order.rule);
        let on_step = |step: &FromWorker| match step {
            FromWorker::Downloading { loaded_bytes, total_bytes } => {
                let total = total_bytes.unwrap_or(model.size_bytes).max(1);
                let share = (*loaded_bytes as f64 / total as f64).min(1.0);
                say(State::Preparing("downloading".into(), Some(share)));
            }
            FromWorker::Preparing { step } => say(State::Preparing(step.clone(), None)),
            _ => {}
        };
        let loaded = pool.load(&request(device), self.cancel, on_step).await?;
        // What one device could not do now, it may do at another visit.
        if loaded.timed.len() > 1 {
            device_memory::keep(&model.weights_hash, &loaded.timed);
        }
        if loaded.device == Device::Cpu {
            say(State::Preparing("starting more workers".into(), None));
            let trials = self.trials.len();
            pool.widen(&request(Some(Device::Cpu)), model.size_bytes, trials, self.cancel).await;
        }
        let ready = Ready {
            device: loaded.device,
            fell_back_from: loaded.fell_back_from,
            known_answer_cosine: loaded.known_answer_cosine,
            workers: pool.width(),
            timed: remembered.unwrap_or(loaded.timed),
        };
        Ok((ready, loaded.weights_hash))
    }

    async fn answer(
        &self,
        session: &OpenedSession,
        pool: &mut Pool,
        ready: &Ready,
        say: &impl Fn(State),
    ) -> Result<(), RunError> {
        let (opened, total) = (&self.order.opened, self.trials.len());
        let start_ms = now_ms();
        let trial_ms = |done: u32| (done > 0).then(|| (now_ms() - start_ms) / f64::from(done));
        let tell = || {
            let (done, trial_ms) = (self.rows.get() as usize, trial_ms(self.rows.get()));
            say(State::Answering { ready: ready.clone(), done, total, trial_ms });
        };
        tell();
        let shown: Vec<Presentation> =
            self.trials.iter().map(|trial| Presentation::for_model(trial, session.seed)).collect();
        let request = |index: usize| {
            let hashes = shown[index].shown.clone();
            ToWorker::Answer { images: hashes.each_ref().map(|hash| opened.image(hash)), hashes }
        };
        let shelve = async |index: usize, answer: FromWorker| {
            let at = self.rows.get();
            let response = response(answer, ready)?;
            let row = session.identity.row(Uuid::now_v7(), at, &shown[index], response);
            let row = scored(opened, row)?;
            // Counted before it is put: another worker may answer meanwhile.
            self.rows.set(at + 1);
            self.outbox.put(row, !opened.has_server()).await?;
            tell();
            Ok::<(), RunError>(())
        };
        pool.share(total, request, shelve).await?;
        let trial_ms = trial_ms(self.rows.get()).unwrap_or(0.0);
        say(State::Done { ready: ready.clone(), rows: total, trial_ms });
        Ok(())
    }
}

fn response(answer: FromWorker, ready: &Ready) -> Result<Response, WorkerError> {
    let FromWorker::Answered { outcome, chosen_slot, mut reading } = answer else {
        return Err(WorkerError::Died(format!("it answered {answer:?} to a trial")));
    };
    // Only the first worker fell back; the others were told to take the processor because of it.
    reading.fell_back_from = ready.fell_back_from.as_ref().map(|(device, _)| *device);
    Ok(Response { outcome, chosen_slot, reaction_time_ms: None, showing: None, reading: Some(reading) })
}

/// Where no server scores, the page does.
fn scored(opened: &OpenedStudy, mut row: Row) -> Result<Row, RunError> {
    if let Some(trial) = opened.answers.as_ref().and_then(|set| set.trial(&row.trial)) {
        row.score(trial).map_err(|error| RunError::Row(error.to_string()))?;
    }
    Ok(row)
}
