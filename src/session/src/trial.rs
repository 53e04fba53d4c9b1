//! One trial, frame by frame: placeholder, triplet, response, and what came of it.

use gestalt_protocol::{
    Interruption, MAX_OTHER_PRESSES, OtherPress, Outcome, PressKind, Showing, Timing, TimingBounds,
};
use gestalt_types::Slot;

use crate::frame::{Callbacks, Frame};
use crate::press::Press;
use crate::refresh::RefreshRate;

/// Which part of the trial is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Placeholder,
    Triplet,
    Response,
}

/// A trial that is running.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    timing: Timing,
    bounds: TimingBounds,
    rate: RefreshRate,
    start_ms: f64,
    onset: Option<Frame>,
    offset: Option<Frame>,
    /// From onset to offset.
    callbacks: Option<Callbacks>,
    answer: Option<Press>,
    other_presses: Vec<OtherPress>,
    /// How long earlier, interrupted showings had shown the pictures.
    already_seen_ms: Option<f64>,
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ended {
    pub outcome: Outcome,
    pub chosen: Option<Slot>,
    pub reaction_time_ms: Option<f64>,
    pub showing: Showing,
}

impl Trial {
    /// Begins with the placeholder in the frame at `start_ms`.
    pub fn start(
        timing: Timing,
        bounds: TimingBounds,
        rate: RefreshRate,
        start_ms: f64,
        already_seen_ms: Option<f64>,
    ) -> Self {
        Self {
            timing,
            bounds,
            rate,
            start_ms,
            onset: None,
            offset: None,
            callbacks: None,
            answer: None,
            other_presses: Vec::new(),
            already_seen_ms,
        }
    }

    pub fn part(&self) -> Part {
        match (self.onset, self.offset) {
            (None, _) => Part::Placeholder,
            (Some(_), None) => Part::Triplet,
            (Some(_), Some(_)) => Part::Response,
        }
    }

    /// One animation frame. Refreshes are counted by the frames' time stamps, so that a frame the page
    /// missed does not lengthen the exposure. A gap that a person must have noticed interrupts the trial.
    pub fn frame(&mut self, frame: Frame) -> Option<Ended> {
        match (self.onset, self.offset) {
            (None, _) => {
                let waited = self.rate.frames(frame.stamp_ms - self.start_ms);
                if waited >= self.rate.frames(self.timing.placeholder_ms) {
                    self.onset = Some(frame);
                    self.callbacks = Some(Callbacks::from(frame));
                }
            }
            (Some(onset), None) => {
                let rate = self.rate;
                if let Some(callbacks) = &mut self.callbacks {
                    callbacks.add(frame, |duration_ms| rate.frames(duration_ms));
                }
                if rate.frames(frame.stamp_ms - onset.stamp_ms) >= self.planned_frames() {
                    self.offset = Some(frame);
                }
                if self.longest_gap_ms() > f64::from(self.bounds.noticed_gap_frames) * rate.period_ms() {
                    return Some(self.interrupt(Interruption::FramesLost, frame.callback_ms));
                }
            }
            (Some(_), Some(_)) => {}
        }
        let (onset, _) = (self.onset?, self.offset?);
        if self.answer.is_some() {
            return Some(self.end(Outcome::Answered));
        }
        // One refresh of grace: an event from before the deadline may be delivered after this frame.
        let over = frame.stamp_ms >= onset.stamp_ms + self.timing.deadline_ms + self.rate.period_ms();
        over.then(|| self.end(Outcome::Missed))
    }

    /// A press. Only the first one inside the response window is the answer; the others are logged.
    pub fn press(&mut self, press: Press) {
        let after_ms = self.onset.map(|onset| press.at_ms - onset.stamp_ms);
        let kind = match after_ms {
            None => PressKind::BeforeOnset,
            Some(after_ms) if after_ms < 0.0 => PressKind::BeforeOnset,
            Some(after_ms) if after_ms > self.timing.deadline_ms => PressKind::AfterDeadline,
            Some(_) if self.answer.is_some() => PressKind::AfterAnswer,
            Some(after_ms) if after_ms < self.timing.minimum_reaction_time_ms => PressKind::TooFast,
            Some(_) => return self.answer = Some(press),
        };
        if self.other_presses.len() < MAX_OTHER_PRESSES {
            self.other_presses.push(OtherPress { kind, slot: press.slot, at_ms: press.at_ms });
        }
    }

    /// The answer is here, though it may have been delivered after the deadline.
    pub fn is_answered(&self) -> bool {
        self.answer.is_some()
    }

    /// Attention was lost at `at_ms`: nothing that was pressed in this trial counts.
    pub fn interrupt(&self, cause: Interruption, at_ms: f64) -> Ended {
        let mut ended = self.end(Outcome::Interrupted);
        let now_seen_ms = self.onset.map(|onset| {
            let until_ms = self.offset.map_or(at_ms, |offset| offset.stamp_ms);
            (until_ms - onset.stamp_ms).max(0.0)
        });
        ended.showing.already_seen_ms = match (self.already_seen_ms, now_seen_ms) {
            (Some(before), Some(now)) => Some(before + now),
            (before, now) => before.or(now),
        };
        ended.showing.interrupted_by = Some(cause);
        ended
    }

    /// What came of the trial.
    pub fn end(&self, outcome: Outcome) -> Ended {
        let answer = self.answer.filter(|_| outcome == Outcome::Answered);
        let reaction_time_ms = answer.zip(self.onset).map(|(answer, onset)| answer.at_ms - onset.stamp_ms);
        let mut showing = self.showing();
        showing.input_device = answer.map(|answer| answer.device);
        showing.press_clock = answer.map(|answer| answer.clock);
        Ended { outcome, chosen: answer.map(|answer| answer.slot), reaction_time_ms, showing }
    }

    fn showing(&self) -> Showing {
        let frames_ms = |frames: u32| f64::from(frames) * self.rate.period_ms();
        let (onset_ms, offset_ms) = (self.onset.map(|f| f.stamp_ms), self.offset.map(|f| f.stamp_ms));
        let shown_frames = onset_ms.zip(offset_ms).map(|(onset, offset)| self.rate.frames(offset - onset));
        let lost = self.callbacks.filter(|_| self.offset.is_some()).map(Callbacks::lost);
        let mut showing = Showing {
            planned_onset_ms: Some(self.start_ms + frames_ms(self.rate.frames(self.timing.placeholder_ms))),
            actual_onset_ms: onset_ms,
            planned_offset_ms: onset_ms.map(|onset| onset + frames_ms(self.planned_frames())),
            actual_offset_ms: offset_ms,
            planned_frames: Some(self.planned_frames()),
            displayed_frames: shown_frames,
            lost_frames: lost,
            onset_callback_late_ms: self.onset.map(Frame::late_ms),
            offset_callback_late_ms: self.offset.map(Frame::late_ms),
            longest_gap_ms: self.callbacks.map(|callbacks| callbacks.longest_gap_ms),
            timing_flagged: lost.map(|lost| self.is_flagged(lost, shown_frames)),
            refresh_rate_hz: Some(self.rate.hz()),
            already_seen_ms: self.already_seen_ms,
            ..Showing::default()
        };
        showing.log_presses(&self.other_presses);
        showing
    }

    /// More than the study allows: lost frames, another number of frames than planned, or a late onset or
    /// offset.
    fn is_flagged(&self, lost: u32, shown_frames: Option<u32>) -> bool {
        let bound_ms = self.bounds.late_edge_ms.unwrap_or(self.rate.period_ms() / 2.0);
        let late = [self.onset, self.offset].iter().flatten().any(|edge| edge.late_ms() > bound_ms);
        let off = shown_frames.map_or(0, |shown| shown.abs_diff(self.planned_frames()));
        late || lost.max(off) >= self.bounds.lost_frames
    }

    fn longest_gap_ms(&self) -> f64 {
        self.callbacks.map_or(0.0, |callbacks| callbacks.longest_gap_ms)
    }

    fn planned_frames(&self) -> u32 {
        self.rate.frames(self.timing.exposure_ms).max(1)
    }
}
