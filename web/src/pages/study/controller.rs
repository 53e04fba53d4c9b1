//! Carries out what the visit's state machine asks for, and tells it what came of it.

use std::collections::BTreeSet;

use futures::StreamExt;
use gestalt_protocol::api::Problem;
use gestalt_protocol::study::{Language, Step, StepContent, StepRecord, WithoutIndexedDb};
use gestalt_protocol::{ObserverKind, Row, Study};
use gestalt_session::{
    Closed, Command, Earlier, Event, Leaving, Plan, RefreshRate, Screen, StoredSession, StudyVisit, Timeline,
    TrialRunner, wait_ms,
};
use gestalt_types::Sha256;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::mark;
use super::supply::{Supplied, Supply};
use super::trace::{self, Trace};
use super::{arrival, attempt};
use crate::browser::ask_to_persist;
use crate::display::{enter_full_screen, leave_full_screen, measure_refresh_rate, set_calibrated};
use crate::i18n::{set_language, texts};
use crate::outbox::Outbox;
use crate::server::{self, ServerError};
use crate::source::{Joining, OpenedSession, OpenedStudy, SourceError};

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
    /// How far the participant is, and what the steps recorded.
    trace: Trace,
    runner: Option<TrialRunner>,
    /// The code of a session that this person finished elsewhere.
    code_from_before: Option<String>,
    /// SHA-256 of the consent text that was agreed to.
    consent_text_hash: Option<Sha256>,
    /// Records of steps are being sent.
    is_sending: bool,
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
    language: RwSignal<Language>,
    /// Number of step records that the server does not have.
    waiting_records: RwSignal<usize>,
}

impl Controller {
    /// Nothing is opened yet.
    pub fn new(outbox: Outbox) -> Self {
        let (visit, _) = StudyVisit::begin();
        Self {
            visit: RwSignal::new(visit),
            parts: StoredValue::new_local(Parts::default()),
            outbox,
            language: RwSignal::new(Language::En),
            waiting_records: RwSignal::new(0),
        }
    }

    /// The language of the page.
    pub fn language(self) -> Language {
        self.language.get_untracked()
    }

    /// The language of the page, for what has to be drawn anew when it changes.
    pub fn language_signal(self) -> Signal<Language> {
        self.language.into()
    }

    /// From now on everything is in this language.
    pub fn speak(self, language: Language) {
        set_language(language);
        self.language.set(language);
        self.parts.update_value(|parts| parts.trace.language = Some(language));
        self.keep_trace();
    }

    /// The code of a session that this person finished elsewhere.
    pub fn code_from_before(self) -> Option<String> {
        self.parts.with_value(|parts| parts.code_from_before.clone())
    }

    /// The participant's id at the panel.
    pub fn panel_id(self) -> Option<String> {
        self.parts.with_value(|parts| parts.trace.panel.as_ref().map(|panel| panel.id.clone()))
    }

    /// Nothing was recorded yet.
    pub fn has_no_session(self) -> bool {
        self.visit.with(StudyVisit::has_no_session)
    }

    /// The step at this place, and its place in the study file.
    pub fn step(self, place: usize) -> Option<(u32, Step)> {
        self.visit.with_untracked(|visit| visit.timeline().get(place).cloned())
    }

    /// The place of the step, and the number of steps.
    pub fn progress(self) -> (usize, usize) {
        self.visit.with(|visit| visit.timeline().progress())
    }

    /// The trials come next.
    pub fn trials_are_next(self) -> bool {
        self.visit.with_untracked(|visit| visit.timeline().trials_are_next())
    }

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
    fn keep_trace(self) {
        self.parts.with_value(|parts| {
            if let Some(session) = &parts.session {
                trace::write(session.stored.session, &parts.trace);
            }
        });
        self.waiting_records.set(self.parts.with_value(|parts| parts.trace.waiting()));
    }

    /// Sends records one after the other until the server has all, or the page shows another visit.
    fn send_records(self) {
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

    /// What is shown.
    pub fn screen(self) -> Screen {
        self.visit.with(|visit| visit.screen().clone())
    }

    /// Begins a visit to the study of this name.
    pub fn visit(self, name: String) {
        let (visit, _) = StudyVisit::begin();
        self.visit.set(visit);
        self.parts.update_value(|parts| {
            *parts = Parts { visit: parts.visit + 1, name, ..Parts::default() };
        });
        self.open_study();
    }

    /// Tells the visit what happened, and does what it asks for.
    pub fn happened(self, event: Event) {
        if event == Event::Withdrew
            && let Some(session) = self.session()
        {
            trace::erase(session.session);
        }
        if event == Event::StartedAnew {
            self.parts.update_value(|parts| {
                (parts.session, parts.plan, parts.runner) = (None, None, None);
                parts.supply = None;
                parts.rows.clear();
                let (language, panel) = (parts.trace.language, parts.trace.panel.take());
                parts.trace = Trace { language, panel, ..Trace::default() };
            });
        }
        let commands = self.visit.try_update(|visit| visit.on(event)).unwrap_or_default();
        self.note_step();
        commands.into_iter().for_each(|command| self.carry_out(command));
    }

    /// Keeps the step that is shown now.
    fn note_step(self) {
        let Some((screen, (place, _))) =
            self.visit.try_with_untracked(|visit| (visit.screen().clone(), visit.timeline().progress()))
        else {
            return;
        };
        let is_new = self.parts.try_update_value(|parts| parts.trace.step.replace(place) != Some(place));
        if matches!(screen, Screen::Step(_) | Screen::Trials) && is_new == Some(true) {
            self.keep_trace();
        }
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
            // Another person at the same browser has another id, and a session of their own.
            let panel = opened.study.recruitment.panel.visit(&arrival::parameters(&name));
            let is_someone_else = |session: &StoredSession| {
                let before = trace::read(session.session).panel;
                matches!((&panel, before), (Ok(Some(now)), Some(before)) if now.id != before.id)
            };
            let earlier = earlier.filter(|session| !is_someone_else(session));
            let state = match &earlier {
                Some(StoredSession { rows: Some(_), session, .. }) => {
                    Earlier::Finished { step: trace::read(*session).step }
                }
                Some(unfinished) if opened.resumed(unfinished.clone()).is_some() => {
                    Earlier::Unfinished { step: trace::read(unfinished.session).step }
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

    async fn open_session(self) -> Result<Event, String> {
        let study = self.study().ok_or_else(nothing_open)?;
        // A session that was opened before its storage failed is used again.
        let opened = self.parts.with_value(|parts| parts.session.clone());
        let joining = self.parts.with_value(|parts| Joining {
            panel: parts.trace.panel.clone(),
            consent_text_hash: parts.consent_text_hash.clone(),
            attempt: Some(attempt::of(&study.study.name)),
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
                Err(error) => return Err(error.to_string()),
            },
        };
        let plan = study.plan(&session).map_err(|error| error.to_string())?;
        ask_to_persist();
        let stored = session.stored.clone();
        self.parts.update_value(|parts| (parts.session, parts.plan) = (Some(session), Some(plan)));
        self.outbox.open(&stored).await.map_err(|error| error.to_string())?;
        attempt::end(&stored.study);
        self.keep_trace();
        self.send_records();
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

/// The first of the browser's languages that the study has, else the study's first.
fn preferred_language(study: &Study) -> Language {
    let wanted = window().navigator().languages();
    let mut wanted = wanted.iter().filter_map(|tag| Language::of_tag(&tag.as_string()?));
    wanted.find(|language| study.languages.contains(language)).unwrap_or(study.first_language())
}

fn nothing_open() -> String {
    texts().study.cannot_resume.to_owned()
}
