//! How many trials a session will have and how long it takes, before its plan is drawn.

use gestalt_protocol::Study;
use gestalt_protocol::api::TrialCounts;

use crate::plan::practice_trials;

/// Seconds that a trial takes on average: interval, exposure, and an answer soon after it.
const TRIAL_S: f64 = 1.8;

/// What a participant is told beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline {
    /// Trials in all, practice and catch trials included.
    pub trials: usize,
    /// Minutes, rounded up.
    pub minutes: u32,
}

impl Outline {
    /// The outline of every session of this study.
    pub fn of(study: &Study, in_set: TrialCounts) -> Self {
        let tests = study.trials.per_session.map_or(in_set.test, |most| in_set.test.min(most as usize));
        let catches = study.trials.catch.of(tests).min(in_set.catch);
        let practice = practice_trials(study, in_set.practice);
        let trials = practice + tests + catches;
        Self { trials, minutes: (trials as f64 * TRIAL_S / 60.0).ceil() as u32 }
    }
}
