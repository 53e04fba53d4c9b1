//! The texts of the test, in every language: trials, breaks, ending.

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

/// See [`super::Texts::study`].
pub struct StudyTexts {
    pub opening: &'static str,
    /// Exposure duration in seconds.
    pub lead: fn(f64) -> String,
    pub keys_before: &'static str,
    pub keys_after: &'static str,
    /// End of the response window in seconds.
    pub how_soon: fn(f64) -> String,
    /// Number of trials, minutes.
    pub how_long: fn(usize, u32) -> String,
    pub no_feedback: &'static str,
    pub kept_by_server: &'static str,
    pub kept_in_browser: &'static str,
    pub fill_screen: &'static str,
    pub start: &'static str,
    pub resume_title: &'static str,
    pub resume_text: &'static str,
    pub resume: &'static str,
    pub start_anew: &'static str,
    pub one_moment: &'static str,
    pub opening_session: &'static str,
    /// Number ready, number needed.
    pub loading_pictures: fn(usize, usize) -> String,
    pub measuring_display: &'static str,
    pub no_refresh_rate: &'static str,
    pub picture_failed: &'static str,
    pub cannot_resume: &'static str,
    pub closing: &'static str,
    pub prompt_whole: &'static str,
    pub prompt_different: &'static str,
    pub not_stored: &'static str,
    pub window_too_small: fn([u32; 2], [u32; 2]) -> String,
    pub too_late: &'static str,
    pub right: &'static str,
    pub wrong: &'static str,
    pub trials_done: &'static str,
    pub pause: &'static str,
    pub practice_title: &'static str,
    pub practice_text: &'static str,
    pub practice_again: &'static str,
    pub ready_title: &'static str,
    pub ready_text: &'static str,
    pub break_title: &'static str,
    /// Number done, number of trials.
    pub break_text: fn(usize, usize) -> String,
    pub pause_title: &'static str,
    pub pause_comes_again: &'static str,
    pub pause_is_over: &'static str,
    pub next_pictures: fn(usize) -> String,
    pub continue_: &'static str,
    pub space_key: &'static str,
    pub fill_screen_now: &'static str,
    pub thanks: &'static str,
    pub compare: &'static str,
    pub save_ndjson: &'static str,
    pub save_csv: &'static str,
    pub take_again: &'static str,
    /// Number of answers.
    pub all_kept: fn(u32) -> String,
    /// Number of answers.
    pub all_saved: fn(u32) -> String,
    pub your_code: &'static str,
    pub your_receipt: &'static str,
    /// Number of answers.
    pub refused_count: fn(usize) -> String,
    /// Index of the answer, reason.
    pub refused_answer: fn(u32, &str) -> String,
    pub refused: &'static str,
    pub saving: &'static str,
    /// Number waiting, number of answers.
    pub waiting: fn(usize, u32) -> String,
    pub try_again: &'static str,
    pub withdrawn_title: &'static str,
    pub withdrawn_text: &'static str,
    pub stopped_title: &'static str,
    pub stopped_text: &'static str,
}
