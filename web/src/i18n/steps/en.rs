//! The texts of the steps in English.

use super::StepsTexts;

pub const ENGLISH: StepsTexts = StepsTexts {
    progress: |place, steps| format!("Step {place} of {steps}"),
    continue_: "Continue",
    language: "Language",
    not_translated: "This text is not available in your language. You see the original.",
    agree: "I agree and take part",
    decline: "I do not agree",
    left_title: "You are not taking part",
    left_no_consent: "You did not agree, so nothing was recorded. Thank you for your time.",
    left_screened_out: "This study does not work on your device, so nothing was recorded. Thank you for your time.",
    left_taken_before: "You have taken part in this study already. Here is your code again.",
    your_code: "Your code:",
    back_to_panel: "Back to the site that sent you here",
    screening_title: "Does your device fit?",
    screening_checks: "Checking your device",
    screening_fits: "Your device fits.",
    screening_lacks: "Something is missing:",
    device_needed: |devices| format!("This study needs another device: {devices}. Open its link there."),
    device_names: ["a computer", "a tablet", "a phone"],
    viewport_needed: |[width, height], [now_width, now_height]| {
        format!(
            "The window has to be at least {width} × {height} pixels; it is {now_width} × {now_height}. Make it \
             larger, zoom out, or turn the device."
        )
    },
    refresh_needed: |needed, now| {
        format!(
            "The display has to refresh at least {needed:.0} times a second; it does so {now:.0} times. Plug in \
             the charger, close other programs, and keep this window in front."
        )
    },
    browser_needed: |browsers| {
        format!("This study needs one of these browsers: {browsers}. Open its link there.")
    },
    check_again: "Check again",
    cannot_take_part: "I cannot change that",
    calibration_title: "The size of your screen",
    card_text: "Hold a bank card, or any card of that size, against the screen. Move the slider until the frame \
                is exactly as large as the card.",
    card_width: "Width of the frame",
    distance_ask: "How far are your eyes from the screen? Measure it, or estimate: an arm's length is about 60 cm.",
    distance_cm: "Distance in centimetres",
    distance_wrong: "A distance from 20 to 300 centimetres is needed.",
    blind_spot_text: "Now your distance from the screen. Close your right eye. Look at the square with your \
                      left eye and do not look away from it. A red dot moves to the left: press the space bar, \
                      or tap, as soon as it disappears.",
    blind_spot_start: "Start the dot",
    blind_spot_press: "It has disappeared",
    blind_spot_round: |done, rounds| format!("{done} of {rounds}"),
    blind_spot_again: "The dot reached the edge. Close your right eye, keep looking at the square, and try once more.",
    instructions_title: "What to do",
    example: "An example of how it goes",
    quiz_title: "Is it clear?",
    quiz_wrong: "Not every answer is right yet. Read the note and answer again.",
    questionnaire_title: "Some questions",
    required: "required",
    answer_missing: "Please answer this question.",
    number_needed: "A number is needed.",
    whole_number_needed: "A whole number is needed.",
    number_range: |least, most| match (least, most) {
        (Some(least), Some(most)) => format!("A number from {least} to {most} is needed."),
        (Some(least), None) => format!("At least {least} is needed."),
        (None, Some(most)) => format!("At most {most} is needed."),
        (None, None) => String::new(),
    },
    too_long: |most| format!("At most {most} characters are possible."),
    mend_answers: "Some answers are missing or do not fit. They are marked below.",
    models_title: "Try it with a computer model",
    models_text: "Computer models can take the same trials in your browser. You may try that now, or continue.",
    models_open: "Open the models in a new tab",
    debrief_title: "What this was about",
    debrief_text: "We compare how people and computer models recognise whole pictures. Thank you for taking part.",
    score_waits: "Your result appears here as soon as your answers are saved.",
    score: |correct, answers| format!("You found the right picture in {correct} of {answers} trials."),
    score_kept: "This study does not tell the right answers while it is running.",
    records_wait: "Your answers to the questions are being saved. Leave this page open.",
    elsewhere_title: "This study is open in another tab",
    elsewhere_text: "It runs in one tab at a time. You can go on in the other tab, or go on here: then the \
                     other tab stops.",
    take_over: "Go on here",
    taken_over: "You have gone on with this study in another tab. You can close this one.",
    withdraw: "Withdraw",
    withdraw_question: "Stop here and delete all my answers?",
    withdraw_yes: "Yes, delete them",
    withdraw_no: "No",
    submit_assignment: "Submit the assignment",
    left_not_resumed: "You left this study during the trials. It has to be taken in one go, so it cannot be \
                       continued. Please tell those who run it.",
    withdraw_title: "Withdraw from a study",
    withdraw_lead: "Enter the private receipt that you were shown at the end. Your answers are then deleted; \
                    you keep your code.",
    withdraw_receipt: "Private receipt",
    withdraw_now: "Delete my answers",
    withdraw_done: "Your answers were deleted. Thank you for your time.",
    withdraw_later: "Later, you can withdraw with it at ",
};
