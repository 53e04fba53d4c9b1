//! The texts of the page that compares people and models.

/// See [`super::Texts::compare`].
pub struct CompareTexts {
    pub title: &'static str,
    pub reading: &'static str,
    pub empty: &'static str,
    pub download_ndjson: &'static str,
    pub download_csv: &'static str,
    pub caveats: &'static str,
    pub more_observers: &'static str,
    pub open_logs: &'static str,
    /// Name of the file.
    pub unreadable: fn(&str) -> String,
    /// Number of sessions.
    pub unfinished: fn(usize) -> String,
    /// Name of the file, number of bad lines, first of them, its error.
    pub bad_lines: fn(&str, usize, usize, &str) -> String,
    /// Name of the file, number of rows.
    pub unscored: fn(&str, usize) -> String,
    pub person: &'static str,
    pub model: &'static str,
    pub simulated: &'static str,
    /// Number correct, number of trials.
    pub catch: fn(u64, u64) -> String,
    pub wholeness: &'static str,
    /// The study, the scale in px, the difference, the observer of the whole, its share, the best local-only
    /// observer, its share.
    pub whole_minus_local: fn(&str, Option<u32>, f64, &str, f64, &str, f64) -> String,
    pub solved_locally: &'static str,
    pub sees: &'static str,
    pub accuracy: &'static str,
    pub observer: &'static str,
    pub kind: &'static str,
    pub trials: &'static str,
    pub correct: &'static str,
    pub accuracy_interval: &'static str,
    pub no_choice: &'static str,
    pub catch_trials: &'static str,
    pub p_guessing: &'static str,
    pub by_category: &'static str,
    pub reaction_times: &'static str,
    pub no_correct_answers: &'static str,
    pub unknown_device: &'static str,
    /// Two quartiles in ms.
    pub quartiles: fn(f64, f64) -> String,
    pub device: &'static str,
    pub correct_answers: &'static str,
    pub median: &'static str,
    pub middle_half: &'static str,
    pub pairs: &'static str,
    pub pair: &'static str,
    pub difference: &'static str,
    pub p_mcnemar: &'static str,
    pub error_consistency: &'static str,
    pub by_trial: &'static str,
    pub category: &'static str,
    pub all_categories: &'static str,
    pub only_disagreements: &'static str,
    /// Number of trials.
    pub trial_count: fn(usize) -> String,
    /// Number of trials left.
    pub show_more: fn(usize) -> String,
    /// The category.
    pub intact_picture: fn(&str) -> String,
    pub distortion: &'static str,
    pub picture_missing: &'static str,
    pub intact: &'static str,
    pub too_late: &'static str,
    pub tie: &'static str,
    pub not_finite: &'static str,
    pub made_no_choice: &'static str,
}

pub const ENGLISH: CompareTexts = CompareTexts {
    title: "Compare",
    reading: "Reading the log",
    empty: "Nothing to compare yet. Take the test first, or let the models take it; then both appear here, side \
            by side.",
    download_ndjson: "Download the log (NDJSON)",
    download_csv: "Download the log (CSV)",
    caveats: "What these numbers mean",
    more_observers: "More observers",
    open_logs: "Logs from files (NDJSON, CSV, …): choose them, or drop them here",
    unreadable: |name| format!("{name} could not be read"),
    unfinished: |count| {
        format!(
            "Sessions in this browser that are not finished, or not saved yet: {count}. The server scores a \
             session once it is complete."
        )
    },
    bad_lines: |name, count, line, error| {
        format!("{name}: {count} lines are not rows; the first is line {line}: {error}")
    },
    unscored: |name, count| {
        format!(
            "{name}: {count} rows are not scored and were left out. Take the log from the server's export, or \
             from this page."
        )
    },
    person: "person",
    model: "model",
    simulated: "simulated person",
    catch: |hits, of| format!("{hits} of {of}"),
    wholeness: "What the trials measure",
    whole_minus_local: |study, scale_px, difference, whole, whole_share, local, local_share| {
        let kept = scale_px.map_or(String::new(), |px| format!(", structure up to {px} px kept"));
        format!(
            "Whole minus local-only: {difference:+.2} ({study}{kept}). {whole} is right in {whole_share:.2} of the trials, \
             {local} in {local_share:.2} at most. Chance is 0.33."
        )
    },
    solved_locally: "These trials can be solved without seeing the whole.",
    sees: "Every network that judged the set",
    accuracy: "Accuracy",
    observer: "Observer",
    kind: "Kind",
    trials: "Trials",
    correct: "Correct",
    accuracy_interval: "Accuracy [95 %]",
    no_choice: "No choice",
    catch_trials: "Catch",
    p_guessing: "p (guessing)",
    by_category: "By category",
    reaction_times: "Reaction times",
    no_correct_answers: "No correct answers yet",
    unknown_device: "unknown",
    quartiles: |low_ms, high_ms| format!("{low_ms:.0} to {high_ms:.0}"),
    device: "Device",
    correct_answers: "Correct answers",
    median: "Median in ms [95 %]",
    middle_half: "Middle half in ms",
    pairs: "Pairs, on the trials that both answered",
    pair: "Pair",
    difference: "Difference in accuracy [95 %]",
    p_mcnemar: "p (McNemar)",
    error_consistency: "Error consistency κ",
    by_trial: "Trial by trial",
    category: "Category",
    all_categories: "all",
    only_disagreements: "Only disagreements",
    trial_count: |count| format!("{count} trials"),
    show_more: |left| format!("Show more ({left} left)"),
    intact_picture: |category| format!("{category}, intact"),
    distortion: "distortion",
    picture_missing: "the picture is not on this site",
    intact: "intact",
    too_late: "too late",
    tie: "tie",
    not_finite: "not a finite number",
    made_no_choice: "no choice",
};
