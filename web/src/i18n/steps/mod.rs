//! The texts of the steps of a study, in every language.

mod de;
mod en;
mod es;
mod fr;
mod zh;

pub use de::GERMAN;
pub use en::ENGLISH;
pub use es::SPANISH;
pub use fr::FRENCH;
pub use zh::CHINESE;

/// See [`super::Texts::steps`].
pub struct StepsTexts {
    /// Place of the step, number of steps.
    pub progress: fn(usize, usize) -> String,
    pub continue_: &'static str,
    pub language: &'static str,
    pub not_translated: &'static str,
    pub agree: &'static str,
    pub decline: &'static str,
    pub left_title: &'static str,
    pub left_no_consent: &'static str,
    pub left_screened_out: &'static str,
    pub left_taken_before: &'static str,
    pub left_not_resumed: &'static str,
    pub your_code: &'static str,
    pub back_to_panel: &'static str,
    pub screening_title: &'static str,
    pub screening_checks: &'static str,
    pub screening_fits: &'static str,
    pub screening_lacks: &'static str,
    /// Allowed devices, listed.
    pub device_needed: fn(&str) -> String,
    /// Computer, tablet, phone.
    pub device_names: [&'static str; 3],
    /// Width and height needed, width and height now, in CSS pixels.
    pub viewport_needed: fn([u32; 2], [u32; 2]) -> String,
    /// Refresh rate needed and measured, in Hz.
    pub refresh_needed: fn(f64, f64) -> String,
    /// Allowed browsers, listed.
    pub browser_needed: fn(&str) -> String,
    pub check_again: &'static str,
    pub cannot_take_part: &'static str,
    pub calibration_title: &'static str,
    pub card_text: &'static str,
    pub card_width: &'static str,
    pub distance_ask: &'static str,
    pub distance_cm: &'static str,
    pub distance_wrong: &'static str,
    pub blind_spot_text: &'static str,
    pub blind_spot_start: &'static str,
    pub blind_spot_press: &'static str,
    /// Rounds done, number of rounds.
    pub blind_spot_round: fn(usize, usize) -> String,
    pub blind_spot_again: &'static str,
    pub instructions_title: &'static str,
    pub example: &'static str,
    pub quiz_title: &'static str,
    pub quiz_wrong: &'static str,
    pub questionnaire_title: &'static str,
    pub required: &'static str,
    pub answer_missing: &'static str,
    pub number_needed: &'static str,
    pub whole_number_needed: &'static str,
    /// Smallest and largest number.
    pub number_range: fn(Option<f64>, Option<f64>) -> String,
    /// Largest number of characters.
    pub too_long: fn(u32) -> String,
    pub mend_answers: &'static str,
    pub models_title: &'static str,
    pub models_text: &'static str,
    pub models_open: &'static str,
    pub debrief_title: &'static str,
    pub debrief_text: &'static str,
    pub score_waits: &'static str,
    /// Number correct, number of answers.
    pub score: fn(usize, usize) -> String,
    pub score_kept: &'static str,
    pub records_wait: &'static str,
    pub elsewhere_title: &'static str,
    pub elsewhere_text: &'static str,
    pub take_over: &'static str,
    pub taken_over: &'static str,
    pub withdraw: &'static str,
    pub withdraw_question: &'static str,
    pub withdraw_yes: &'static str,
    pub withdraw_no: &'static str,
    pub submit_assignment: &'static str,
    pub withdraw_title: &'static str,
    pub withdraw_lead: &'static str,
    pub withdraw_receipt: &'static str,
    pub withdraw_now: &'static str,
    pub withdraw_done: &'static str,
    pub withdraw_later: &'static str,
}
