//! The checks on a row that its types cannot carry: fields that must agree with one another.

use crate::readout::Readout;
use crate::row::{ObserverKind, Outcome, ROW_VERSION, Row};
use crate::row_asked::RowTask;
use crate::showing::{MAX_OTHER_PRESSES, Showing};
use gestalt_types::FieldError;

impl Row {
    /// Checks what the types cannot: versions, finite numbers, fields that must agree.
    pub fn check(&self) -> Result<(), FieldError> {
        // Earlier versions were converted when they were read.
        if self.row_version != ROW_VERSION {
            return wrong(
                "row_version",
                format!("is {}, this software reads 1 to {ROW_VERSION}", self.row_version),
            );
        }
        if self.app_version.is_empty() || self.app_version.len() > 120 {
            return wrong("app_version", "1 to 120 bytes are needed");
        }
        self.check_question()?;
        self.check_answer()?;
        self.check_numbers()?;
        if self.observer_kind == ObserverKind::Model { self.check_model() } else { self.check_person() }
    }

    fn check_question(&self) -> Result<(), FieldError> {
        let (shown, choices) = match self.task {
            RowTask::OddOneOut => (3, 3),
            RowTask::SameObject => (1, 2),
        };
        if self.shown.len() != shown {
            return wrong("shown", format!("{shown} images are needed for this task"));
        }
        if self.choices.len() != choices {
            return wrong("choices", format!("{choices} choices are needed for this task"));
        }
        if (1..choices).any(|place| self.choices[..place].contains(&self.choices[place])) {
            return wrong("choices", "one choice is listed twice");
        }
        for (field, choice) in [("target", &self.target), ("chosen", &self.chosen)] {
            if choice.as_ref().is_some_and(|choice| !self.choices.contains(choice)) {
                return wrong(field, "is none of `choices`");
            }
        }
        not_negative("scale_px", self.scale_px)
    }

    fn check_person(&self) -> Result<(), FieldError> {
        if self.readout != Readout::default() {
            return wrong("layer", "is for models, as are the other columns on how a model was read");
        }
        if self.weights_hash.is_some() {
            return wrong("weights_hash", "is for models, the observer is a person");
        }
        Ok(())
    }

    fn check_model(&self) -> Result<(), FieldError> {
        if self.showing != Showing::default() {
            let reason = "is for people, as are the other columns on how a trial was shown";
            return wrong("planned_onset_ms", reason);
        }
        let Readout { device, layer, rule, reference_output_reproduced, .. } = &self.readout;
        for (field, is_there) in [
            ("weights_hash", self.weights_hash.is_some()),
            ("device", device.is_some()),
            ("layer", layer.is_some()),
            ("rule", rule.is_some()),
        ] {
            if !is_there {
                return wrong(field, "is needed for a model");
            }
        }
        if *reference_output_reproduced != Some(true) {
            let reason = "rows of a device that did not reproduce the reference output do not count";
            return wrong("reference_output_reproduced", reason);
        }
        Ok(())
    }

    fn check_answer(&self) -> Result<(), FieldError> {
        let answered = self.outcome == Outcome::Answered;
        if answered != self.chosen.is_some() {
            return wrong("chosen", "is needed when the outcome is `answered`, and only then");
        }
        if !answered && self.correct.is_some() {
            return wrong("correct", "is null unless the outcome is `answered`");
        }
        if self.correct.is_some() && self.correct != Some(self.chosen == self.target) {
            return wrong("correct", "contradicts chosen and target");
        }
        let person = self.observer_kind.is_shown_trials();
        if (answered && person) != self.reaction_time_ms.is_some() {
            return wrong("reaction_time_ms", "is needed for a person's answer, and only then");
        }
        let models_only = matches!(self.outcome, Outcome::Tie | Outcome::NonFinite);
        let people_only = matches!(self.outcome, Outcome::Missed | Outcome::Interrupted);
        if (person && models_only) || (!person && people_only) {
            return wrong(
                "outcome",
                format!("`{:?}` does not happen to this kind of observer", self.outcome),
            );
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), FieldError> {
        let (showing, readout) = (&self.showing, &self.readout);
        not_negative("reaction_time_ms", self.reaction_time_ms)?;
        for (field, value) in numbers(showing) {
            not_negative(field, value)?;
        }
        for (kind, times) in showing.press_times() {
            if times.iter().any(|at_ms| !(at_ms.is_finite() && *at_ms >= 0.0)) {
                return wrong(kind.column(), "finite numbers of at least 0 are needed");
            }
        }
        let presses = showing.press_times().iter().map(|(_, times)| times.len()).sum::<usize>();
        if presses > MAX_OTHER_PRESSES {
            return wrong("other_press_choices", format!("at most {MAX_OTHER_PRESSES} presses are kept"));
        }
        if presses != showing.other_press_choices.len() {
            return wrong("other_press_choices", "one for each press that did not count is needed");
        }
        for (field, text) in [
            ("layer", &readout.layer),
            ("adapter", &readout.adapter),
            ("quantisation", &readout.quantisation),
            ("preprocessing", &readout.preprocessing),
        ] {
            short(field, text.as_deref())?;
        }
        not_negative("margin", readout.margin)?;
        not_negative("compute_ms", readout.compute_ms)?;
        if readout.top_k_fraction.is_some_and(|fraction| !(fraction > 0.0 && fraction <= 1.0)) {
            return wrong("top_k_fraction", "more than 0 and at most 1 is needed");
        }
        if readout.distances.iter().flatten().any(|distance| !distance.is_finite()) {
            return wrong("distances", "finite numbers or null are needed");
        }
        Ok(())
    }
}

fn not_negative(field: &str, value: Option<f64>) -> Result<(), FieldError> {
    match value {
        Some(number) if !(number.is_finite() && number >= 0.0) => {
            wrong(field, format!("{number} is not a finite number of at least 0"))
        }
        _ => Ok(()),
    }
}

/// No text field of a row is longer, in bytes.
const MAX_TEXT_BYTES: usize = 300;

fn short(field: &str, text: Option<&str>) -> Result<(), FieldError> {
    match text {
        Some(text) if text.len() > MAX_TEXT_BYTES => {
            wrong(field, format!("at most {MAX_TEXT_BYTES} bytes are needed"))
        }
        _ => Ok(()),
    }
}

/// Every quantity of a showing, with its name.
fn numbers(showing: &Showing) -> [(&'static str, Option<f64>); 20] {
    [
        ("planned_onset_ms", showing.planned_onset_ms),
        ("actual_onset_ms", showing.actual_onset_ms),
        ("planned_offset_ms", showing.planned_offset_ms),
        ("actual_offset_ms", showing.actual_offset_ms),
        ("onset_callback_late_ms", showing.onset_callback_late_ms),
        ("offset_callback_late_ms", showing.offset_callback_late_ms),
        ("longest_gap_ms", showing.longest_gap_ms),
        ("longest_long_frame_ms", showing.longest_long_frame_ms),
        ("refresh_rate_hz", showing.refresh_rate_hz),
        ("already_seen_ms", showing.already_seen_ms),
        ("picture_css_px", showing.picture_css_px),
        ("picture_device_px", showing.picture_device_px),
        ("viewport_width_css_px", showing.viewport_width_css_px),
        ("viewport_height_css_px", showing.viewport_height_css_px),
        ("screen_width_css_px", showing.screen_width_css_px),
        ("screen_height_css_px", showing.screen_height_css_px),
        ("pinch_zoom", showing.pinch_zoom),
        ("px_per_deg", showing.px_per_deg),
        ("viewing_distance_mm", showing.viewing_distance_mm),
        ("device_pixel_ratio", showing.device_pixel_ratio),
    ]
}

fn wrong<T>(field: &str, reason: impl Into<String>) -> Result<T, FieldError> {
    Err(FieldError::new(field, reason))
}
