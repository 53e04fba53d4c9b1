//! The plan of one session as the database keeps it: which trials, in which blocks. A newer version that
//! draws otherwise does not change a session that has begun.

use std::collections::HashMap;

use gestalt_protocol::api::PresentedPlan;
use gestalt_protocol::{ObserverKind, PresentedTrial, Role, TrialSet};
use gestalt_session::Plan;
use gestalt_types::{FieldError, Name};
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::snapshot::Snapshot;

/// The trials of a session by name. Block 0 is practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SessionPlan {
    blocks: Vec<Vec<Name>>,
    /// Trials that may stand in for interrupted ones, in any block after practice.
    #[serde(default)]
    reserves: Vec<Name>,
}

/// Where a trial stands in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlannedAt {
    /// In this block.
    Block(u32),
    /// In any of the blocks from 1 to this one.
    AnyUntil(u32),
}

impl SessionPlan {
    /// Draws the plan of a session with this seed.
    pub(crate) fn draw(kind: ObserverKind, snapshot: &Snapshot, seed: u64) -> Result<Self, Error> {
        if kind == ObserverKind::Model {
            return Ok(Self::of_model(&snapshot.set));
        }
        let plan = Plan::new(&snapshot.set.presented(), &snapshot.study, seed);
        let plan = plan.map_err(|error| FieldError::new("study", error.to_string()))?;
        let names = |trials: &[PresentedTrial]| trials.iter().map(|trial| trial.id.clone()).collect();
        let blocks = plan.blocks().iter().map(|block| names(block)).collect();
        Ok(Self { blocks, reserves: names(plan.reserves()) })
    }

    /// A model's plan: all trials but practice, in the order of the set, so that the first few are the same
    /// for every model; catch and control trials last.
    fn of_model(set: &TrialSet) -> Self {
        let of = |role| set.trials().iter().filter(move |trial| trial.role == role);
        let all = of(Role::Test).chain(of(Role::Catch)).chain(of(Role::Control));
        Self { blocks: vec![Vec::new(), all.map(|trial| trial.id.clone()).collect()], reserves: Vec::new() }
    }

    /// What the session's client gets of it: these trials and no others, without their answers.
    pub(crate) fn presented(&self, set: &TrialSet) -> PresentedPlan {
        let trials =
            |names: &Vec<Name>| names.iter().filter_map(|name| Some(set.trial(name)?.presented())).collect();
        PresentedPlan { blocks: self.blocks.iter().map(trials).collect(), reserves: trials(&self.reserves) }
    }

    /// The trials that have to be completed before there is a code.
    pub(crate) fn required(&self) -> impl Iterator<Item = &Name> {
        self.blocks.iter().flatten()
    }

    /// Whether a trial is planned, and where.
    pub(crate) fn places(&self) -> HashMap<&Name, PlannedAt> {
        let last = u32::try_from(self.blocks.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let reserves = self.reserves.iter().map(|trial| (trial, PlannedAt::AnyUntil(last)));
        let blocks = (0..).zip(&self.blocks);
        let planned =
            blocks.flat_map(|(block, trials)| trials.iter().map(move |t| (t, PlannedAt::Block(block))));
        reserves.chain(planned).collect()
    }

    /// The most rows that a session of this plan may have: every trial, and interruptions without end in
    /// sight.
    pub(crate) fn most_rows(&self) -> u32 {
        let trials = self.blocks.iter().map(Vec::len).sum::<usize>() + self.reserves.len();
        u32::try_from(trials.saturating_mul(10).saturating_add(100)).unwrap_or(u32::MAX)
    }
}

impl PlannedAt {
    /// A row of this block fits.
    pub(crate) fn allows(self, block: u32) -> bool {
        match self {
            Self::Block(planned) => block == planned,
            Self::AnyUntil(last) => (1..=last).contains(&block),
        }
    }
}
