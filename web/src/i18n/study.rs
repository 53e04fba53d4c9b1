//! The texts of the test: consent, trials, breaks, ending.

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
    pub trials_done: &'static str,
    pub pause: &'static str,
    pub practice_title: &'static str,
    pub practice_text: &'static str,
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

pub const ENGLISH: StudyTexts = StudyTexts {
    opening: "Opening the study",
    lead: |seconds| {
        format!(
            "Three pictures appear side by side for {seconds} seconds. One shows a whole thing. \
             The other two are made of the same pieces, put together wrongly. Say which one is whole."
        )
    },
    keys_before: "Press ",
    keys_after: ", or click or tap the place where it was.",
    how_soon: |seconds| {
        format!(
            "Answer as soon as you know; after {seconds} seconds it is too late. If you are unsure, guess."
        )
    },
    how_long: |trials, minutes| match minutes {
        0 | 1 => format!("{trials} trials, about a minute, with practice first and breaks between."),
        minutes => {
            format!("{trials} trials, about {minutes} minutes, with practice first and breaks between.")
        }
    },
    no_feedback: "You are not told whether an answer was right until the end.",
    kept_by_server: "Your answers are stored under a made-up name. You can withdraw at any break and at the end; \
                     your answers are then deleted.",
    kept_in_browser: "This copy of the site has no server: your answers stay in this browser, and you can save \
                      them as a file.",
    fill_screen: "Fill the screen (recommended: nothing else distracts)",
    start: "Start",
    resume_title: "You have begun this test",
    resume_text: "Your answers so far are kept in this browser. You can go on where you stopped.",
    resume: "Go on",
    start_anew: "Begin again",
    one_moment: "One moment",
    opening_session: "Opening your session",
    loading_pictures: |ready, count| format!("Loading the pictures: {ready} of {count}"),
    measuring_display: "Measuring the display",
    no_refresh_rate: "The display's refresh rate could not be measured. Bring this window to the front, close \
                      heavy programs and start again.",
    picture_failed: "Pictures could not be decoded, several times in a row. Close other tabs and programs, then \
                     reload the page.",
    cannot_resume: "The session of this browser does not fit the study any more. Reload the page and begin again.",
    closing: "Saving your answers",
    prompt_whole: "Which one is whole?",
    prompt_different: "Which one is different?",
    not_stored: "This browser stores nothing for this site. Each answer is sent to the study at once instead: \
                 stay online, and keep this page open \
                 until it says that all is saved. What was not sent when the page is closed is lost.",
    window_too_small: |[width, height], [now_width, now_height]| {
        format!(
            "This study needs a window of at least {width} by {height} pixels; this one has {now_width} by \
             {now_height}. \
             Make it larger, turn the device, or zoom out."
        )
    },
    too_late: "Too late",
    trials_done: "Trials done",
    pause: "Pause",
    practice_title: "Practice",
    practice_text: "A few trials to get used to it. They do not count.",
    ready_title: "Ready",
    ready_text: "From now on it counts. Look at the middle, keep your fingers on 1, 2 and 3.",
    break_title: "Break",
    break_text: |done, total| {
        format!("{done} of {total} trials are done. Rest your eyes for as long as you like.")
    },
    pause_title: "Paused",
    pause_comes_again: "This trial comes again at the end of the block. Nothing is lost.",
    pause_is_over: "You have seen these pictures, so they do not come again. Go on with the next ones when you \
                    are ready.",
    next_pictures: |missing| format!("Loading the next pictures: {missing} to come"),
    continue_: "Continue",
    space_key: "space",
    fill_screen_now: "Fill the screen",
    thanks: "Thank you",
    compare: "Compare with the models",
    save_ndjson: "Save my answers (NDJSON)",
    save_csv: "Save my answers (CSV)",
    take_again: "Take the test again",
    all_kept: |rows| {
        format!("All {rows} answers are kept in this browser. Save them as a file to hand them on.")
    },
    all_saved: |rows| format!("All {rows} answers are saved."),
    your_code: "Your completion code: ",
    your_receipt: "Your private receipt. Keep it if you may want to withdraw later, without this browser: ",
    refused_count: |count| format!("{count} answers were refused"),
    refused_answer: |index, reason| format!("answer {index}: {reason}"),
    refused: "The server did not accept everything. Nothing is lost: save the file below and send it to those \
              who run the study.",
    saving: "Saving your answers …",
    waiting: |waiting, rows| {
        format!(
            "Your answers are kept in this browser; {waiting} of {rows} are waiting to be sent. \
             Leave this page open, or come back with this browser later."
        )
    },
    try_again: "Try again now",
    withdrawn_title: "You have withdrawn",
    withdrawn_text: "Your answers were deleted. Thank you for your time.",
    stopped_title: "This study cannot run",
    stopped_text: "Answers that you gave before are kept. Reload the page to try again.",
};
