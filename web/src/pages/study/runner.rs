//! Runs a session on the trial screen: frames and responses go into the course, what it says goes onto the screen, what ended goes into the outbox.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gestalt_protocol::{InputDevice, Presentation, Response, Row};
use gestalt_session::{Course, Phase, Surroundings};
use gestalt_types::Slot;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlDivElement, HtmlImageElement, KeyboardEvent};

use super::preparation::Prepared;
use crate::browser::Listener;
use crate::display::{FrameLoop, Watch, is_full_screen};
use crate::outbox::Outbox;

/// What the trial screen's words and buttons are drawn from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scene {
    /// Which phase.
    pub phase: Phase,
    /// Presentations answered or missed.
    pub done: usize,
    /// Presentations in all.
    pub total: usize,
}

/// The elements that change inside an animation frame, past every framework.
pub struct Stage {
    /// Carries `data-phase`, by which the style sheet uncovers the pictures.
    pub screen: HtmlDivElement,
    /// The three pictures, left to right.
    pub pictures: [HtmlImageElement; 3],
}

/// How the session tells the page about itself.
#[derive(Clone, Copy)]
pub struct Report {
    /// Changes between phases and trials, not between frames.
    pub scene: RwSignal<Scene>,
    /// The session cannot go on.
    pub trouble: RwSignal<Option<String>>,
    /// All rows are on the shelf: how many.
    pub finished: RwSignal<Option<u32>>,
}

/// A session that runs. Dropping it ends it.
pub struct Runner {
    inner: Rc<RefCell<Inner>>,
    _frames: FrameLoop,
    _watch: Watch,
    _listeners: [Listener; 2],
}

struct Inner {
    prepared: Prepared,
    stage: Stage,
    outbox: Outbox,
    report: Report,
    /// Of the next row.
    index: u32,
    /// Rows on their way to the shelf.
    unshelved: Rc<Cell<usize>>,
    /// What lies under the covers, and whether it is decoded.
    laid_out: Option<Presentation>,
    decoded: Rc<Cell<bool>>,
}

impl Runner {
    /// Starts with the break before the first block.
    pub fn start(prepared: Prepared, stage: Stage, outbox: Outbox, report: Report) -> Self {
        let inner = Inner {
            prepared,
            stage,
            outbox,
            report,
            index: 0,
            unshelved: Rc::default(),
            laid_out: None,
            decoded: Rc::default(),
        };
        let inner = Rc::new(RefCell::new(inner));
        let (framed, lost, pressed) = (inner.clone(), inner.clone(), inner.clone());
        let guard = |event: Event| event.prevent_default();
        Self {
            inner,
            _frames: FrameLoop::start(move |now_ms| framed.borrow_mut().frame(now_ms)),
            _watch: Watch::start(move || {
                let mut inner = lost.borrow_mut();
                // The row is to say what was lost: the focus or the full screen.
                inner.course().set_surroundings(surroundings());
                inner.course().interrupt();
            }),
            _listeners: [
                Listener::new(&window(), "keydown", move |event| on_key(&pressed, &event)),
                Listener::new(&window(), "beforeunload", guard),
            ],
        }
    }

    /// A slot was pointed at.
    pub fn respond(&self, slot: Slot, at_ms: f64, device: InputDevice) {
        self.inner.borrow_mut().course().respond(slot, at_ms, device);
    }

    /// Goes on from a break or a pause.
    pub fn proceed(&self) {
        self.inner.borrow_mut().course().proceed();
    }

    /// The person wants a pause.
    pub fn pause(&self) {
        self.inner.borrow_mut().course().interrupt();
    }
}

impl Inner {
    fn course(&mut self) -> &mut Course {
        &mut self.prepared.course
    }

    fn frame(&mut self, now_ms: f64) {
        if self.is_held() {
            return;
        }
        self.course().frame(now_ms);
        for (presentation, response) in self.course().take_ended() {
            self.shelve(&presentation, response);
        }
        self.show();
    }

    /// No picture is shown before the last answer is safe and this trial's pictures are decoded.
    /// Both take a few milliseconds of the placeholder; the row tells planned from actual onset if they take longer.
    fn is_held(&self) -> bool {
        let waits = self.unshelved.get() > 0 || !self.decoded.get();
        self.laid_out.is_some() && waits && self.prepared.course.view().phase == Phase::Placeholder
    }

    fn show(&mut self) {
        let view = self.prepared.course.view();
        let name = phase_name(view.phase);
        let scene = Scene { phase: view.phase, done: view.done, total: view.total };
        let next = view.presentation.filter(|next| self.laid_out.as_ref() != Some(*next)).cloned();
        if self.report.scene.get_untracked() != scene {
            // Fails only for a misspelt attribute.
            let _ = self.stage.screen.set_attribute("data-phase", name);
            self.report.scene.set(scene);
        }
        if let Some(next) = next {
            self.lay_out(next);
        }
        let all_shelved = self.unshelved.get() == 0;
        if scene.phase == Phase::Done && all_shelved && self.report.finished.get_untracked().is_none() {
            self.report.finished.set(Some(self.index));
        }
    }

    /// Puts a presentation's pictures under the covers.
    fn lay_out(&mut self, next: Presentation) {
        self.prepared.course.set_surroundings(surroundings());
        self.decoded = Rc::new(Cell::new(false));
        for (element, hash) in self.stage.pictures.iter().zip(&next.shown) {
            match self.prepared.pictures.url(hash) {
                Some(url) => element.set_src(url),
                None => self.report.trouble.set(Some(format!("picture {hash} was not loaded"))),
            }
        }
        let (elements, decoded, report) = (self.stage.pictures.clone(), self.decoded.clone(), self.report);
        spawn_local(async move {
            for element in &elements {
                let failed = JsFuture::from(element.decode()).await.is_err();
                if Rc::strong_count(&decoded) == 1 {
                    // Other pictures have been laid out since, which ends the decoding of these.
                    return;
                }
                if failed {
                    report.trouble.set(Some("a picture could not be decoded again: reload the page".into()));
                    return;
                }
            }
            decoded.set(true);
        });
        self.laid_out = Some(next);
    }

    fn shelve(&mut self, presentation: &Presentation, response: Response) {
        let identity = &self.prepared.session.identity;
        let row = identity.row(Uuid::now_v7(), self.index, presentation, response);
        self.index += 1;
        let row = match self.scored(row) {
            Ok(row) => row,
            Err(reason) => return self.report.trouble.set(Some(reason)),
        };
        let (outbox, report, unshelved) = (self.outbox, self.report, self.unshelved.clone());
        let kept = !self.prepared.opened.has_server();
        unshelved.set(unshelved.get() + 1);
        spawn_local(async move {
            match outbox.put(row, kept).await {
                Ok(()) => unshelved.set(unshelved.get() - 1),
                Err(error) => report.trouble.set(Some(error.to_string())),
            }
        });
    }

    /// Where no server scores, the page does.
    fn scored(&self, mut row: Row) -> Result<Row, String> {
        if let Some(trial) = self.prepared.opened.answers.as_ref().and_then(|set| set.trial(&row.trial)) {
            row.score(trial).map_err(|error| error.to_string())?;
        }
        Ok(row)
    }
}

fn on_key(inner: &RefCell<Inner>, event: &KeyboardEvent) {
    if event.repeat() || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let on_control = event
        .target()
        .and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(target).ok())
        .is_some_and(|element| element.matches("button, a, input").unwrap_or(false));
    let mut inner = inner.borrow_mut();
    let slot = match event.code().as_str() {
        "Digit1" | "Numpad1" => Slot::from_index(0),
        "Digit2" | "Numpad2" => Slot::from_index(1),
        "Digit3" | "Numpad3" => Slot::from_index(2),
        "Escape" => return inner.course().interrupt(),
        "Space" | "Enter" if !on_control => {
            event.prevent_default();
            return inner.course().proceed();
        }
        _ => None,
    };
    if let Some(slot) = slot {
        event.prevent_default();
        inner.course().respond(slot, event.time_stamp(), InputDevice::Keyboard);
    }
}

/// The names by which the style sheet and the browser tests know the phases.
fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Break { .. } => "break",
        Phase::Placeholder => "placeholder",
        Phase::Triplet => "triplet",
        Phase::Response => "response",
        Phase::TooLate => "too-late",
        Phase::Pause => "pause",
        Phase::Done => "done",
    }
}

fn surroundings() -> Surroundings {
    let isolated = js_sys::Reflect::get(&window(), &"crossOriginIsolated".into()).ok();
    Surroundings {
        full_screen: is_full_screen(),
        device_pixel_ratio: Some(window().device_pixel_ratio()),
        cross_origin_isolated: isolated.and_then(|isolated| isolated.as_bool()),
        ..Surroundings::default()
    }
}
