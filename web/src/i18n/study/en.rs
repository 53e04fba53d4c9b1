//! The texts of the test in English.

use super::StudyTexts;

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
    right: "Right",
    wrong: "Not that one",
    trials_done: "Trials done",
    pause: "Pause",
    practice_title: "Practice",
    practice_text: "A few trials to get used to it. They do not count.",
    practice_again: "That is not easy at first. Practise the same trials once more; they do not count either.",
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
