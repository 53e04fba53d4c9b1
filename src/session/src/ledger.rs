//! What became of every planned trial: counted, or excluded with a reason. Read from the log, so that page,
//! server and analysis agree.

use std::collections::{BTreeMap, BTreeSet};

use gestalt_protocol::{Interruption, Outcome, Row, Study};
use gestalt_types::Name;

use crate::plan::Plan;

/// What became of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fortune {
    /// It was answered or missed, and its timing was as planned. The index of its row.
    Counted(u32),
    /// It was shown, but its row does not count.
    Excluded {
        /// The index of its row.
        index: u32,
        /// Why.
        reason: Exclusion,
    },
    /// The session has not come to it, or it is to come again.
    Open,
}

/// Why a trial does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    /// It was interrupted after its onset.
    Interrupted(Interruption),
    /// Its callbacks show lost frames or a late onset or offset.
    Timing,
}

/// What became of the plan's trials and of the reserve trials that were shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    trials: BTreeMap<Name, Fortune>,
}

impl Ledger {
    /// Reads the rows of one session.
    ///
    /// # Errors
    /// Names the trial that the plan does not have, or that ended twice.
    pub fn read(plan: &Plan, study: &Study, rows: &[Row]) -> Result<Self, String> {
        let planned = plan.blocks().iter().flatten();
        let mut ledger = Self { trials: planned.map(|trial| (trial.id.clone(), Fortune::Open)).collect() };
        let reserves: BTreeSet<&Name> = plan.reserves().iter().map(|trial| &trial.id).collect();
        for row in rows {
            let known = ledger.trials.get(&row.trial);
            match known {
                None if !reserves.contains(&row.trial) => {
                    return Err(format!(
                        "row {}: trial `{}` is not in the session's plan",
                        row.index, row.trial
                    ));
                }
                Some(Fortune::Counted(_) | Fortune::Excluded { .. }) => {
                    return Err(format!("row {}: trial `{}` ended before", row.index, row.trial));
                }
                _ => {}
            }
            let fortune = if row.ends_trial(study.trials.second_look) { ended(row) } else { Fortune::Open };
            ledger.trials.insert(row.trial.clone(), fortune);
        }
        Ok(ledger)
    }

    /// Every planned trial and every reserve trial that was shown.
    pub fn trials(&self) -> &BTreeMap<Name, Fortune> {
        &self.trials
    }

    /// Trials that have no end yet.
    pub fn open(&self) -> usize {
        self.trials.values().filter(|fortune| **fortune == Fortune::Open).count()
    }
}

fn ended(row: &Row) -> Fortune {
    let index = row.index;
    if row.outcome == Outcome::Interrupted {
        let cause = row.showing.interrupted_by.unwrap_or(Interruption::FocusLost);
        return Fortune::Excluded { index, reason: Exclusion::Interrupted(cause) };
    }
    if row.showing.timing_flagged == Some(true) {
        return Fortune::Excluded { index, reason: Exclusion::Timing };
    }
    Fortune::Counted(index)
}
