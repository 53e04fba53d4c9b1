//! What the rows of one session amount to, and which of the study's exclusion criteria they meet.

use serde::{Deserialize, Serialize};

use crate::row::{Outcome, Row};
use crate::showing::InputDevice;
use crate::study::Exclude;
use crate::trial_set::Role;

/// Counts over the rows of one session. Practice is counted in `practice_rows` alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionFacts {
    /// Rows of practice trials.
    pub practice_rows: u32,
    /// Rows of test, control and catch trials.
    pub rows: u32,
    /// Answered in time.
    pub answered: u32,
    /// No answer before the deadline.
    pub missed: u32,
    /// Interrupted.
    pub interrupted: u32,
    /// Test and control trials that were answered and scored.
    pub scored: u32,
    /// Of those, right.
    pub correct: u32,
    /// Catch trials that were not interrupted.
    pub catch_trials: u32,
    /// Of those, right. A missed catch trial is wrong.
    pub catch_correct: u32,
    /// Rows with a press below the study's shortest reaction time.
    pub too_fast: u32,
    /// Rows whose timing was flagged.
    pub timing_flagged: u32,
    /// Lost frames, over all rows.
    pub lost_frames: u32,
    /// Median reaction time of the answered rows, in ms.
    pub median_reaction_time_ms: Option<f64>,
    /// Of the last row that states it, in Hz.
    pub refresh_rate_hz: Option<f64>,
    /// Width and height of the viewport in CSS px, of the last row that states it.
    pub viewport_css_px: Option<[f64; 2]>,
    /// Width and height of the screen in CSS px, of the last row that states it.
    pub screen_css_px: Option<[f64; 2]>,
    /// Device px per CSS px, of the last row that states it.
    pub device_pixel_ratio: Option<f64>,
    /// CSS px per degree of visual angle, of the last row that states it.
    pub px_per_deg: Option<f64>,
    /// Input devices that answered; more than one means that reaction times are mixed.
    pub input_devices: Vec<InputDevice>,
    /// Every row says that the page was isolated, which makes its clock step 5 µs.
    pub cross_origin_isolated: Option<bool>,
}

impl SessionFacts {
    /// Sums up the rows of one session.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut facts = Self::default();
        let mut times_ms = Vec::new();
        for row in rows {
            facts.note_display(row);
            if row.role == Role::Practice {
                facts.practice_rows += 1;
                continue;
            }
            facts.note_answer(row);
            times_ms.extend(row.reaction_time_ms);
        }
        times_ms.sort_by(f64::total_cmp);
        let middle = times_ms.len() / 2;
        facts.median_reaction_time_ms = match times_ms.len() {
            0 => None,
            odd if odd % 2 == 1 => Some(times_ms[middle]),
            _ => Some((times_ms[middle - 1] + times_ms[middle]) / 2.0),
        };
        facts
    }

    fn note_answer(&mut self, row: &Row) {
        self.rows += 1;
        match row.outcome {
            Outcome::Answered => self.answered += 1,
            Outcome::Missed => self.missed += 1,
            Outcome::Interrupted => self.interrupted += 1,
            Outcome::Tie | Outcome::NonFinite => {}
        }
        if row.role == Role::Catch {
            self.catch_trials += u32::from(row.outcome != Outcome::Interrupted);
            self.catch_correct += u32::from(row.correct == Some(true));
        } else if let Some(correct) = row.correct {
            self.scored += 1;
            self.correct += u32::from(correct);
        }
        self.too_fast += u32::from(!row.showing.presses_too_fast_ms.is_empty());
        self.timing_flagged += u32::from(row.showing.timing_flagged == Some(true));
        self.lost_frames += row.showing.lost_frames.unwrap_or_default();
        if let Some(device) = row.showing.input_device.filter(|device| !self.input_devices.contains(device)) {
            self.input_devices.push(device);
        }
    }

    fn note_display(&mut self, row: &Row) {
        let showing = &row.showing;
        let pair = |width: Option<f64>, height: Option<f64>| Some([width?, height?]);
        let viewport = pair(showing.viewport_width_css_px, showing.viewport_height_css_px);
        let screen = pair(showing.screen_width_css_px, showing.screen_height_css_px);
        self.refresh_rate_hz = showing.refresh_rate_hz.or(self.refresh_rate_hz);
        self.viewport_css_px = viewport.or(self.viewport_css_px);
        self.screen_css_px = screen.or(self.screen_css_px);
        self.device_pixel_ratio = showing.device_pixel_ratio.or(self.device_pixel_ratio);
        self.px_per_deg = showing.px_per_deg.or(self.px_per_deg);
        if let Some(is_isolated) = showing.cross_origin_isolated {
            self.cross_origin_isolated = Some(is_isolated && self.cross_origin_isolated != Some(false));
        }
    }

    /// Share of catch trials that were right; none without catch trials.
    pub fn catch_share(&self) -> Option<f64> {
        share(self.catch_correct, self.catch_trials)
    }
}

fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

impl Exclude {
    /// The names of the criteria that exclude a session, as the study file spells them. They say what is
    /// excluded; the rows stay.
    pub fn of_session(&self, facts: &SessionFacts) -> Vec<&'static str> {
        let is_below =
            |bound: Option<f64>, share: Option<f64>| bound.zip(share).is_some_and(|(bound, s)| s < bound);
        let is_above =
            |bound: Option<f64>, share: Option<f64>| bound.zip(share).is_some_and(|(bound, s)| s > bound);
        let mut met = Vec::new();
        if is_below(self.catch_correct_below, facts.catch_share()) {
            met.push(CATCH_CORRECT_BELOW);
        }
        if is_above(self.interrupted_above, share(facts.interrupted, facts.rows)) {
            met.push("interrupted_above");
        }
        if is_above(self.too_fast_above, share(facts.too_fast, facts.rows)) {
            met.push("too_fast_above");
        }
        met
    }
}

/// The criterion whose failure has a code of its own.
pub const CATCH_CORRECT_BELOW: &str = "catch_correct_below";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_excluded_by_the_criteria_that_it_meets() {
        let facts = SessionFacts {
            rows: 100,
            interrupted: 11,
            too_fast: 10,
            catch_trials: 8,
            catch_correct: 6,
            ..SessionFacts::default()
        };
        let criteria = |catch, interrupted, too_fast| Exclude {
            catch_correct_below: catch,
            interrupted_above: interrupted,
            too_fast_above: too_fast,
            ..Exclude::default()
        };
        assert_eq!(criteria(None, None, None).of_session(&facts), [""; 0]);
        assert_eq!(
            criteria(Some(0.75), Some(0.11), Some(0.1)).of_session(&facts),
            [""; 0],
            "the bound itself is allowed"
        );
        assert_eq!(criteria(Some(0.8), None, None).of_session(&facts), ["catch_correct_below"]);
        assert_eq!(
            criteria(None, Some(0.1), Some(0.05)).of_session(&facts),
            ["interrupted_above", "too_fast_above"]
        );
        let none = SessionFacts::default();
        assert_eq!(
            criteria(Some(1.0), Some(0.0), Some(0.0)).of_session(&none),
            [""; 0],
            "nothing to judge by"
        );
    }
}
