//! The steps of a session, in order. A study is a list of steps; the trial runner is one of them.

use gestalt_protocol::Study;
use gestalt_protocol::study::{Completion, Step};

/// The steps that a participant goes through, and where they are. There is at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Each with its place in the study file.
    steps: Vec<(u32, Step)>,
    at: usize,
}

impl Timeline {
    /// The steps of a study. Practice is a part of the trials here: the trial runner shows it as its first
    /// block. The last step is always the completion.
    pub fn of(study: &Study) -> Self {
        let all = (0..).zip(study.steps.iter().cloned());
        let mut steps: Vec<(u32, Step)> =
            all.filter(|(_, step)| !matches!(step, Step::Practice(_))).collect();
        if !matches!(steps.last(), Some((_, Step::Completion(_)))) {
            steps.push((study.steps.len() as u32, Step::Completion(Completion::default())));
        }
        Self { steps, at: 0 }
    }

    /// The steps before a study is open: only the completion.
    pub(crate) fn unknown() -> Self {
        Self { steps: vec![(0, Step::Completion(Completion::default()))], at: 0 }
    }

    /// Where the participant is.
    pub fn step(&self) -> &Step {
        &self.steps[self.at].1
    }

    /// The step at this place, and its place in the study file.
    pub fn get(&self, place: usize) -> Option<&(u32, Step)> {
        self.steps.get(place)
    }

    /// The participant's place among the steps, and their number.
    pub fn progress(&self) -> (usize, usize) {
        (self.at, self.steps.len())
    }

    /// The trials come next.
    pub fn trials_are_next(&self) -> bool {
        matches!(self.steps.get(self.at + 1), Some((_, Step::TrialsStep(_))))
    }

    /// To the next step; stays at the last one.
    pub(crate) fn advance(&mut self) {
        self.go_to(self.at + 1);
    }

    /// To the step at this place, as after a reload; at most to the last one.
    pub(crate) fn go_to(&mut self, place: usize) {
        self.at = place.min(self.steps.len() - 1);
    }

    /// The place of the first step that is one of these; the last step where there is none.
    pub(crate) fn place_of(&self, is_one: impl Fn(&Step) -> bool) -> usize {
        self.steps.iter().position(|(_, step)| is_one(step)).unwrap_or(self.steps.len() - 1)
    }

    /// The place of the trials.
    pub(crate) fn trials(&self) -> usize {
        self.place_of(|step| matches!(step, Step::TrialsStep(_)))
    }
}
