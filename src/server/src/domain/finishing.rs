//! Whether a session is complete, and if it is not, what is missing.

use std::collections::HashSet;

use gestalt_types::Name;

use super::error::Error;
use crate::store::StoredPlace;

/// The most missing indices that one answer lists.
const MISSING_LISTED: usize = 1000;

/// Judges a session that claims `rows` rows, indices 0 to `rows` − 1, and has to answer or miss every planned trial.
pub(super) fn judge(rows: u32, planned: &[Name], stored: &[StoredPlace]) -> Result<(), Error> {
    if let Some(last) = stored.iter().map(|place| place.index).max().filter(|&last| last >= u64::from(rows)) {
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
    let ended = stored.iter().filter(|place| !place.interrupted);
    let ended: HashSet<&str> = ended.filter_map(|place| place.trial.as_deref()).collect();
    match planned.iter().filter(|trial| !ended.contains(trial.as_str())).count() {
        0 => Ok(()),
        open => Err(Error::Conflict(format!(
            "{open} trials of the session have no answer yet: continue it, there is no code before its end"
        ))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn place(index: u64, trial: &str, interrupted: bool) -> StoredPlace {
        StoredPlace { index, trial: Some(trial.into()), interrupted }
    }

    #[test]
    fn a_gap_an_extra_row_and_an_interrupted_trial_withhold_the_code() {
        let planned = ["a", "b"].map(|name| Name::new(name).unwrap());
        let whole = [place(0, "a", true), place(1, "b", false), place(2, "a", false)];
        assert!(judge(3, &planned, &whole).is_ok());
        assert!(matches!(judge(4, &planned, &whole), Err(Error::Missing(indices)) if indices == [3]));
        assert!(matches!(judge(2, &planned, &whole), Err(Error::Conflict(why)) if why.contains("3 rows")));
        assert!(
            matches!(judge(2, &planned, &whole[..2]), Err(Error::Conflict(why)) if why.contains("1 trial"))
        );
    }
}
