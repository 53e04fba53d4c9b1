//! Lets models take the trials, one after the other, in the inference worker; what they answer goes into the
//! outbox.

use std::cell::Cell;

use gestalt_protocol::api::ModelListed;
use gestalt_protocol::inference::{FromWorker, ToWorker};
use gestalt_protocol::{Device, ObserverKind, Presentation, Response, Row, Rule};
use gestalt_types::Name;
use uuid::Uuid;

use super::state::State;
use crate::browser::now_ms;
use crate::i18n::texts;
use crate::inference::{Cancel, Pool, Ready, Wanted, WorkerError};
use crate::outbox::{Outbox, OutboxError, WithdrawError};
use crate::source::{Joining, OpenedSession, OpenedStudy, SourceError};

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
    /// Number of trials, from the first on; None for all.
    pub trials: Option<usize>,
}

#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error("{0}")]
    Worker(#[from] WorkerError),
    #[error("{0}")]
    Source(#[from] SourceError),
    #[error("{0}")]
    Outbox(#[from] OutboxError),
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
        let take = Take { order, trials, model, outbox, cancel, rows: &rows };
        if let Err(error) = take.run(&mut pool, &say).await {
            // Whatever the workers held is gone or in doubt: the next model gets new ones.
            pool = Pool::default();
            say(State::Stopped(remedy(error, order.device), rows.get() as usize));
        }
    }
}

/// Number of trials that each model takes.
fn trials(order: &Order) -> usize {
    let all = order.opened.trials.test + order.opened.trials.catch;
    order.trials.map_or(all, |most| most.min(all))
}

fn remedy(error: RunError, device: Option<Device>) -> String {
    match error {
        RunError::Worker(WorkerError::Failed(message) | WorkerError::Died(message))
            if device != Some(Device::Cpu) =>
        {
            (texts().models.choose_cpu)(&message)
        }
        other => other.to_string(),
    }
}

/// One model's turn.
struct Take<'a> {
    order: &'a Order,
    /// Number of trials, from the first on.
    trials: usize,
    model: &'a ModelListed,
    outbox: Outbox,
    cancel: &'a Cancel,
    /// Rows so far.
    rows: &'a Cell<u32>,
}

impl Take<'_> {
    async fn run(&self, pool: &mut Pool, say: &impl Fn(State)) -> Result<(), RunError> {
        say(State::Preparing(texts().models.starting_worker.into(), None));
        let ready = self.load(pool, say).await?;
        let (name, weights_hash) = (self.model.name.clone(), ready.loaded.weights_hash.clone());
        let session = self
            .order
            .opened
            .session(ObserverKind::Model, Some(name), Some(weights_hash), Joining::default())
            .await?;
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

    async fn load(&self, pool: &mut Pool, say: &impl Fn(State)) -> Result<Ready, WorkerError> {
        let wanted = Wanted { model: self.model, device: self.order.device, rule: self.order.rule };
        let loaded = pool.load(wanted, self.cancel, |step, share| say(State::Preparing(step, share))).await?;
        if loaded.device == Device::Cpu {
            say(State::Preparing(texts().models.starting_workers.into(), None));
            pool.widen(wanted, self.trials, self.cancel).await;
        }
        Ok(Ready { loaded, workers: pool.width() })
    }

    async fn answer(
        &self,
        session: &OpenedSession,
        pool: &mut Pool,
        ready: &Ready,
        say: &impl Fn(State),
    ) -> Result<(), RunError> {
        let opened = &self.order.opened;
        let trials = opened.model_trials(session);
        let total = self.trials.min(trials.len());
        let start_ms = now_ms();
        let trial_ms = |done: u32| (done > 0).then(|| (now_ms() - start_ms) / f64::from(done));
        let tell = || {
            let (done, trial_ms) = (self.rows.get() as usize, trial_ms(self.rows.get()));
            say(State::Answering { ready: ready.clone(), done, total, trial_ms });
        };
        tell();
        let shown: Vec<Presentation> =
            trials.iter().take(total).map(|trial| Presentation::for_model(trial, session.seed)).collect();
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
            self.outbox.put(&row, session.stored.token.as_deref()).await?;
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
    let FromWorker::Answered { outcome, chosen_slot, mut readout } = answer else {
        return Err(WorkerError::Died(format!("it answered {answer:?} to a trial")));
    };
    // Only the first worker fell back; the others were told to take the CPU because of it.
    readout.fell_back_from = ready.loaded.fell_back_from.as_ref().map(|(device, _)| *device);
    Ok(Response { outcome, chosen_slot, reaction_time_ms: None, showing: None, readout: Some(readout) })
}

/// Where no server scores, the page does.
fn scored(opened: &OpenedStudy, mut row: Row) -> Result<Row, RunError> {
    if let Some(set) = &opened.answers {
        row.score(set).map_err(|error| RunError::Row(error.to_string()))?;
    }
    Ok(row)
}
