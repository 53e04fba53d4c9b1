//! The checks on a row that its types cannot carry: fields that must agree with one another.

use crate::row::{ObserverKind, Outcome, ROW_VERSION, Row};
use crate::showing::{MAX_OTHER_PRESSES, Showing};
use gestalt_types::FieldError;

impl Row {
    /// Checks what the types cannot: versions, finite numbers, fields that must agree.
    pub fn check(&self) -> Result<(), FieldError> {
        if self.row_version == 0 || self.row_version > ROW_VERSION {
            return wrong(
                "row_version",
                format!("is {}, this software reads 1 to {ROW_VERSION}", self.row_version),
            );
        }
        if self.app_version.is_empty() || self.app_version.len() > 120 {
            return wrong("app_version", "1 to 120 bytes are needed");
        }
        self.check_answer()?;
        self.check_numbers()?;
        match self.observer_kind {
            ObserverKind::Human if self.reading.is_some() => {
                wrong("reading", "is for models, the observer is human")
            }
            ObserverKind::Human if self.weights_hash.is_some() => {
                wrong("weights_hash", "is for models, the observer is human")
            }
            ObserverKind::Human if self.showing.is_none() => {
                wrong("showing", "is needed for a human observer")
            }
            ObserverKind::Model if self.showing.is_some() => {
                wrong("showing", "is for people, the observer is a model")
            }
            ObserverKind::Model if self.reading.is_none() => wrong("reading", "is needed for a model"),
            ObserverKind::Model if self.weights_hash.is_none() => {
                wrong("weights_hash", "is needed for a model")
            }
            _ => Ok(()),
        }
    }

    fn check_answer(&self) -> Result<(), FieldError> {
        let answered = self.outcome == Outcome::Answered;
        if answered != self.chosen_slot.is_some() {
            return wrong("chosen_slot", "is needed when the outcome is `answered`, and only then");
        }
        if !answered && self.correct.is_some() {
            return wrong("correct", "is null unless the outcome is `answered`");
        }
        if self.correct.is_some() && self.correct != Some(self.chosen_slot == self.intact_slot) {
            return wrong("correct", "contradicts chosen_slot and intact_slot");
        }
        let person = self.observer_kind == ObserverKind::Human;
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
        let not_negative = |field: &str, value: Option<f64>| match value {
            Some(number) if !(number.is_finite() && number >= 0.0) => {
                wrong(field, format!("{number} is not a finite number of at least 0"))
            }
            _ => Ok(()),
        };
        not_negative("reaction_time_ms", self.reaction_time_ms)?;
        if let Some(showing) = &self.showing {
            for (field, value) in numbers(showing) {
                not_negative(&format!("showing.{field}"), value)?;
            }
            if showing.other_presses.len() > MAX_OTHER_PRESSES {
                return wrong("showing.other_presses", format!("at most {MAX_OTHER_PRESSES} are kept"));
            }
            for press in &showing.other_presses {
                not_negative("showing.other_presses.at_ms", Some(press.at_ms))?;
            }
        }
        if let Some(reading) = &self.reading {
            short("reading.layer", Some(&reading.layer))?;
            short("reading.adapter", reading.adapter.as_deref())?;
            short("reading.quantisation", reading.quantisation.as_deref())?;
            not_negative("reading.margin", reading.margin)?;
            not_negative("reading.compute_ms", reading.compute_ms)?;
            if reading.top_k_fraction.is_some_and(|fraction| !(fraction > 0.0 && fraction <= 1.0)) {
                return wrong("reading.top_k_fraction", "more than 0 and at most 1 is needed");
            }
            if reading.distances.iter().flatten().any(|distance| !distance.is_finite()) {
                return wrong("reading.distances", "finite numbers or null are needed");
            }
            if !reading.known_answer_passed {
                return wrong(
                    "reading.known_answer_passed",
                    "rows of a device that failed its known answer do not count",
                );
            }
        }
        Ok(())
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
fn numbers(showing: &Showing) -> [(&'static str, Option<f64>); 19] {
    [
        ("planned_onset_ms", showing.planned_onset_ms),
        ("actual_onset_ms", showing.actual_onset_ms),
        ("planned_offset_ms", showing.planned_offset_ms),
        ("actual_offset_ms", showing.actual_offset_ms),
        ("onset_callback_late_ms", showing.onset_callback_late_ms),
        ("offset_callback_late_ms", showing.offset_callback_late_ms),
        ("longest_gap_ms", showing.longest_gap_ms),
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
