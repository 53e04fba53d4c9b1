//! Drives the trial screen: frames and presses go into the trial runner, what it shows goes onto the screen, what ended goes into the
//! outbox. The frame that changes the pictures does nothing else: all other work is done after it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gestalt_protocol::{InputDevice, Interruption, Presentation, Response, Row};
use gestalt_session::{Event as Happening, Frame, KeyMeaning, Phase, Press, TrialRunner, key_meaning};
use gestalt_types::Slot;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

use super::controller::{Controller, ReadySession};
use super::elements::Elements;
use super::mark;
use crate::browser::{Listener, now_ms};
use crate::display::{FrameLoop, Watch, decoded};
use crate::i18n::texts;
use crate::outbox::Outbox;

/// Pictures that could not be decoded, in a row, after which the session stops.
const MOST_PICTURE_FAILURES: u32 = 3;

/// What the words and buttons of the trial screen are drawn from. Nothing in it changes from the placeholder to the response.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// In a break or a pause: which.
    pub interlude: Option<Phase>,
    /// Trials that are over.
    pub done: usize,
    /// Trials in all.
    pub total: usize,
    /// Pictures of the next trials are being loaded; what goes wrong with it.
    pub loading: Option<String>,
    /// Seconds until the next trial, after a break or pause.
    pub countdown: Option<u32>,
}

impl Scene {
    /// Of the present phase.
    pub fn of(runner: &TrialRunner, loading: Option<String>) -> Self {
        let view = runner.view();
        let is_interlude = matches!(view.phase, Phase::Break { .. } | Phase::Pause { .. });
        let interlude = is_interlude.then_some(view.phase);
        let countdown = match view.phase {
            Phase::Countdown { seconds } => Some(seconds),
            _ => None,
        };
        Self { interlude, done: view.done, total: view.total, loading, countdown }
    }
}

/// A session that runs. Dropping it ends it.
pub struct Driver {
    inner: Shared,
    _frames: FrameLoop,
    _watch: Watch,
    _listeners: [Listener; 2],
}

/// What the driver's callbacks share.
pub(super) type Shared = Rc<RefCell<Inner>>;

pub(super) struct Inner {
    pub ready: ReadySession,
    elements: Elements,
    outbox: Outbox,
    controller: Controller,
    scene: RwSignal<Scene>,
    /// Pictures of the next trials are being loaded; what goes wrong with it.
    pub loading: Option<String>,
    /// Rows on their way into the browser's storage.
    unstored: Rc<Cell<usize>>,
    /// What lies under the covers, and whether it is decoded.
    laid_out: Option<Presentation>,
    decoded: Rc<Cell<bool>>,
    /// The presentation that is marked as possibly seen.
    marked: Option<Presentation>,
    /// Work waits to be done after this frame.
    work_due: bool,
    picture_failures: Rc<Cell<u32>>,
    this: Weak<RefCell<Inner>>,
}

impl Driver {
    /// Starts with the break before the first block.
    pub fn start(
        ready: ReadySession,
        elements: Elements,
        outbox: Outbox,
        controller: Controller,
        scene: RwSignal<Scene>,
    ) -> Self {
        let inner = Rc::new_cyclic(|this| {
            RefCell::new(Inner {
                ready,
                elements,
                outbox,
                controller,
                scene,
                loading: None,
                unstored: Rc::default(),
                laid_out: None,
                decoded: Rc::default(),
                marked: None,
                work_due: false,
                picture_failures: Rc::default(),
                this: this.clone(),
            })
        });
        let (framed, lost, pressed) = (inner.clone(), inner.clone(), inner.clone());
        let guard = |event: Event| event.prevent_default();
        Self {
            inner,
            _frames: FrameLoop::start(move |frame| framed.borrow_mut().frame(frame)),
            _watch: Watch::start(move |cause| lost.borrow_mut().interrupt(cause)),
            _listeners: [
                Listener::new(&window(), "keydown", move |event| on_key(&pressed, &event)),
                Listener::new(&window(), "beforeunload", guard),
            ],
        }
    }

    /// Gets the first interlude going, once the screen is there.
    pub fn begin(&self) {
        self.inner.borrow_mut().begin();
    }

    /// A slot was pointed at.
    pub fn respond(&self, slot: Slot, event_ms: f64, device: InputDevice) {
        self.inner.borrow_mut().respond(slot, event_ms, device);
    }

    /// Ends a break or a pause.
    pub fn proceed(&self) {
        self.inner.borrow_mut().proceed();
    }

    /// The person wants a pause.
    pub fn pause(&self) {
        self.inner.borrow_mut().interrupt(Interruption::Paused);
    }
}

impl Inner {
    fn frame(&mut self, frame: Frame) {
        if self.is_held() {
            return;
        }
        self.ready.runner.frame(frame);
        self.elements.show(self.ready.runner.view().phase);
        self.plan_work();
    }

    fn respond(&mut self, slot: Slot, event_ms: f64, device: InputDevice) {
        self.ready.runner.respond(Press::new(slot, event_ms, now_ms(), device));
        self.plan_work();
    }

    fn proceed(&mut self) {
        // What a pause brought up is looked at before anything goes on.
        if self.loading.is_none() && !self.work_due {
            self.elements.fit(&self.ready.study.set);
            self.ready.runner.proceed();
        }
    }

    pub fn interrupt(&mut self, cause: Interruption) {
        // The row is to say what was lost.
        self.ready.runner.set_surroundings(self.elements.surroundings());
        self.ready.runner.interrupt(cause, now_ms());
        self.elements.show(self.ready.runner.view().phase);
        self.plan_work();
    }

    /// No picture is shown before the last answer is safe, and this trial's pictures are decoded and marked. All that takes a few
    /// milliseconds of the placeholder; the row tells planned from actual onset if it takes longer.
    fn is_held(&self) -> bool {
        let is_next = self.ready.runner.view().phase == Phase::Placeholder;
        is_next && (self.work_due || self.unstored.get() > 0 || !self.decoded.get())
    }

    /// Does what is to be done after this frame, once the browser has drawn it.
    pub fn plan_work(&mut self) {
        let view = self.ready.runner.view();
        let is_unmarked = view.phase == Phase::Placeholder && view.presentation != self.marked.as_ref();
        let is_new = self.loading.is_none() && (view.presentation != self.laid_out.as_ref() || is_unmarked);
        let scene = Scene::of(&self.ready.runner, self.loading.clone());
        let is_needed = is_new || self.ready.runner.has_ended() || self.scene.get_untracked() != scene;
        if !is_needed || self.work_due {
            return;
        }
        self.work_due = true;
        let this = self.this.clone();
        Timeout::new(0, move || {
            if let Some(inner) = this.upgrade() {
                inner.borrow_mut().work();
            }
        })
        .forget();
    }

    fn work(&mut self) {
        self.work_due = false;
        self.ready.runner.set_surroundings(self.elements.surroundings());
        for (presentation, response) in self.ready.runner.take_ended() {
            self.store(&presentation, response);
        }
        let view = self.ready.runner.view();
        let (phase, next) = (view.phase, view.presentation.cloned());
        if let Some(next) = next {
            if self.laid_out.as_ref() != Some(&next) {
                self.lay_out(next.clone());
            }
            if phase == Phase::Placeholder && self.marked.as_ref() != Some(&next) {
                mark::write(self.ready.session.stored.session, next.trial.as_str(), next.repeat);
                self.marked = Some(next);
            }
        }
        let before = self.scene.get_untracked();
        let interlude = Scene::of(&self.ready.runner, None).interlude;
        if interlude.is_some() && before.interlude != interlude {
            self.fill_up();
        }
        let scene = Scene::of(&self.ready.runner, self.loading.clone());
        if before != scene {
            self.scene.set(scene);
        }
        self.finish_if_done();
    }

    pub fn this(&self) -> Weak<RefCell<Inner>> {
        self.this.clone()
    }

    pub fn fail(&self, why: String) {
        self.controller.fail(why);
    }

    /// The first interlude is there from the beginning.
    pub fn begin(&mut self) {
        self.elements.fit(&self.ready.study.set);
        self.fill_up();
        self.plan_work();
        // A session that was closed after its last trial, but before its end was kept, is resumed here.
        self.finish_if_done();
    }

    fn finish_if_done(&mut self) {
        if self.ready.runner.view().phase == Phase::Done && self.unstored.get() == 0 {
            let (controller, rows) = (self.controller, self.ready.next_index);
            spawn_local(async move { controller.happened(Happening::TrialsOver { rows }) });
        }
    }

    /// Puts a presentation's pictures under the covers, once they are loaded.
    fn lay_out(&mut self, next: Presentation) {
        let urls: Vec<_> = next.shown.iter().filter_map(|hash| self.ready.pictures.url(hash)).collect();
        if urls.len() < next.shown.len() {
            return;
        }
        self.decoded = Rc::new(Cell::new(false));
        self.elements.lay_out(&urls);
        let (elements, is_decoded) = (self.elements.pictures(), self.decoded.clone());
        let (this, failures, controller) =
            (self.this.clone(), self.picture_failures.clone(), self.controller);
        spawn_local(async move {
            for element in &elements {
                let outcome = decoded(element).await;
                if Rc::strong_count(&is_decoded) == 1 {
                    // Other pictures have been laid out since.
                    return;
                }
                let Err(_) = outcome else { continue };
                failures.set(failures.get() + 1);
                is_decoded.set(true);
                match this.upgrade() {
                    Some(inner) if failures.get() < MOST_PICTURE_FAILURES => {
                        let mut inner = inner.borrow_mut();
                        inner.laid_out = None;
                        inner.interrupt(Interruption::PictureFailed);
                    }
                    _ => controller.fail(texts().study.picture_failed.to_owned()),
                }
                return;
            }
            failures.set(0);
            is_decoded.set(true);
        });
        self.laid_out = Some(next);
    }

    fn store(&mut self, presentation: &Presentation, response: Response) {
        let index = self.ready.next_index;
        let row = self.ready.session.identity.row(Uuid::now_v7(), index, presentation, response);
        self.ready.next_index += 1;
        let row = match self.scored(row) {
            Ok(row) => row,
            Err(reason) => return self.controller.fail(reason),
        };
        let (outbox, controller, unstored) = (self.outbox, self.controller, self.unstored.clone());
        let (kept, this) = (!self.ready.study.has_server(), self.this.clone());
        unstored.set(unstored.get() + 1);
        spawn_local(async move {
            match outbox.put(row, kept).await {
                Ok(()) => {
                    unstored.set(unstored.get() - 1);
                    if let Some(inner) = this.upgrade() {
                        inner.borrow_mut().finish_if_done();
                    }
                }
                Err(error) => controller.fail(error.to_string()),
            }
        });
    }

    /// Where no server scores, the page does.
    fn scored(&self, mut row: Row) -> Result<Row, String> {
        if let Some(set) = &self.ready.study.answers {
            row.score(set).map_err(|error| error.to_string())?;
        }
        Ok(row)
    }
}

fn on_key(inner: &RefCell<Inner>, event: &KeyboardEvent) {
    if event.repeat() || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let on_control = target.is_some_and(|element| element.matches("button, a, input").unwrap_or(false));
    match key_meaning(&event.code(), &event.key()) {
        Some(KeyMeaning::Slot(slot)) => {
            event.prevent_default();
            inner.borrow_mut().respond(slot, event.time_stamp(), InputDevice::Keyboard);
        }
        Some(KeyMeaning::Pause) => inner.borrow_mut().interrupt(Interruption::Paused),
        Some(KeyMeaning::Continue) if !on_control => {
            event.prevent_default();
            inner.borrow_mut().proceed();
        }
        _ => {}
    }
}
