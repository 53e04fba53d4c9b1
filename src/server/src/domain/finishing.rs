//! Whether a session is complete, and if it is not, what is missing.

use std::collections::{BTreeMap, HashSet};

use gestalt_types::Name;

use super::error::Error;
use crate::store::StoredPlace;

/// The most missing indices that one answer lists.
const MISSING_LISTED: usize = 1000;

/// What a session has to have before there is a code.
pub(super) struct Needed<'a> {
    /// The rows that its client says it has, indices 0 to `rows` − 1.
    pub(super) rows: u32,
    /// The trials that have to be over.
    pub(super) required: Vec<&'a Name>,
    /// Trials that may be shown again without an interruption: practice, where the study repeats it.
    pub(super) repeated: HashSet<&'a str>,
    /// The share of them that has to be answered.
    pub(super) minimum_answered: f64,
}

impl Needed<'_> {
    /// Judges the stored rows.
    pub(super) fn judge(&self, stored: &[StoredPlace]) -> Result<(), Error> {
        let rows = self.rows;
        let last = stored.iter().map(|place| place.index).max();
        if let Some(last) = last.filter(|&last| last >= u64::from(rows)) {
            let stored = last + 1;
            return Err(Error::Conflict(format!(
                "the session has {stored} rows, not {rows}: finish it with that number"
            )));
        }
        let indices: HashSet<u64> = stored.iter().map(|place| place.index).collect();
        let missing = (0..rows).filter(|&index| !indices.contains(&u64::from(index)));
        let missing: Vec<u32> = missing.take(MISSING_LISTED).collect();
        if !missing.is_empty() {
            return Err(Error::Missing(missing));
        }
        once_each(stored, &self.repeated)?;
        self.judge_trials(stored)
    }

    fn judge_trials(&self, stored: &[StoredPlace]) -> Result<(), Error> {
        let trials = |wanted: fn(&StoredPlace) -> bool| {
            let places = stored.iter().filter(move |place| wanted(place));
            places.filter_map(|place| place.trial.as_deref()).collect::<HashSet<&str>>()
        };
        let (over, answered) = (trials(|place| place.ends_trial), trials(|place| place.answered));
        let open = self.required.iter().filter(|trial| !over.contains(trial.as_str())).count();
        if open > 0 {
            return Err(Error::Conflict(format!(
                "{open} trials of the session have no answer yet: continue it, there is no code before its end"
            )));
        }
        let needed = (self.required.len() as f64 * self.minimum_answered).ceil() as usize;
        if answered.len() < needed {
            return Err(Error::Conflict(format!(
                "{} trials were answered, the study asks for {needed}: the rows are kept, there is no code for them",
                answered.len()
            )));
        }
        Ok(())
    }
}

/// A trial comes again only after it was interrupted: its last showing ends it, and no other does.
fn once_each(stored: &[StoredPlace], repeated: &HashSet<&str>) -> Result<(), Error> {
    let mut showings: BTreeMap<&str, Vec<(u64, bool)>> = BTreeMap::new();
    for place in stored {
        if let (Some(trial), Some(repeat)) = (&place.trial, place.repeat) {
            showings.entry(trial).or_default().push((repeat, place.ends_trial));
        }
    }
    for (trial, mut showings) in showings {
        showings.sort_unstable();
        let again = showings.iter().rev().skip(1).any(|(_, ends_trial)| *ends_trial);
        let again = again && !repeated.contains(trial);
        if again || (0..).zip(&showings).any(|(expected, (repeat, _))| expected != *repeat) {
            return Err(Error::Conflict(format!(
                "trial `{trial}` was shown again without an interruption, or a showing of it is missing: the rows are \
                 kept, there is no code for them"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn place(index: u64, trial: &str, outcome: &str) -> StoredPlace {
        let (ends_trial, answered) = (outcome != "interrupted", outcome == "answered");
        StoredPlace { index, trial: Some(trial.into()), repeat: None, ends_trial, answered }
    }

    #[test]
    fn a_trial_is_shown_again_only_after_an_interruption() {
        let shown = |showings: &[(u64, &str)]| {
            let place =
                |&(repeat, outcome)| StoredPlace { repeat: Some(repeat), ..place(repeat, "a", outcome) };
            let stored = showings.iter().map(place).collect::<Vec<_>>();
            let is_practice = HashSet::from(["a"]);
            (once_each(&stored, &HashSet::new()).is_ok(), once_each(&stored, &is_practice).is_ok())
        };
        assert_eq!(shown(&[(1, "answered"), (0, "interrupted")]), (true, true));
        assert_eq!(shown(&[(0, "missed")]), (true, true));
        assert_eq!(shown(&[(0, "answered"), (1, "answered")]), (false, true), "only practice comes again");
        assert_eq!(shown(&[(1, "answered")]), (false, false));
    }

    #[test]
    fn a_gap_an_extra_row_an_open_trial_and_too_few_answers_withhold_the_code() {
        let planned = ["a", "b"].map(|name| Name::new(name).unwrap());
        let judge = |rows, stored: &[StoredPlace]| {
            let required = planned.iter().collect();
            Needed { rows, required, repeated: HashSet::new(), minimum_answered: 0.5 }.judge(stored)
        };
        let conflict = |judged: Result<(), Error>, word: &str| {
            assert!(matches!(&judged, Err(Error::Conflict(why)) if why.contains(word)), "{judged:?}");
        };
        let whole = [place(0, "a", "interrupted"), place(1, "b", "missed"), place(2, "a", "answered")];
        assert!(judge(3, &whole).is_ok());
        assert!(matches!(judge(4, &whole), Err(Error::Missing(indices)) if indices == [3]));
        conflict(judge(2, &whole), "3 rows");
        conflict(judge(2, &whole[..2]), "1 trials");
        conflict(judge(2, &[place(0, "a", "missed"), place(1, "b", "missed")]), "asks for 1");
    }
}
