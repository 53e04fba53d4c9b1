//! Practice: which answers were right, and whether it comes again for those who have not understood yet.

use std::collections::BTreeMap;

use gestalt_protocol::study::Practice;
use gestalt_protocol::{Outcome, PresentedTrial};
use gestalt_types::{Name, Sha256};

use crate::plan::Plan;

/// How practice goes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Practising {
    rule: Practice,
    targets: BTreeMap<Name, Sha256>,
    /// The practice trials, each with the number of times that it was shown.
    trials: Vec<(PresentedTrial, u32)>,
    /// Trials of this round that are over, and those that were right.
    over: usize,
    right: usize,
    rounds: u32,
}

impl Practising {
    pub fn new(plan: &Plan, rule: Option<Practice>) -> Self {
        let trials = plan.blocks().first().into_iter().flatten().map(|trial| (trial.clone(), 0)).collect();
        let targets = plan.practice_targets().clone();
        Self { rule: rule.unwrap_or_default(), targets, trials, ..Self::default() }
    }

    /// Whether this answer is right; none where it is not known.
    pub fn is_right(&self, trial: &Name, chosen: Option<&Sha256>) -> Option<bool> {
        self.targets.get(trial).map(|target| chosen == Some(target))
    }

    /// A presentation of practice ended.
    pub fn note(&mut self, trial: &PresentedTrial, repeat: u32, outcome: Outcome, chosen: Option<&Sha256>) {
        let is_right = self.is_right(&trial.id, chosen) == Some(true);
        if let Some((_, shown)) = self.trials.iter_mut().find(|(one, _)| one.id == trial.id) {
            *shown = repeat + 1;
        }
        if outcome != Outcome::Interrupted {
            self.over += 1;
            self.right += usize::from(is_right);
        }
    }

    /// The trials of another round with their repeats, once a round is over in which too few were right;
    /// then that round begins.
    pub fn again(&mut self) -> Option<Vec<(PresentedTrial, u32)>> {
        let (over, right) = (std::mem::take(&mut self.over), std::mem::take(&mut self.right));
        let share = (over > 0).then(|| right as f64 / over as f64)?;
        let is_too_few = self.rule.repeat_below.is_some_and(|least| share < least);
        if !is_too_few || self.targets.is_empty() || self.rounds >= self.rule.most_repeats {
            return None;
        }
        self.rounds += 1;
        Some(self.trials.clone())
    }
}
