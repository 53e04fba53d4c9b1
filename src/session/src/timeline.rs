//! The steps of a session, in order. A study is a list of steps; the trial runner is one of them.

/// One step. A new kind of step is a variant here, a screen in the page, and a rule in [`Timeline::new`]
/// about where it may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// What the study asks, how long it takes, and that one may stop. To go on is to consent.
    Consent,
    /// Practice, then the blocks of trials with their breaks, run by [`crate::TrialRunner`]. Opens the
    /// session.
    Trials,
    /// Whether everything is saved, the completion code, and how to withdraw.
    Ending,
}

impl Step {
    /// The step needs an open session with its plan, its first pictures and a measured display.
    pub fn needs_preparation(self) -> bool {
        self == Self::Trials
    }
}

/// Why these steps are no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimelineError {
    /// Nobody may be tested without consent.
    #[error("the steps begin without `consent`: put it before everything that is recorded")]
    NoConsent,
    /// Nothing is recorded.
    #[error("the steps need `trials` exactly once")]
    Trials,
    /// A participant would be left alone.
    #[error("the steps need `ending` once, as the last one")]
    Ending,
}

/// The steps of a session and where the participant is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    steps: Vec<Step>,
    at: usize,
}

impl Default for Timeline {
    /// What every study of format version 1 has.
    fn default() -> Self {
        Self { steps: vec![Step::Consent, Step::Trials, Step::Ending], at: 0 }
    }
}

impl Timeline {
    /// Checks the steps of a study.
    ///
    /// # Errors
    /// When no session could be made of them.
    pub fn new(steps: Vec<Step>) -> Result<Self, TimelineError> {
        let count = |wanted| steps.iter().filter(|step| **step == wanted).count();
        if steps.first() != Some(&Step::Consent) || count(Step::Consent) != 1 {
            return Err(TimelineError::NoConsent);
        }
        if count(Step::Trials) != 1 {
            return Err(TimelineError::Trials);
        }
        if steps.last() != Some(&Step::Ending) || count(Step::Ending) != 1 {
            return Err(TimelineError::Ending);
        }
        Ok(Self { steps, at: 0 })
    }

    /// Where the participant is.
    pub fn step(&self) -> Step {
        self.steps[self.at]
    }

    /// To the next step; stays at the last one.
    pub fn advance(&mut self) -> Step {
        self.at = (self.at + 1).min(self.steps.len() - 1);
        self.step()
    }

    /// To the step of this kind, as after a reload; false if there is none.
    pub fn go_to(&mut self, step: Step) -> bool {
        let place = self.steps.iter().position(|other| *other == step);
        self.at = place.unwrap_or(self.at);
        place.is_some()
    }

    /// Steps in all, and how many are over.
    pub fn progress(&self) -> (usize, usize) {
        (self.at, self.steps.len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn steps_are_taken_in_order_and_the_last_one_stays() {
        let mut timeline = Timeline::default();
        assert_eq!(timeline.step(), Step::Consent);
        assert_eq!([timeline.advance(), timeline.advance()], [Step::Trials, Step::Ending]);
        assert_eq!(timeline.advance(), Step::Ending);
        assert!(timeline.go_to(Step::Trials));
        assert_eq!(timeline.progress(), (1, 3));
    }

    #[test]
    fn steps_that_are_no_session_are_refused() {
        use Step::*;
        assert_eq!(Timeline::new(vec![Trials, Ending]), Err(TimelineError::NoConsent));
        assert_eq!(Timeline::new(vec![Consent, Ending]), Err(TimelineError::Trials));
        assert_eq!(Timeline::new(vec![Consent, Trials, Trials, Ending]), Err(TimelineError::Trials));
        assert_eq!(Timeline::new(vec![Consent, Trials]), Err(TimelineError::Ending));
        assert_eq!(Timeline::new(vec![Consent, Trials, Ending]).unwrap(), Timeline::default());
    }
}
