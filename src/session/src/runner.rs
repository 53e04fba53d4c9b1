//! The trial runner: the step of a session that shows trials. Which phase comes after which, and one
//! response a presentation.

use gestalt_protocol::{
    Interruption, Orientation, Outcome, Presentation, Response, SecondLook, Study, Timing, TimingBounds,
};

use crate::frame::Frame;
use crate::plan::Plan;
use crate::press::Press;
use crate::queue::{Closed, Queue};
use crate::refresh::RefreshRate;
use crate::trial::{Ended, Part, Trial};
use gestalt_types::Sha256;

/// How long it is said whether an answer was right, in ms.
const FEEDBACK_MS: f64 = 1000.0;

/// The page and its display while a trial runs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Surroundings {
    /// The page fills the screen.
    pub full_screen: bool,
    /// Device pixels, across, for each pixel of a picture, where that is a whole number.
    pub picture_factor: Option<u32>,
    /// Width of a picture in CSS pixels.
    pub picture_css_px: Option<f64>,
    /// Width and height of the viewport in CSS pixels.
    pub viewport_css_px: Option<[f64; 2]>,
    /// Width and height of the screen in CSS pixels.
    pub screen_css_px: Option<[f64; 2]>,
    /// Scale by pinching.
    pub pinch_zoom: Option<f64>,
    /// CSS pixels per degree of visual angle, where measured.
    pub px_per_deg: Option<f64>,
    /// Eye to screen, where measured.
    pub viewing_distance_mm: Option<f64>,
    /// Device pixels per CSS pixel.
    pub device_pixel_ratio: Option<f64>,
    /// The clock's step is 5 µs when isolated.
    pub cross_origin_isolated: Option<bool>,
}

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before a block; waits for [`TrialRunner::proceed`]. Block 0 is practice.
    Break {
        /// The block that comes.
        next_block: u32,
    },
    /// After a break or pause: seconds until the next trial.
    Countdown {
        /// Counted down to 1.
        seconds: u32,
    },
    /// Placeholders in all three slots.
    Placeholder,
    /// The three pictures.
    Triplet,
    /// Placeholders again, until the response or the deadline.
    Response,
    /// "Too late", for a moment.
    TooLate,
    /// Whether the answer to a practice trial was right, for a moment.
    Feedback {
        /// It was.
        right: bool,
    },
    /// After an interruption; waits for [`TrialRunner::proceed`].
    Pause {
        /// The interrupted trial comes again.
        comes_again: bool,
    },
    /// The last trial is over.
    Done,
}

/// What the page shows now.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// Which phase.
    pub phase: Phase,
    /// The presentation that runs or, in a break or pause, comes next; its pictures have to be in place
    /// before they are shown.
    pub presentation: Option<&'a Presentation>,
    /// Trials that are over.
    pub done: usize,
    /// Trials in all.
    pub total: usize,
}

enum State {
    Break,
    Countdown { since_ms: Option<f64>, left_ms: f64 },
    Next,
    Running(Trial),
    TooLate { since_ms: f64, trial: Trial },
    Feedback { since_ms: f64, right: bool },
    Pause { comes_again: bool },
    Done,
}

/// Runs the trials of one person's session.
pub struct TrialRunner {
    timing: Timing,
    bounds: TimingBounds,
    second_look: SecondLook,
    rate: RefreshRate,
    queue: Queue,
    gives_feedback: bool,
    state: State,
    surroundings: Surroundings,
    ended: Vec<(Presentation, Response)>,
}

impl TrialRunner {
    /// Waits for [`TrialRunner::proceed`] before the first block.
    pub fn new(plan: &Plan, study: &Study, rate: RefreshRate) -> Self {
        Self {
            timing: study.timing,
            bounds: study.exclude.trial,
            second_look: study.trials.second_look,
            rate,
            queue: Queue::new(plan, &study.trials, study.practice()),
            gives_feedback: study.practice().is_some_and(|practice| practice.feedback),
            state: State::Break,
            surroundings: Surroundings::default(),
            ended: Vec::new(),
        }
    }

    /// Goes on after the presentations of a log, in its order, as after a reload.
    ///
    /// `begun` is the presentation (trial and repeat) whose pictures may have been shown without a row in
    /// the log. It is closed as interrupted, and taken to have been seen for the whole exposure duration,
    /// which is the most that is possible. `None` if the log is not one of this plan.
    pub fn resume(
        plan: &Plan,
        study: &Study,
        rate: RefreshRate,
        log: &[Closed],
        begun: Option<(&str, u32)>,
    ) -> Option<Self> {
        let mut runner = Self::new(plan, study, rate);
        if !log.iter().all(|closed| runner.queue.replay(closed)) {
            return None;
        }
        if runner.queue.next().is_none() {
            runner.next_block();
        }
        let next = runner.queue.next().map(|next| &next.presentation);
        if next.is_some_and(|next| begun == Some((next.trial.as_str(), next.repeat))) {
            runner.close_reloaded();
        }
        Some(runner)
    }

    /// Says what the page and the display are like; goes into the rows of the trials that end from now on.
    pub fn set_surroundings(&mut self, surroundings: Surroundings) {
        self.surroundings = surroundings;
    }

    /// A refresh rate that was measured in a break; counts from the next trial on.
    pub fn set_refresh_rate(&mut self, rate: RefreshRate) {
        self.rate = rate;
    }

    /// One animation frame. Show [`TrialRunner::view`] in this same frame.
    pub fn frame(&mut self, frame: Frame) {
        match &mut self.state {
            State::Next => self.begin(frame),
            State::Countdown { since_ms, left_ms } => {
                let since_ms = *since_ms.get_or_insert(frame.stamp_ms);
                *left_ms = self.timing.countdown_ms - (frame.stamp_ms - since_ms);
                if *left_ms <= 0.0 {
                    self.begin(frame);
                }
            }
            State::Running(trial) => {
                let Some(ended) = trial.frame(frame) else { return };
                match ended.outcome {
                    Outcome::Missed => {
                        self.state = State::TooLate { since_ms: frame.stamp_ms, trial: trial.clone() };
                    }
                    Outcome::Interrupted => self.pause_after(ended),
                    _ => match self.close(ended).filter(|_| self.gives_feedback) {
                        Some(right) => self.state = State::Feedback { since_ms: frame.stamp_ms, right },
                        None => self.advance(frame),
                    },
                }
            }
            State::Feedback { since_ms, .. } if frame.stamp_ms - *since_ms >= FEEDBACK_MS => {
                self.advance(frame)
            }
            State::TooLate { since_ms, trial } if frame.stamp_ms - *since_ms >= self.timing.too_late_ms => {
                let ended = trial.end(Outcome::Missed);
                self.close(ended);
                self.advance(frame);
            }
            _ => {}
        }
    }

    /// A key, click or touch on a slot.
    pub fn respond(&mut self, press: Press) {
        match &mut self.state {
            State::Running(trial) => trial.press(press),
            State::TooLate { trial, .. } => {
                trial.press(press);
                // Made in time, but delivered late because the page was blocked: it counts.
                if trial.is_answered() {
                    let ended = trial.end(Outcome::Answered);
                    self.close(ended);
                    self.next_block();
                }
            }
            _ => {}
        }
    }

    /// Attention was lost at `at_ms`, or the person asked for a pause. A running trial is closed as
    /// `interrupted`; it comes again at the end of its block, or a reserve trial does, as the study says.
    pub fn interrupt(&mut self, cause: Interruption, at_ms: f64) {
        match &self.state {
            State::Running(trial) => {
                let ended = trial.interrupt(cause, at_ms);
                self.pause_after(ended);
            }
            State::Next | State::Countdown { .. } => self.state = State::Pause { comes_again: true },
            State::TooLate { trial, .. } => {
                let ended = trial.end(Outcome::Missed);
                self.close(ended);
                self.next_block();
                if matches!(self.state, State::Next) {
                    self.state = State::Pause { comes_again: true };
                }
            }
            State::Feedback { .. } => {
                self.next_block();
                if matches!(self.state, State::Next) {
                    self.state = State::Pause { comes_again: true };
                }
            }
            State::Break | State::Pause { .. } | State::Done => {}
        }
    }

    /// Presentations ended since [`TrialRunner::take_ended`] was called.
    pub fn has_ended(&self) -> bool {
        !self.ended.is_empty()
    }

    /// Neither in a break nor in a pause nor at the end.
    pub fn is_timed(&self) -> bool {
        !matches!(self.state, State::Break | State::Pause { .. } | State::Done)
    }

    /// Ends a break or a pause.
    pub fn proceed(&mut self) {
        if matches!(self.state, State::Break | State::Pause { .. }) {
            let left_ms = self.timing.countdown_ms;
            self.state =
                if left_ms > 0.0 { State::Countdown { since_ms: None, left_ms } } else { State::Next };
        }
    }

    /// What is shown now.
    pub fn view(&self) -> View<'_> {
        let presentation = self.queue.next().map(|next| &next.presentation);
        let phase = match &self.state {
            State::Break => Phase::Break { next_block: presentation.map_or(0, |next| next.block) },
            State::Countdown { left_ms, .. } => {
                Phase::Countdown { seconds: (left_ms / 1000.0).ceil().max(1.0) as u32 }
            }
            State::Next => Phase::Placeholder,
            State::Running(trial) => match trial.part() {
                Part::Placeholder => Phase::Placeholder,
                Part::Triplet => Phase::Triplet,
                Part::Response => Phase::Response,
            },
            State::TooLate { .. } => Phase::TooLate,
            State::Feedback { right, .. } => Phase::Feedback { right: *right },
            State::Pause { comes_again } => Phase::Pause { comes_again: *comes_again },
            State::Done => Phase::Done,
        };
        View { phase, presentation, done: self.queue.done(), total: self.queue.total() }
    }

    /// The presentations of this block that are not over: their pictures are needed next.
    pub fn upcoming(&self) -> impl Iterator<Item = &Presentation> {
        self.queue.upcoming()
    }

    /// The pictures that the rest of the session needs, in the order in which it needs them.
    pub fn pictures(&self) -> impl Iterator<Item = &Sha256> {
        let later = self.queue.later().flat_map(|trial| &trial.images);
        self.queue.upcoming().flat_map(|next| &next.shown).chain(later)
    }

    /// The pictures without which nothing can go on: in practice those of the next trial, later those of
    /// the whole block, so that nothing is loaded between its trials.
    pub fn needed_pictures(&self) -> impl Iterator<Item = &Sha256> {
        let is_practice = self.queue.next().is_some_and(|next| next.presentation.block == 0);
        let most = if is_practice { 1 } else { usize::MAX };
        self.queue.upcoming().take(most).flat_map(|next| &next.shown)
    }

    /// The presentations that ended since the last call, in order.
    pub fn take_ended(&mut self) -> Vec<(Presentation, Response)> {
        std::mem::take(&mut self.ended)
    }

    fn begin(&mut self, frame: Frame) {
        let already_seen_ms = self.queue.next().and_then(|next| next.already_seen_ms);
        let trial = Trial::start(self.timing, self.bounds, self.rate, frame.stamp_ms, already_seen_ms);
        self.state = State::Running(trial);
    }

    fn pause_after(&mut self, ended: Ended) {
        let seen = ended.showing.already_seen_ms.is_some();
        self.close(ended);
        self.next_block();
        if matches!(self.state, State::Next) {
            let comes_again = !seen || self.second_look == SecondLook::Count;
            self.state = State::Pause { comes_again };
        }
    }

    fn close_reloaded(&mut self) {
        let before_ms = self.queue.next().and_then(|next| next.already_seen_ms).unwrap_or(0.0);
        let trial = Trial::start(self.timing, self.bounds, self.rate, 0.0, None);
        let mut ended = trial.interrupt(Interruption::Reloaded, 0.0);
        ended.showing.planned_onset_ms = None;
        ended.showing.already_seen_ms = Some(before_ms + self.timing.exposure_ms);
        self.close(ended);
        self.next_block();
        if matches!(self.state, State::Next) {
            self.state = State::Break;
        }
    }

    /// Whether the answer was right, where it is one to a practice trial and known.
    fn close(&mut self, ended: Ended) -> Option<bool> {
        let next = &self.queue.next()?.presentation;
        let chosen = ended.chosen.map(|slot| next.shown[slot.index()].clone());
        let is_answer = next.block == 0 && ended.outcome == Outcome::Answered;
        let right = self.queue.is_right(&next.trial, chosen.as_ref()).filter(|_| is_answer);
        let presentation = self.queue.close(ended.outcome, ended.showing.already_seen_ms, chosen.as_ref())?;
        let at = self.surroundings;
        let mut showing = ended.showing;
        let away = [Interruption::FocusLost, Interruption::Hidden, Interruption::Reloaded];
        showing.in_focus = Some(!showing.interrupted_by.is_some_and(|cause| away.contains(&cause)));
        showing.full_screen = Some(at.full_screen);
        showing.picture_factor = at.picture_factor;
        showing.picture_css_px = at.picture_css_px;
        showing.picture_device_px =
            at.picture_css_px.zip(at.device_pixel_ratio).map(|(css, ratio)| css * ratio);
        showing.viewport_width_css_px = at.viewport_css_px.map(|[width, _]| width);
        showing.viewport_height_css_px = at.viewport_css_px.map(|[_, height]| height);
        showing.screen_width_css_px = at.screen_css_px.map(|[width, _]| width);
        showing.screen_height_css_px = at.screen_css_px.map(|[_, height]| height);
        showing.orientation = at.screen_css_px.map(|[width, height]| {
            if width >= height { Orientation::Landscape } else { Orientation::Portrait }
        });
        showing.pinch_zoom = at.pinch_zoom;
        showing.px_per_deg = at.px_per_deg;
        showing.viewing_distance_mm = at.viewing_distance_mm;
        showing.device_pixel_ratio = at.device_pixel_ratio;
        showing.cross_origin_isolated = at.cross_origin_isolated;
        let response = Response {
            outcome: ended.outcome,
            chosen_slot: ended.chosen,
            reaction_time_ms: ended.reaction_time_ms,
            showing: Some(showing),
            readout: None,
        };
        self.ended.push((presentation, response));
        right
    }

    /// To the next presentation, whose placeholder begins in this very frame, to the next break, or to the
    /// end.
    fn advance(&mut self, frame: Frame) {
        self.next_block();
        if matches!(self.state, State::Next) {
            self.begin(frame);
        }
    }

    fn next_block(&mut self) {
        self.state = if self.queue.next().is_some() {
            State::Next
        } else if self.queue.open_block() {
            State::Break
        } else {
            State::Done
        };
    }
}
