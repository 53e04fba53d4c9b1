//! What the steps record, and how far the participant is: kept in this browser, and sent until the server
//! has it.

use gestalt_protocol::study::{StepContent, StepRecord};
use gestalt_session::wait_ms;
use gestalt_types::Sha256;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::super::trace;
use super::Controller;
use crate::display::set_calibrated;
use crate::server;

impl Controller {
    /// Number of step records that the server does not have.
    pub fn waiting_records(self) -> Signal<usize> {
        self.waiting_records.into()
    }

    /// The participant agrees to the text of this hash; opening the session records it.
    pub fn consent_to(self, text_hash: Option<Sha256>) {
        self.parts.update_value(|parts| parts.consent_text_hash = text_hash);
    }

    /// Keeps what a step recorded, and sends it once there is a session.
    pub fn record(self, step: u32, content: StepContent) {
        let record = StepRecord { step, at_ms: js_sys::Date::now(), language: self.language(), content };
        self.parts.update_value(|parts| parts.trace.add(record));
        set_calibrated(self.parts.with_value(|parts| parts.trace.calibrated()));
        self.keep_trace();
        self.send_records();
    }

    /// Keeps how far the participant is, where there is a session.
    pub(super) fn keep_trace(self) {
        self.parts.with_value(|parts| {
            if let Some(session) = &parts.session {
                trace::write(session.stored.session, &parts.trace);
            }
        });
        self.waiting_records.set(self.parts.with_value(|parts| parts.trace.waiting()));
    }

    /// Sends records one after the other until the server has all, or the page shows another visit.
    pub(super) fn send_records(self) {
        let begun = self.parts.try_update_value(|parts| {
            let session = parts.session.as_ref()?;
            let token = session.stored.token.clone()?;
            let is_free = !std::mem::replace(&mut parts.is_sending, true);
            is_free.then_some((parts.visit, session.stored.session, token))
        });
        let Some((visit, session, token)) = begun.flatten() else { return };
        spawn_local(async move {
            let mut failures = 0;
            while let Some(record) = self.unsettled(visit) {
                match server::put_record(session, &token, &record).await {
                    Err(error) if error.is_passing() => {
                        failures += 1;
                        TimeoutFuture::new(wait_ms(failures, js_sys::Math::random())).await;
                        continue;
                    }
                    // What the server refuses for good is not sent again and again; it stays in this
                    // browser.
                    Err(error) => leptos::logging::warn!("a step's record was refused: {error}"),
                    Ok(()) => failures = 0,
                }
                if self.unsettled(visit).is_some() {
                    self.parts.update_value(|parts| parts.trace.settle(&record));
                    self.keep_trace();
                }
            }
            self.parts.try_update_value(|parts| parts.is_sending = false);
        });
    }

    fn unsettled(self, visit: u32) -> Option<StepRecord> {
        self.parts
            .try_with_value(|parts| parts.trace.unsettled().filter(|_| parts.visit == visit).cloned())?
    }
}
