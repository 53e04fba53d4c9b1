//! Drives the trial screen: frames and presses go into the trial runner, what it shows goes onto the
//! screen, what ended goes into the outbox. The frame that changes the pictures does nothing else: all
//! other work (`work.rs`) is done after it.

mod work;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gestalt_protocol::{InputDevice, Interruption, Presentation};
use gestalt_session::{Frame, KeyMeaning, Phase, Press, TrialRunner, key_meaning};
use gestalt_types::Slot;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

use super::controller::{Controller, ReadySession};
use super::elements::Elements;
use crate::browser::{Listener, now_ms};
use crate::display::{FrameLoop, LongFrames, Viewport, Watch};
use crate::outbox::Outbox;

/// Frames between a change on the screen and any other work: the browser is then done with drawing the
/// change.
const FRAMES_BEFORE_WORK: u32 = 2;
/// What the words and buttons of the trial screen are drawn from. Nothing in it changes from the
/// placeholder to the response.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// In a break or a pause: which.
    pub interlude: Option<Phase>,
    /// Trials that are over.
    pub done: usize,
    /// Trials in all.
    pub total: usize,
    /// Nothing can go on before more pictures are here.
    pub loading: Option<Loading>,
    /// Seconds until the next trial, after a break or pause.
    pub countdown: Option<u32>,
    /// The window is smaller than the study allows.
    pub too_small: Option<TooSmall>,
}

/// A window that is smaller than the study allows; width and height in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSmall {
    /// What the study asks for.
    pub needed: [u32; 2],
    /// What is there.
    pub now: [u32; 2],
}

impl TooSmall {
    /// None where the window is large enough. A page that is zoomed by pinching shows less of itself.
    pub fn of(needed: Option<[u32; 2]>, viewport: Viewport) -> Option<Self> {
        let seen = |css_px: f64| (css_px / viewport.pinch_zoom.max(1.0)).floor() as u32;
        let (needed, now) = (needed?, [seen(viewport.width_css_px), seen(viewport.height_css_px)]);
        (now[0] < needed[0] || now[1] < needed[1]).then_some(Self { needed, now })
    }
}

/// Pictures that nothing can go on without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loading {
    /// How many are missing.
    pub missing: usize,
    /// What goes wrong with it.
    pub trouble: Option<String>,
}

impl Scene {
    /// Of the present phase.
    pub fn of(runner: &TrialRunner, loading: Option<Loading>, too_small: Option<TooSmall>) -> Self {
        let view = runner.view();
        let is_interlude = matches!(view.phase, Phase::Break { .. } | Phase::Pause { .. });
        let interlude = is_interlude.then_some(view.phase);
        let countdown = match view.phase {
            Phase::Countdown { seconds } => Some(seconds),
            _ => None,
        };
        Self { interlude, done: view.done, total: view.total, loading, countdown, too_small }
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
    ready: ReadySession,
    elements: Elements,
    long_frames: Option<LongFrames>,
    outbox: Outbox,
    controller: Controller,
    scene: RwSignal<Scene>,
    /// What the supply said of the network, until the next picture came.
    trouble: Option<String>,
    /// Rows on their way into the browser's storage.
    unstored: Rc<Cell<usize>>,
    /// What lies under the covers, and whether it is decoded.
    laid_out: Option<Presentation>,
    decoded: Rc<Cell<bool>>,
    /// The presentation that is marked as possibly seen.
    marked: Option<Presentation>,
    /// Work waits to be done after this frame.
    work_due: bool,
    /// Frames until work may be done.
    frames_before_work: u32,
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
                long_frames: LongFrames::watch(),
                outbox,
                controller,
                scene,
                trouble: None,
                unstored: Rc::default(),
                laid_out: None,
                decoded: Rc::default(),
                marked: None,
                work_due: false,
                frames_before_work: 0,
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

impl Drop for Inner {
    fn drop(&mut self) {
        self.outbox.set_quiet(false);
    }
}

impl Inner {
    fn frame(&mut self, frame: Frame) {
        if !self.is_held() {
            self.ready.runner.frame(frame);
        }
        if self.elements.show(self.ready.runner.view().phase) {
            self.frames_before_work = FRAMES_BEFORE_WORK;
        } else {
            self.frames_before_work = self.frames_before_work.saturating_sub(1);
            self.ready.supply.hold(!self.may_load());
        }
        self.plan_work();
    }

    /// Pictures are loaded in breaks, and between the trials of practice. Not shortly before an onset: what
    /// has begun to be decoded then would be decoded while pictures are seen.
    fn may_load(&self) -> bool {
        let view = self.ready.runner.view();
        let is_practice = view.presentation.is_some_and(|next| next.block == 0);
        let is_between = match view.phase {
            Phase::Response | Phase::TooLate | Phase::Feedback { .. } | Phase::Countdown { .. } => {
                self.frames_before_work == 0
            }
            Phase::Placeholder => self.loading().is_some(),
            _ => false,
        };
        !self.ready.runner.is_timed() || (is_practice && is_between)
    }

    fn respond(&mut self, slot: Slot, event_ms: f64, device: InputDevice) {
        self.ready.runner.respond(Press::new(slot, event_ms, now_ms(), device));
        self.plan_work();
    }

    fn proceed(&mut self) {
        // What a pause brought up is looked at before anything goes on.
        if self.loading().is_none() && self.too_small().is_none() && !self.work_due {
            self.fit();
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

    /// No picture is shown before the last answer is safe, and this trial's pictures are decoded and
    /// marked. All that takes a few milliseconds of the placeholder; the row tells planned from actual
    /// onset if it takes longer.
    fn is_held(&self) -> bool {
        let is_next = self.ready.runner.view().phase == Phase::Placeholder;
        let is_laid_out =
            self.ready.runner.view().presentation == self.laid_out.as_ref() && self.decoded.get();
        is_next && (self.work_due || self.is_work_needed() || self.unstored.get() > 0 || !is_laid_out)
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
