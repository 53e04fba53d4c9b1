//! The texts of the page on which models take the test.

/// See [`super::Texts::models`].
pub struct ModelsTexts {
    pub title: &'static str,
    pub lead: &'static str,
    pub settings: &'static str,
    pub rule: &'static str,
    pub rule_mean_distance: &'static str,
    pub rule_odd_pair: &'static str,
    pub trials: &'static str,
    pub run: &'static str,
    pub cancel: &'static str,
    pub compare: &'static str,
    /// Size in MB.
    pub size: fn(f64) -> String,
    pub waits: &'static str,
    /// Number of the trial, number of trials.
    pub trial: fn(usize, usize) -> String,
    /// Seconds left.
    pub seconds_left: fn(f64) -> String,
    /// Minutes left.
    pub minutes_left: fn(f64) -> String,
    /// Trials, milliseconds per trial.
    pub done: fn(usize, f64) -> String,
    /// Why.
    pub stopped: fn(&str) -> String,
    pub no_answers: &'static str,
    /// Number of answers.
    pub answers_kept: fn(usize) -> String,
    /// Number of workers.
    pub workers: fn(usize) -> String,
    /// Devices with their times.
    pub timed: fn(&str) -> String,
    /// Device, workers, cosine, times.
    pub runs: fn(&str, &str, f64, &str) -> String,
    /// Device.
    pub device_not_used: fn(&str) -> String,
    pub details: &'static str,
    pub starting_worker: &'static str,
    pub starting_workers: &'static str,
    /// Size in MB.
    pub downloading: fn(f64) -> String,
    /// The error.
    pub choose_cpu: fn(&str) -> String,
}

pub const ENGLISH: ModelsTexts = ModelsTexts {
    title: "Let the models take it",
    lead: "A model sees the same three pictures and picks the one whose features differ most from the others. \
           It runs here, in your browser: no picture is sent away.",
    settings: "Settings",
    rule: "Decision rule",
    rule_mean_distance: "largest mean distance",
    rule_odd_pair: "outside the most similar pair",
    trials: "Trials",
    run: "Run the chosen models",
    cancel: "Cancel",
    compare: "Compare",
    size: |mb| format!(" · {mb:.1} MB"),
    waits: "waits for its turn",
    trial: |trial, total| format!("trial {trial} of {total}"),
    seconds_left: |seconds| format!(", about {seconds} s left"),
    minutes_left: |minutes| format!(", about {minutes} min left"),
    done: |rows, trial_ms| format!("Done: {rows} trials, {trial_ms:.0} ms each."),
    stopped: |why| format!("Stopped: {why}"),
    no_answers: "It gave no answers.",
    answers_kept: |rows| format!("Its {rows} answers before that are kept."),
    workers: |workers| format!(", {workers} workers"),
    timed: |times| format!(" Time for one picture: {times}."),
    runs: |device, workers, cosine, timed| {
        format!("Runs on the {device}{workers}. Reference output reproduced, cosine {cosine:.5}.{timed}")
    },
    device_not_used: |device| format!("The {device} is not used here."),
    details: "Details",
    starting_worker: "starting the worker",
    starting_workers: "starting more workers",
    downloading: |mb| format!("downloading {mb:.1} MB"),
    choose_cpu: |why| format!("{why}. If it happens again, choose the CPU as the device."),
};
