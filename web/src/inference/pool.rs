//! Several inference workers that hold the same model, so that every core of the CPU answers trials.

use std::cell::Cell;

use futures::future::{join_all, try_join_all};
use gestalt_protocol::Device;
use gestalt_protocol::api::ModelListed;
use gestalt_protocol::inference::{FromWorker, ToWorker};
use leptos::prelude::window;

use super::client::{Cancel, InferenceWorker, WorkerError};
use super::loading::{self, Loaded, Wanted};

/// More workers than this gain little and take memory.
const MOST_WORKERS: usize = 8;
/// What all workers together may hold of a model's weights, in bytes once they are dequantised.
const MOST_WEIGHTS_BYTES: u64 = 1 << 30;

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
        wanted: Wanted<'_>,
        cancel: &Cancel,
        step: impl Fn(String, Option<f64>),
    ) -> Result<Loaded, WorkerError> {
        self.ready = 0;
        let first = match self.workers.pop() {
            Some(worker) => worker,
            None => InferenceWorker::start(cancel).await?,
        };
        let (first, loaded) = loading::load(first, wanted, cancel, step).await?;
        self.workers.insert(0, first);
        self.ready = 1;
        Ok(loaded)
    }

    /// Gives the model to as many more workers as the CPU has cores, at most one per trial and as the memory
    /// allows. One that cannot be had is done without.
    pub async fn widen(&mut self, wanted: Wanted<'_>, trials: usize, cancel: &Cancel) {
        let cores = window().navigator().hardware_concurrency() as usize;
        let by_memory = (MOST_WEIGHTS_BYTES / unpacked_bytes(wanted.model).max(1)) as usize;
        let count = cores.min(by_memory).min(trials).clamp(1, MOST_WORKERS);
        while self.workers.len() < count {
            match InferenceWorker::start(cancel).await {
                Ok(worker) => self.workers.push(worker),
                Err(_) => break,
            }
        }
        let wanted = Wanted { device: Some(Device::Cpu), ..wanted };
        let more = self.workers.iter_mut().take(count).skip(1);
        let answers = join_all(more.map(|worker| loading::ask(worker, wanted, |_, _| ()))).await;
        // The workers behind one that failed are left out with it.
        self.ready = 1 + answers.into_iter().take_while(Result::is_ok).count();
    }

    /// How many workers share the trials.
    pub fn width(&self) -> usize {
        self.ready
    }

    /// Asks `count` requests, each of one worker, all workers at once; `on_answer` hears which request was
    /// answered, in the order of the answers.
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

/// What one worker holds of the model. A list that was made before it said so may mean weights of 4 bits,
/// which grow most.
fn unpacked_bytes(model: &ModelListed) -> u64 {
    model.unpacked_bytes.unwrap_or(model.size_bytes.saturating_mul(8))
}
