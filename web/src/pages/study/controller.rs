//! Carries out what the visit's state machine asks for, and tells it what came of it.

mod opening;
mod records;

use std::collections::BTreeSet;

use futures::StreamExt;
use gestalt_protocol::Row;
use gestalt_protocol::study::{Language, Step};
use gestalt_session::{
    Closed, Command, Event, Plan, RefreshRate, Screen, StoredSession, StudyVisit, TrialRunner,
};
use gestalt_types::Sha256;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::mark;
use super::only_tab::Hold;
use super::supply::{Supplied, Supply};
use super::trace::{self, Trace};
use crate::display::{enter_full_screen, leave_full_screen, measure_refresh_rate};
use crate::i18n::{set_language, texts};
use crate::outbox::Outbox;
use crate::source::{DEFAULT_STUDY, OpenedSession, OpenedStudy};

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
    /// The person has an unfinished session in another browser, and takes it over here.
    takes_over: bool,
    /// This tab has the session.
    hold: Option<Hold>,
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

    /// The study is the one that visitors of the site take, not one with participants of its own.
    pub fn is_for_visitors(self) -> bool {
        self.study().is_some_and(|study| study.study.name.as_str() == DEFAULT_STUDY)
    }

    /// The code of a session that this person finished elsewhere.
    pub fn code_from_before(self) -> Option<String> {
        self.parts.with_value(|parts| parts.code_from_before.clone())
    }

    /// The participant's id at the panel.
    pub fn panel_id(self) -> Option<String> {
        self.parts.with_value(|parts| parts.trace.panel.as_ref().map(|panel| panel.id.clone()))
    }

    /// Where Mechanical Turk wants the finished assignment, and the assignment's id.
    pub fn assignment(self) -> Option<(String, String)> {
        self.parts.with_value(|parts| {
            let assignment = parts.trace.panel.as_ref()?.submission.clone()?;
            Some((parts.trace.submit_address.clone()?, assignment))
        })
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
                let submit_address = parts.trace.submit_address.take();
                parts.trace = Trace { language, panel, submit_address, ..Trace::default() };
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
