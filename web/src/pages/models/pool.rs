//! Several inference workers that hold the same model, so that every core of the processor answers trials.

use std::cell::Cell;

use futures::future::{join_all, try_join_all};
use gestalt_protocol::inference::{FromWorker, Timed, ToWorker};
use gestalt_protocol::{Device, Sha256};
use leptos::prelude::window;

use crate::worker::{Cancel, InferenceWorker, WorkerError};

/// More workers than this gain little and take memory.
const MOST_WORKERS: usize = 8;
/// What all workers together may hold of a model's weights, in bytes once they are dequantised.
const MOST_WEIGHTS_BYTES: u64 = 1 << 30;

/// What a worker says once it holds the model.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Where it computes.
    pub device: Device,
    /// Of the weights file.
    pub weights_hash: Sha256,
    /// The device that failed, and how.
    pub fell_back_from: Option<(Device, String)>,
    /// Cosine to the known answer.
    pub known_answer_cosine: f64,
    /// How long each device took, where the worker chose.
    pub timed: Vec<Timed>,
}

/// Workers that are started when they are first needed and serve one model after the other.
#[derive(Default)]
pub struct Pool {
    workers: Vec<InferenceWorker>,
    /// How many of them hold the present model.
    ready: usize,
}

impl Pool {
    /// Gives the model to a first worker.
    pub async fn load(
        &mut self,
        request: &ToWorker,
        cancel: &Cancel,
        on_step: impl FnMut(&FromWorker),
    ) -> Result<Loaded, WorkerError> {
        self.ready = 0;
        if self.workers.is_empty() {
            self.workers.push(InferenceWorker::start(cancel).await?);
        }
        let loaded = loaded(self.workers[0].ask(request, on_step).await?)?;
        self.ready = 1;
        Ok(loaded)
    }

    /// Gives the model to as many more workers as the processor has cores, as far as `trials` and the memory warrant. One that cannot
    /// be had is done without.
    pub async fn widen(&mut self, request: &ToWorker, size_bytes: u64, trials: usize, cancel: &Cancel) {
        let cores = window().navigator().hardware_concurrency() as usize;
        // Weights are stored in a quarter of the memory that they take.
        let by_memory = (MOST_WEIGHTS_BYTES / (4 * size_bytes).max(1)) as usize;
        let wanted = cores.min(by_memory).min(trials).clamp(1, MOST_WORKERS);
        while self.workers.len() < wanted {
            match InferenceWorker::start(cancel).await {
                Ok(worker) => self.workers.push(worker),
                Err(_) => break,
            }
        }
        let more = self.workers.iter_mut().take(wanted).skip(1);
        let answers = join_all(more.map(|worker| worker.ask(request, |_| {}))).await;
        // The workers behind one that failed are left out with it.
        self.ready = 1 + answers.into_iter().take_while(Result::is_ok).count();
    }

    /// How many workers share the trials.
    pub fn width(&self) -> usize {
        self.ready
    }

    /// Asks `count` requests, each of one worker, all workers at once; `on_answer` hears which request was answered, in the order of the
    /// answers.
    pub async fn share<E: From<WorkerError>>(
        &mut self,
        count: usize,
        request: impl Fn(usize) -> ToWorker,
        on_answer: impl AsyncFn(usize, FromWorker) -> Result<(), E>,
    ) -> Result<(), E> {
        let next = Cell::new(0);
        let (next, request, on_answer) = (&next, &request, &on_answer);
        let shares = self.workers.iter_mut().take(self.ready).map(|worker| async move {
            loop {
                let index = next.replace(next.get() + 1);
                if index >= count {
                    return Ok(());
                }
                let answer = worker.ask(&request(index), |_| {}).await?;
                on_answer(index, answer).await?;
            }
        });
        try_join_all(shares).await.map(drop)
    }
}

fn loaded(answer: FromWorker) -> Result<Loaded, WorkerError> {
    match answer {
        FromWorker::Loaded { weights_hash, device, fell_back_from, known_answer_cosine, timed, .. } => {
            Ok(Loaded { weights_hash, device, fell_back_from, known_answer_cosine, timed })
        }
        other => Err(WorkerError::Died(format!("it answered {other:?} when asked to load"))),
    }
}
