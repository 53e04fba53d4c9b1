//! The course of a session: which phase comes after which, and one response a presentation.

use std::collections::VecDeque;

use gestalt_protocol::{InputDevice, Outcome, Presentation, PresentedTrial, Response, Timing};
use gestalt_types::Slot;

use crate::plan::Plan;
use crate::refresh::RefreshRate;
use crate::trial::{Ended, Part, Running};

/// What the page is like while a trial runs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Surroundings {
    /// The page fills the screen.
    pub full_screen: bool,
    /// Pixels (CSS) of a degree of visual angle, where measured.
    pub px_per_deg: Option<f64>,
    /// Eye to screen, where measured.
    pub viewing_distance_mm: Option<f64>,
    /// Device pixels of a CSS pixel.
    pub device_pixel_ratio: Option<f64>,
    /// The clock's step is 5 µs when isolated.
    pub cross_origin_isolated: Option<bool>,
}

/// What is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A block is about to begin; waits for [`Course::proceed`]. Block 0 is practice.
    Break {
        /// The block that comes.
        next_block: u32,
    },
    /// Placeholders in all three slots.
    Placeholder,
    /// The three pictures.
    Triplet,
    /// Placeholders again, until the response or the deadline.
    Response,
    /// "Too late", for a moment.
    TooLate,
    /// Focus or full screen was lost; waits for [`Course::proceed`].
    Pause,
    /// The last trial is over.
    Done,
}

/// What the page shows now.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// Which phase.
    pub phase: Phase,
    /// The presentation that runs or, in a break or pause, comes next; its pictures are to be in place before they are seen.
    pub presentation: Option<&'a Presentation>,
    /// Presentations that were answered or missed.
    pub done: usize,
    /// Presentations in all.
    pub total: usize,
}

enum State {
    Break,
    Next,
    Running(Running),
    TooLate { since_ms: f64 },
    Pause,
    Done,
}

/// A session of one person.
pub struct Course {
    timing: Timing,
    rate: RefreshRate,
    seed: u64,
    /// Blocks that have not begun: number and trials.
    blocks: VecDeque<(u32, Vec<PresentedTrial>)>,
    /// The rest of this block; the first is the one that runs or comes next.
    queue: VecDeque<(Presentation, PresentedTrial)>,
    state: State,
    surroundings: Surroundings,
    ended: Vec<(Presentation, Response)>,
    done: usize,
    total: usize,
}

impl Course {
    /// A session that waits for [`Course::proceed`].
    pub fn new(plan: &Plan, timing: Timing, rate: RefreshRate) -> Self {
        let blocks = (0..).zip(plan.blocks().iter().cloned()).filter(|(_, trials)| !trials.is_empty());
        let mut course = Self {
            timing,
            rate,
            seed: plan.seed(),
            blocks: blocks.collect(),
            queue: VecDeque::new(),
            state: State::Break,
            surroundings: Surroundings::default(),
            ended: Vec::new(),
            done: 0,
            total: plan.trials(),
        };
        course.open_block();
        course
    }

    /// Tells what the page is like; goes into the rows of the trials that end from now on.
    pub fn set_surroundings(&mut self, surroundings: Surroundings) {
        self.surroundings = surroundings;
    }

    /// One animation frame, with its time stamp. Show [`Course::view`] in this same frame.
    pub fn frame(&mut self, now_ms: f64) {
        match &mut self.state {
            State::Next => self.state = State::Running(Running::start(self.timing, self.rate, now_ms)),
            State::Running(trial) => {
                if let Some(ended) = trial.frame(now_ms) {
                    let missed = ended.outcome == Outcome::Missed;
                    self.close(ended);
                    self.done += 1;
                    if missed {
                        self.state = State::TooLate { since_ms: now_ms };
                    } else {
                        self.advance();
                        // The next trial's placeholder begins in this very frame.
                        if matches!(self.state, State::Next) {
                            self.frame(now_ms);
                        }
                    }
                }
            }
            State::TooLate { since_ms } if now_ms - *since_ms >= self.timing.too_late_ms => self.advance(),
            _ => {}
        }
    }

    /// A key, click or touch on a slot, with the event's own time stamp.
    pub fn respond(&mut self, slot: Slot, at_ms: f64, device: InputDevice) {
        if let State::Running(trial) = &mut self.state {
            trial.respond(slot, at_ms, device);
        }
    }

    /// Focus or full screen was lost. A trial that runs is marked `interrupted` and repeated at the end of its block.
    pub fn interrupt(&mut self) {
        match &self.state {
            State::Running(trial) => {
                let ended = trial.interrupt();
                let again = self.queue.front().map(|(was, trial)| {
                    (Presentation::new(trial, was.block, was.repeat + 1, self.seed), trial.clone())
                });
                self.close(ended);
                self.queue.extend(again);
                self.state = State::Pause;
            }
            State::Next => self.state = State::Pause,
            State::TooLate { .. } => {
                self.advance();
                if matches!(self.state, State::Next) {
                    self.state = State::Pause;
                }
            }
            State::Break | State::Pause | State::Done => {}
        }
    }

    /// Goes on from a break or a pause.
    pub fn proceed(&mut self) {
        if matches!(self.state, State::Break | State::Pause) {
            self.state = State::Next;
        }
    }

    /// What is seen now.
    pub fn view(&self) -> View<'_> {
        let next_block = self.queue.front().map_or(0, |(next, _)| next.block);
        let phase = match &self.state {
            State::Break => Phase::Break { next_block },
            State::Next => Phase::Placeholder,
            State::Running(trial) => match trial.part() {
                Part::Placeholder => Phase::Placeholder,
                Part::Triplet => Phase::Triplet,
                Part::Response => Phase::Response,
            },
            State::TooLate { .. } => Phase::TooLate,
            State::Pause => Phase::Pause,
            State::Done => Phase::Done,
        };
        let presentation = self.queue.front().map(|(presentation, _)| presentation);
        View { phase, presentation, done: self.done, total: self.total }
    }

    /// The presentations that ended since the last call, in order.
    pub fn take_ended(&mut self) -> Vec<(Presentation, Response)> {
        std::mem::take(&mut self.ended)
    }

    fn close(&mut self, ended: Ended) {
        let Some((presentation, _)) = self.queue.pop_front() else { return };
        let mut showing = ended.showing;
        showing.in_focus = Some(ended.outcome != Outcome::Interrupted);
        showing.full_screen = Some(self.surroundings.full_screen);
        showing.px_per_deg = self.surroundings.px_per_deg;
        showing.viewing_distance_mm = self.surroundings.viewing_distance_mm;
        showing.device_pixel_ratio = self.surroundings.device_pixel_ratio;
        showing.cross_origin_isolated = self.surroundings.cross_origin_isolated;
        let response = Response {
            outcome: ended.outcome,
            chosen_slot: ended.chosen,
            reaction_time_ms: ended.reaction_time_ms,
            showing: Some(showing),
            reading: None,
        };
        self.ended.push((presentation, response));
    }

    /// To the next presentation, block or the end.
    fn advance(&mut self) {
        self.state = if !self.queue.is_empty() {
            State::Next
        } else if self.open_block() {
            State::Break
        } else {
            State::Done
        };
    }

    fn open_block(&mut self) -> bool {
        let Some((number, trials)) = self.blocks.pop_front() else { return false };
        self.queue = trials
            .into_iter()
            .map(|trial| (Presentation::new(&trial, number, 0, self.seed), trial))
            .collect();
        true
    }
}
