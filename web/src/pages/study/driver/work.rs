//! What is done between the frames: rows are stored, the next pictures laid out, and more of them loaded.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use gestalt_protocol::{Interruption, Presentation, Response, Row};
use gestalt_session::{Event as Happening, Phase};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use super::{Inner, Loading, Scene, TooSmall};
use crate::browser::now_ms;
use crate::display::{Viewport, decoded, measure_refresh_rate};
use crate::i18n::texts;
use crate::pages::study::mark;
use crate::pages::study::supply::Supplied;

/// Pictures that could not be decoded, in a row, after which the session stops.
const MOST_PICTURE_FAILURES: u32 = 3;

impl Inner {
    pub(super) fn is_work_needed(&self) -> bool {
        let view = self.ready.runner.view();
        let is_unmarked = view.phase == Phase::Placeholder && view.presentation != self.marked.as_ref();
        let is_new = view.presentation != self.laid_out.as_ref() || is_unmarked;
        let is_here = view.presentation.is_some_and(|next| self.ready.supply.missing(next.shown.iter()) == 0);
        let scene = self.scene_now();
        (is_new && is_here) || self.ready.runner.has_ended() || self.scene.get_untracked() != scene
    }

    /// Does what is to be done, once the browser has drawn what changed on the screen: in the same frame,
    /// storing the row and laying out the next pictures would keep these pictures on the screen for longer.
    pub(super) fn plan_work(&mut self) {
        if self.work_due || self.frames_before_work > 0 || !self.is_work_needed() {
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
        self.outbox.set_quiet(self.ready.runner.is_timed());
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
            let is_laid_out = self.laid_out.as_ref() == Some(&next);
            if phase == Phase::Placeholder && is_laid_out && self.marked.as_ref() != Some(&next) {
                mark::write(self.ready.session.stored.session, next.trial.as_str(), next.repeat);
                self.marked = Some(next);
            }
        }
        let before = self.scene.get_untracked();
        let interlude = self.scene_now().interlude;
        if interlude.is_some() && before.interlude != interlude {
            self.begin_interlude();
        }
        let scene = self.scene_now();
        if before != scene {
            self.scene.set(scene);
        }
        self.finish_if_done();
    }

    fn scene_now(&self) -> Scene {
        Scene::of(&self.ready.runner, self.loading(), self.too_small())
    }

    /// Gives the pictures their size.
    pub(super) fn fit(&self) {
        let px_per_deg = self.elements.surroundings().px_per_deg;
        self.elements.fit(&self.ready.study.set, self.ready.study.study.display.picture, px_per_deg);
    }

    /// Looked at between trials only: a question for the viewport makes the browser lay the page out.
    /// Inside of a trial a window that changes its size interrupts.
    pub(super) fn too_small(&self) -> Option<TooSmall> {
        let needed = self.ready.study.study.display.minimum_viewport;
        TooSmall::of(needed.filter(|_| !self.ready.runner.is_timed()), Viewport::now())
    }

    /// What is still missing of the pictures that nothing can go on without.
    pub(super) fn loading(&self) -> Option<Loading> {
        let block = self.ready.runner.view().presentation.map_or(0, |next| next.block);
        if block > 0 && self.ready.runner.is_timed() {
            // Nothing is missing in a block that has begun.
            return None;
        }
        let missing = self.ready.supply.missing(self.ready.runner.needed_pictures());
        (missing > 0).then(|| Loading { missing, trouble: self.trouble.clone() })
    }

    /// Loads what the next trials need, and measures the refresh rate between blocks. The participant
    /// cannot go on before the pictures are here.
    fn begin_interlude(&mut self) {
        self.ready.supply.want(self.ready.runner.pictures());
        let view = self.ready.runner.view();
        if matches!(view.phase, Phase::Break { .. }) && view.done > 0 {
            spawn_local(measure(self.this.clone()));
        }
    }

    fn supplied(&mut self, what: Supplied) {
        match what {
            Supplied::Picture => self.trouble = None,
            Supplied::Trouble(why) => self.trouble = Some(why),
            Supplied::Failed(why) => self.controller.fail(why),
        }
        self.plan_work();
    }

    /// The first interlude is there from the beginning.
    pub(super) fn begin(&mut self) {
        self.fit();
        self.begin_interlude();
        spawn_local(hear(self.this.clone(), self.ready.supply.listen()));
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
        let urls: Vec<_> = next.shown.iter().filter_map(|hash| self.ready.supply.url(hash)).collect();
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

    fn store(&mut self, presentation: &Presentation, mut response: Response) {
        if let (Some(showing), Some(long_frames)) = (&mut response.showing, &self.long_frames)
            && let Some(onset_ms) = showing.actual_onset_ms
        {
            let until_ms = showing.actual_offset_ms.unwrap_or_else(now_ms);
            showing.longest_long_frame_ms = long_frames.longest_ms(onset_ms, until_ms);
        }
        let index = self.ready.next_index;
        let row = self.ready.session.identity.row(Uuid::now_v7(), index, presentation, response);
        self.ready.next_index += 1;
        let row = match self.scored(row) {
            Ok(row) => row,
            Err(reason) => return self.controller.fail(reason),
        };
        let (outbox, controller, unstored) = (self.outbox, self.controller, self.unstored.clone());
        let (token, this) = (self.ready.session.stored.token.clone(), self.this.clone());
        unstored.set(unstored.get() + 1);
        spawn_local(async move {
            match outbox.put(&row, token.as_deref()).await {
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

/// Hears what the supply says, until one of the two is gone.
async fn hear(driver: Weak<RefCell<Inner>>, mut said: UnboundedReceiver<Supplied>) {
    while let Some(what) = said.next().await {
        let Some(inner) = driver.upgrade() else { return };
        inner.borrow_mut().supplied(what);
    }
}

/// A display that cannot be measured now keeps the rate it had.
async fn measure(driver: Weak<RefCell<Inner>>) {
    let rate = measure_refresh_rate().await;
    if let (Some(rate), Some(inner)) = (rate, driver.upgrade()) {
        let runner = &mut inner.borrow_mut().ready.runner;
        if !runner.is_timed() {
            runner.set_refresh_rate(rate);
        }
    }
}
