//! The course of one trial, frame by frame: placeholder, triplet, response, and what came of it.

use gestalt_protocol::{InputDevice, Outcome, Showing, Timing};
use gestalt_types::Slot;

use crate::refresh::RefreshRate;

/// One response, with the event's own time stamp.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Given {
    slot: Slot,
    at_ms: f64,
    device: InputDevice,
}

/// Which part of the trial is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Placeholder,
    Triplet,
    Response,
}

/// A trial that goes on.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    timing: Timing,
    rate: RefreshRate,
    start_ms: f64,
    onset_ms: Option<f64>,
    offset_ms: Option<f64>,
    /// Animation frames that the page got while the triplet was up, the first included.
    callbacks: u32,
    given: Option<Given>,
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ended {
    pub outcome: Outcome,
    pub chosen: Option<Slot>,
    pub reaction_time_ms: Option<f64>,
    pub showing: Showing,
}

impl Running {
    /// Begins with the placeholder in the frame at `start_ms`.
    pub fn start(timing: Timing, rate: RefreshRate, start_ms: f64) -> Self {
        Self { timing, rate, start_ms, onset_ms: None, offset_ms: None, callbacks: 0, given: None }
    }

    pub fn part(&self) -> Part {
        match (self.onset_ms, self.offset_ms) {
            (None, _) => Part::Placeholder,
            (Some(_), None) => Part::Triplet,
            (Some(_), Some(_)) => Part::Response,
        }
    }

    /// One animation frame. Refreshes are counted by the clock, so that a frame the page missed does not lengthen the showing.
    pub fn frame(&mut self, now_ms: f64) -> Option<Ended> {
        match (self.onset_ms, self.offset_ms) {
            (None, _) => {
                if self.rate.frames(now_ms - self.start_ms) >= self.rate.frames(self.timing.placeholder_ms) {
                    self.onset_ms = Some(now_ms);
                    self.callbacks = 1;
                }
            }
            (Some(onset), None) => {
                if self.rate.frames(now_ms - onset) >= self.planned_frames() {
                    self.offset_ms = Some(now_ms);
                } else {
                    self.callbacks += 1;
                }
            }
            (Some(_), Some(_)) => {}
        }
        let (onset, _) = (self.onset_ms?, self.offset_ms?);
        if let Some(given) = self.given {
            return Some(self.end(Outcome::Answered, Some(given)));
        }
        // One refresh of grace: an event from before the deadline may be delivered after this frame.
        let over = now_ms >= onset + self.timing.deadline_ms + self.rate.period_ms();
        over.then(|| self.end(Outcome::Missed, None))
    }

    /// A response. Only the first one counts, and only between onset and deadline.
    pub fn respond(&mut self, slot: Slot, at_ms: f64, device: InputDevice) {
        let Some(onset) = self.onset_ms else { return };
        let in_time = at_ms >= onset && at_ms <= onset + self.timing.deadline_ms;
        if in_time && self.given.is_none() {
            self.given = Some(Given { slot, at_ms, device });
        }
    }

    /// The person looked away: nothing they did in this trial counts.
    pub fn interrupt(&self) -> Ended {
        self.end(Outcome::Interrupted, None)
    }

    fn planned_frames(&self) -> u32 {
        self.rate.frames(self.timing.exposure_ms).max(1)
    }

    fn end(&self, outcome: Outcome, given: Option<Given>) -> Ended {
        let frames_ms = |frames: u32| f64::from(frames) * self.rate.period_ms();
        let planned_onset_ms = self.start_ms + frames_ms(self.rate.frames(self.timing.placeholder_ms));
        let shown_frames = self.onset_ms.zip(self.offset_ms).map(|(on, off)| self.rate.frames(off - on));
        Ended {
            outcome,
            chosen: given.map(|given| given.slot),
            reaction_time_ms: given.zip(self.onset_ms).map(|(given, onset)| given.at_ms - onset),
            showing: Showing {
                planned_onset_ms: Some(planned_onset_ms),
                actual_onset_ms: self.onset_ms,
                planned_offset_ms: self.onset_ms.map(|onset| onset + frames_ms(self.planned_frames())),
                actual_offset_ms: self.offset_ms,
                planned_frames: Some(self.planned_frames()),
                shown_frames,
                dropped_frames: shown_frames.map(|shown| shown.saturating_sub(self.callbacks)),
                refresh_rate_hz: Some(self.rate.hz()),
                input_device: given.map(|given| given.device),
                ..Showing::default()
            },
        }
    }
}
