//! Carries out what the visit's state machine asks for, and tells it what came of it.

use std::collections::BTreeSet;

use futures::StreamExt;
use gestalt_protocol::study::WithoutIndexedDb;
use gestalt_protocol::{ObserverKind, Row};
use gestalt_session::{
    Closed, Command, Earlier, Event, Plan, RefreshRate, Screen, StoredSession, StudyVisit, Timeline,
    TrialRunner,
};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::mark;
use super::supply::{Supplied, Supply};
use crate::browser::ask_to_persist;
use crate::display::{enter_full_screen, leave_full_screen, measure_refresh_rate};
use crate::i18n::texts;
use crate::outbox::Outbox;
use crate::source::{OpenedSession, OpenedStudy};

/// What the visit has got so far.
#[derive(Default)]
struct Parts {
    /// Tells apart what an earlier visit of this page is still waiting for.
    visit: u32,
    name: String,
    study: Option<OpenedStudy>,
    /// A session of an earlier visit to this study, in this browser.
    earlier: Option<StoredSession>,
    session: Option<OpenedSession>,
    plan: Option<Plan>,
    supply: Option<Supply>,
    /// Rows that the session has from before it was resumed.
    rows: Vec<Row>,
    runner: Option<TrialRunner>,
}

/// A session that can begin at once.
pub struct ReadySession {
    /// The study.
    pub study: OpenedStudy,
    /// The session.
    pub session: OpenedSession,
    /// Has the pictures of the first trial, and loads the others.
    pub supply: Supply,
    /// Waits before its first block.
    pub runner: TrialRunner,
    /// Index of the next row.
    pub next_index: u32,
}

/// The visit, its parts, and the outbox.
#[derive(Clone, Copy)]
pub struct Controller {
    visit: RwSignal<StudyVisit>,
    parts: StoredValue<Parts, LocalStorage>,
    outbox: Outbox,
}

impl Controller {
    /// Nothing is opened yet.
    pub fn new(outbox: Outbox) -> Self {
        let (visit, _) = StudyVisit::begin(Timeline::default());
        Self { visit: RwSignal::new(visit), parts: StoredValue::new_local(Parts::default()), outbox }
    }

    /// What is shown.
    pub fn screen(self) -> Screen {
        self.visit.with(|visit| visit.screen().clone())
    }

    /// Begins a visit to the study of this name.
    pub fn visit(self, name: String) {
        let (visit, _) = StudyVisit::begin(Timeline::default());
        self.visit.set(visit);
        self.parts.update_value(|parts| {
            *parts = Parts { visit: parts.visit + 1, name, ..Parts::default() };
        });
        self.open_study();
    }

    /// Tells the visit what happened, and does what it asks for.
    pub fn happened(self, event: Event) {
        if event == Event::StartedAnew {
            self.parts.update_value(|parts| {
                (parts.session, parts.plan, parts.runner) = (None, None, None);
                parts.supply = None;
                parts.rows.clear();
            });
        }
        let commands = self.visit.try_update(|visit| visit.on(event)).unwrap_or_default();
        commands.into_iter().for_each(|command| self.carry_out(command));
    }

    /// The study, once it is open.
    pub fn study(self) -> Option<OpenedStudy> {
        self.parts.with_value(|parts| parts.study.clone())
    }

    /// The session of this visit, else the one of an earlier visit.
    pub fn session(self) -> Option<StoredSession> {
        self.parts.with_value(|parts| {
            parts.session.as_ref().map(|session| session.stored.clone()).or(parts.earlier.clone())
        })
    }

    /// The prepared session, once.
    pub fn take_ready(self) -> Option<ReadySession> {
        self.parts.try_update_value(|parts| {
            Some(ReadySession {
                study: parts.study.clone()?,
                session: parts.session.clone()?,
                runner: parts.runner.take()?,
                supply: parts.supply.take()?,
                next_index: parts.rows.len() as u32,
            })
        })?
    }

    /// The visit cannot go on.
    pub fn fail(self, why: String) {
        // Not inside whatever called: that may be part of what the failure takes away.
        spawn_local(async move { self.happened(Event::Failed(why)) });
    }

    /// The trials are over with so many rows.
    pub fn note_rows(self, rows: u32) {
        self.parts.update_value(|parts| {
            if let Some(session) = &mut parts.session {
                session.stored.rows = Some(rows);
            }
        });
    }

    fn carry_out(self, command: Command) {
        match command {
            Command::EnterFullScreen => enter_full_screen(),
            Command::LeaveFullScreen => leave_full_screen(),
            Command::OpenStudy => self.open_study(),
            Command::OpenSession => self.work(Self::open_session),
            Command::ResumeSession => self.work(Self::resume_session),
            Command::LoadPictures => self.work(Self::load_first_pictures),
            Command::MeasureDisplay => self.work(Self::measure_display),
            Command::CloseSession { rows } => {
                self.note_rows(rows);
                self.work(Self::close_session);
            }
        }
    }

    /// Does a piece of work; its outcome counts only if the visit is still the same.
    fn work<W: Future<Output = Result<Event, String>> + 'static>(self, work: impl FnOnce(Self) -> W) {
        let visit = self.parts.with_value(|parts| parts.visit);
        let work = work(self);
        spawn_local(async move {
            let event = work.await.unwrap_or_else(Event::Failed);
            // The page may be gone, or show another study.
            if self.parts.try_with_value(|parts| parts.visit) == Some(visit) {
                self.happened(event);
            }
        });
    }

    fn open_study(self) {
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
            let state = match &earlier {
                Some(StoredSession { rows: Some(rows), .. }) => Earlier::Finished { rows: *rows },
                Some(unfinished) if opened.resumed(unfinished.clone()).is_some() => Earlier::Unfinished,
                _ => Earlier::Nothing,
            };
            this.parts.update_value(|parts| (parts.study, parts.earlier) = (Some(opened), earlier));
            Ok(Event::Opened(state))
        });
    }

    async fn open_session(self) -> Result<Event, String> {
        let study = self.study().ok_or_else(nothing_open)?;
        // A session that was opened before its storage failed is used again.
        let opened = self.parts.with_value(|parts| parts.session.clone());
        let session = match opened {
            Some(session) => session,
            None => {
                study.session(ObserverKind::Human, None, None).await.map_err(|error| error.to_string())?
            }
        };
        let plan = study.plan(&session).map_err(|error| error.to_string())?;
        ask_to_persist();
        let stored = session.stored.clone();
        self.parts.update_value(|parts| (parts.session, parts.plan) = (Some(session), Some(plan)));
        self.outbox.open(&stored).await.map_err(|error| error.to_string())?;
        Ok(Event::SessionReady)
    }

    async fn resume_session(self) -> Result<Event, String> {
        let study = self.study().ok_or_else(nothing_open)?;
        let stored = self.parts.with_value(|parts| parts.earlier.clone()).ok_or_else(nothing_open)?;
        let session = study.resumed(stored).ok_or_else(nothing_open)?;
        let plan = study.plan(&session).map_err(|error| error.to_string())?;
        let kept = self.outbox.rows(session.stored.session).await.map_err(|error| error.to_string())?;
        self.parts.update_value(|parts| {
            parts.rows = kept.into_iter().map(|kept| kept.row).collect();
            (parts.session, parts.plan) = (Some(session), Some(plan));
        });
        Ok(Event::SessionReady)
    }

    /// The first trial needs its own pictures only; the others are loaded meanwhile.
    async fn load_first_pictures(self) -> Result<Event, String> {
        let prepared = self.parts.try_update_value(|parts| {
            let (study, runner) = (parts.study.clone()?, parts.runner(None)?);
            let supply = parts.supply.get_or_insert_with(|| Supply::new(study)).clone();
            Some((supply, runner))
        });
        let (supply, runner) = prepared.flatten().ok_or_else(nothing_open)?;
        let count = runner.needed_pictures().collect::<BTreeSet<_>>().len();
        let mut said = supply.listen();
        supply.want(runner.needed_pictures());
        loop {
            let ready = count - supply.missing(runner.needed_pictures());
            if ready == count {
                supply.want(runner.pictures());
                return Ok(Event::PicturesReady { ready, count });
            }
            self.happened(Event::PicturesReady { ready, count });
            match said.next().await {
                Some(Supplied::Picture) => {}
                Some(Supplied::Trouble(why) | Supplied::Failed(why)) => return Err(why),
                None => return Err(nothing_open()),
            }
        }
    }

    async fn measure_display(self) -> Result<Event, String> {
        let rate = measure_refresh_rate().await.ok_or_else(|| texts().study.no_refresh_rate.to_owned())?;
        self.parts.update_value(|parts| parts.runner = parts.runner(Some(rate)));
        Ok(Event::DisplayReady)
    }

    async fn close_session(self) -> Result<Event, String> {
        let session = self.session().ok_or_else(nothing_open)?;
        let rows = session.rows.unwrap_or_default();
        self.outbox.close(&session, rows).await.map_err(|error| error.to_string())?;
        mark::erase(session.session);
        Ok(Event::Closed)
    }
}

impl Parts {
    /// A trial runner for the session: new, or after its rows.
    fn runner(&self, rate: Option<RefreshRate>) -> Option<TrialRunner> {
        let (study, plan, session) = (self.study.as_ref()?, self.plan.as_ref()?, self.session.as_ref()?);
        let log: Vec<Closed> = self.rows.iter().map(Closed::of).collect();
        let mark = mark::read(session.stored.session);
        let begun = mark.as_ref().map(|(trial, repeat)| (trial.as_str(), *repeat));
        TrialRunner::resume(plan, &study.study, rate.unwrap_or_default(), &log, begun)
    }
}

fn nothing_open() -> String {
    texts().study.cannot_resume.to_owned()
}
