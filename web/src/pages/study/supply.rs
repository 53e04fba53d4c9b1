//! Gets what the next trials need while nothing is timed: in breaks and pauses. Pictures are never loaded during a trial.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Weak;

use gestalt_session::Phase;
use gestalt_types::Sha256;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use super::driver::Inner;
use crate::display::{ImageError, load_pictures, measure_refresh_rate};

/// Between two attempts while the network is away.
const RETRY_MS: u32 = 5_000;

type Driver = Weak<RefCell<Inner>>;

impl Inner {
    /// Loads the pictures of the rest of this block, and measures the refresh rate in a break between blocks. The participant cannot go on
    /// before the pictures are here.
    pub(super) fn fill_up(&mut self) {
        let view = self.ready.runner.view();
        let between_blocks = matches!(view.phase, Phase::Break { .. }) && view.done > 0;
        let missing = self.missing_pictures();
        if !missing.is_empty() {
            self.loading = Some(String::new());
            spawn_local(load(self.this(), missing));
        }
        if between_blocks {
            spawn_local(measure(self.this()));
        }
    }

    fn missing_pictures(&self) -> BTreeMap<Sha256, String> {
        let shown = self.ready.runner.upcoming().flat_map(|next| &next.shown);
        let missing = shown.filter(|hash| self.ready.pictures.url(hash).is_none());
        missing.map(|hash| (hash.clone(), self.ready.study.image(hash))).collect()
    }
}

/// Loads until all is here: a network that is away ends no session.
async fn load(driver: Driver, mut missing: BTreeMap<Sha256, String>) {
    loop {
        let loaded = load_pictures(missing.clone().into_iter().collect(), |hash, picture| {
            missing.remove(&hash);
            if let Some(inner) = driver.upgrade() {
                inner.borrow_mut().ready.pictures.keep(hash, picture);
            }
        });
        let outcome = loaded.await;
        let Some(inner) = driver.upgrade() else { return };
        let mut inner = inner.borrow_mut();
        match outcome {
            Ok(()) => {
                inner.loading = None;
                return inner.plan_work();
            }
            Err(error @ ImageError::Missing { .. }) => inner.loading = Some(error.to_string()),
            Err(error) => return inner.fail(error.to_string()),
        }
        inner.plan_work();
        drop(inner);
        TimeoutFuture::new(RETRY_MS).await;
    }
}

/// A display that cannot be measured now keeps the rate it had.
async fn measure(driver: Driver) {
    let rate = measure_refresh_rate().await;
    if let (Some(rate), Some(inner)) = (rate, driver.upgrade()) {
        let runner = &mut inner.borrow_mut().ready.runner;
        if !runner.is_timed() {
            runner.set_refresh_rate(rate);
        }
    }
}
