//! Opens the study and the session: a new one, or the one that this browser has from before.

use gestalt_protocol::api::Problem;
use gestalt_protocol::study::{Language, Resume, WithoutIndexedDb};
use gestalt_protocol::{ObserverKind, Study};
use gestalt_session::{Earlier, Event, Leaving, StoredSession, Timeline};
use leptos::prelude::*;
use uuid::Uuid;

use super::super::trace::{self, Trace};
use super::super::{arrival, attempt, only_tab};
use super::{Controller, nothing_open};
use crate::browser::ask_to_persist;
use crate::display::set_calibrated;
use crate::i18n::set_language;
use crate::server::ServerError;
use crate::source::{Joining, OpenedStudy, SourceError};

impl Controller {
    pub(super) fn open_study(self) {
        self.work(|this: Self| async move {
            let name = this.parts.with_value(|parts| parts.name.clone());
            let opened = OpenedStudy::open(&name).await.map_err(|error| error.to_string())?;
            let without = opened.study.storage.without_indexeddb;
            this.outbox.allow_memory(opened.has_server() && without == WithoutIndexedDb::SendDirectly);
            // A browser without storage says so here, before anything is begun.
            let sessions = this.outbox.sessions().await.map_err(|error| error.to_string())?;
            let of_study = |session: &StoredSession| {
                session.study == opened.study.name && session.observer_kind == ObserverKind::Human
            };
            let earlier = sessions.into_iter().rfind(of_study);
            // Another person at the same browser has another id, and a session of their own.
            let parameters = arrival::parameters(&name);
            let panel = opened.study.recruitment.panel.visit(&parameters);
            let is_someone_else = |session: &StoredSession| {
                let before = trace::read(session.session).panel;
                matches!((&panel, before), (Ok(Some(now)), Some(before)) if now.id != before.id)
            };
            let earlier = earlier.filter(|session| !is_someone_else(session));
            let is_over = match &earlier {
                Some(earlier) if opened.study.trials.resume == Resume::Never && earlier.rows.is_none() => {
                    !this.outbox.rows(earlier.session).await.map_err(|error| error.to_string())?.is_empty()
                }
                _ => false,
            };
            let state = match &earlier {
                Some(_) if is_over => Earlier::Over,
                Some(StoredSession { rows: Some(_), session, .. }) => {
                    Earlier::Finished { step: trace::read(*session).step }
                }
                Some(unfinished) if opened.resumed(unfinished.clone()).is_some() => {
                    let step = trace::read(unfinished.session).step;
                    match only_tab::is_elsewhere(unfinished.session).await {
                        true => Earlier::Elsewhere { step },
                        false => Earlier::Unfinished { step },
                    }
                }
                _ => Earlier::Nothing,
            };
            let panel = match (panel, &state) {
                (Ok(panel), _) => panel,
                // Who goes on in the same browser need not come by the link again.
                (Err(error), Earlier::Nothing) => return Err(error.to_string()),
                (Err(_), _) => None,
            };
            let mut kept = match state {
                Earlier::Nothing => Trace::default(),
                _ => earlier.as_ref().map(|earlier| trace::read(earlier.session)).unwrap_or_default(),
            };
            kept.panel = panel.or(kept.panel);
            let submit_address = opened.study.recruitment.panel.submit_address(&parameters);
            kept.submit_address = submit_address.or(kept.submit_address);
            let language = kept.language.unwrap_or_else(|| preferred_language(&opened.study));
            let timeline = Timeline::of(&opened.study);
            let finished = match (&state, &earlier) {
                (Earlier::Finished { .. }, Some(stored)) => opened.resumed(stored.clone()),
                _ => None,
            };
            set_calibrated(kept.calibrated());
            this.parts.update_value(|parts| {
                (parts.study, parts.earlier, parts.trace) = (Some(opened), earlier, kept);
                parts.session = finished;
            });
            set_language(language);
            this.language.set(language);
            this.keep_trace();
            this.send_records();
            Ok(Event::Opened(timeline, state))
        });
    }

    pub(super) async fn open_session(self) -> Result<Event, String> {
        let study = self.study().ok_or_else(nothing_open)?;
        // A session that was opened before its storage failed is used again.
        let opened = self.parts.with_value(|parts| parts.session.clone());
        let joining = self.parts.with_value(|parts| Joining {
            panel: parts.trace.panel.clone(),
            consent_text_hash: parts.consent_text_hash.clone(),
            attempt: Some(attempt::of(&study.study.name)),
            resume: parts.takes_over,
        });
        let session = match opened {
            Some(session) => session,
            None => match study.session(ObserverKind::Human, None, None, joining).await {
                Ok(session) => session,
                Err(SourceError::Server(ServerError::Refused {
                    problem: Problem { completion_code: Some(code), .. },
                    ..
                })) => {
                    self.parts.update_value(|parts| parts.code_from_before = Some(code));
                    return Ok(Event::Leaves(Leaving::TakenBefore));
                }
                Err(SourceError::Server(ServerError::Refused {
                    problem: Problem { can_resume: true, .. },
                    ..
                })) => {
                    self.parts.update_value(|parts| parts.takes_over = true);
                    return Ok(Event::BegunElsewhere);
                }
                Err(error) => return Err(error.to_string()),
            },
        };
        let plan = study.plan(&session).map_err(|error| error.to_string())?;
        ask_to_persist();
        let (stored, rows) = (session.stored.clone(), session.rows.clone());
        self.parts.update_value(|parts| {
            parts.study = Some(study.of_group(&stored));
            parts.rows.clone_from(&rows);
            (parts.session, parts.plan) = (Some(session), Some(plan));
        });
        self.hold(stored.session);
        self.outbox.open(&stored).await.map_err(|error| error.to_string())?;
        for row in &rows {
            // The server has them and acknowledges them once more; this browser counts by them.
            let put = self.outbox.put(row, stored.token.as_deref()).await;
            put.map_err(|error| error.to_string())?;
        }
        attempt::end(&stored.study);
        self.keep_trace();
        self.send_records();
        Ok(Event::SessionReady)
    }

    /// From now on the session runs in this tab alone.
    pub(super) fn hold(self, session: Uuid) {
        let visit = self.parts.with_value(|parts| parts.visit);
        let lost = move || {
            // The page may be gone, or show another study.
            if self.parts.try_with_value(|parts| parts.visit) == Some(visit) {
                self.happened(Event::TakenAway);
            }
        };
        self.parts.update_value(|parts| parts.hold = only_tab::take(session, lost));
    }

    pub(super) async fn resume_session(self) -> Result<Event, String> {
        if self.parts.with_value(|parts| parts.takes_over && parts.session.is_none()) {
            return self.open_session().await;
        }
        let study = self.study().ok_or_else(nothing_open)?;
        let stored = self.parts.with_value(|parts| parts.earlier.clone()).ok_or_else(nothing_open)?;
        let session = study.resumed(stored).ok_or_else(nothing_open)?;
        let plan = study.plan(&session).map_err(|error| error.to_string())?;
        // First of all: the other tab must not write another row.
        self.hold(session.stored.session);
        let kept = self.outbox.rows(session.stored.session).await.map_err(|error| error.to_string())?;
        self.parts.update_value(|parts| {
            parts.rows = kept.into_iter().map(|kept| kept.row).collect();
            parts.study = Some(study.of_group(&session.stored));
            (parts.session, parts.plan) = (Some(session), Some(plan));
        });
        Ok(Event::SessionReady)
    }
}

/// The first of the browser's languages that the study has, else the study's first.
fn preferred_language(study: &Study) -> Language {
    let wanted = window().navigator().languages();
    let mut wanted = wanted.iter().filter_map(|tag| Language::of_tag(&tag.as_string()?));
    wanted.find(|language| study.languages.contains(language)).unwrap_or(study.first_language())
}
