//! Scores a row: what only the trial set with its answers tells.

use gestalt_types::{FieldError, Name, Slot};

use crate::row::{Outcome, Row};
use crate::trial_set::{Trial, TrialSet};

impl Row {
    /// Fills in the right choice, whether the answer is correct, the source picture and the scale.
    ///
    /// An answer that is not `answered` is never correct or wrong: it stays null.
    ///
    /// # Errors
    /// When the set has no such trial, or the row shows other images.
    pub fn score(&mut self, set: &TrialSet) -> Result<(), FieldError> {
        let Some(trial) = set.trial(&self.trial) else {
            return Err(FieldError::new(
                "trial",
                format!("`{}` is not in trial set `{}`", self.trial, set.name()),
            ));
        };
        self.score_as(set, trial)
    }

    /// As [`Row::score`], for the trial of the set that has the row's id.
    pub fn score_as(&mut self, set: &TrialSet, trial: &Trial) -> Result<(), FieldError> {
        let (mut listed, mut shown) = (trial.images.to_vec(), self.shown.clone());
        listed.sort();
        shown.sort();
        if listed != shown {
            return Err(FieldError::new(
                "shown",
                format!("these are not the images of trial `{}`", trial.id),
            ));
        }
        let intact = &trial.images[trial.intact.index()];
        let place = self.shown.iter().position(|hash| hash == intact);
        self.target = place.and_then(Slot::from_index).map(Name::from);
        self.correct = match self.outcome {
            Outcome::Answered => Some(self.chosen == self.target),
            _ => None,
        };
        self.item = Some(trial.item());
        self.scale_px = set.made().scale_px_of(&trial.condition).map(f64::from);
        Ok(())
    }

    /// Takes out what only the trial set tells: the row as its observer made it.
    pub fn forget_score(&mut self) {
        (self.target, self.correct, self.item) = (None, None, None);
        (self.scale_px, self.received_at) = (None, None);
    }
}
