//! The plan of one session as the database keeps it: which trials, in which blocks. A newer version that
//! draws otherwise does not change a session that has begun.

use std::collections::HashMap;

use gestalt_protocol::api::PresentedPlan;
use gestalt_protocol::{ObserverKind, PresentedTrial, Role, Study, Trial, TrialSet, slots};
use gestalt_session::{Plan, practice_targets};
use gestalt_types::{FieldError, Name, Sha256};
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
    /// The slots of each trial when it is shown first, one digit a trial in the order of blocks and
    /// reserves: a place in [`ORDERS`]. Empty where the session's seed alone decides, for models and in
    /// sessions of older versions.
    #[serde(default)]
    orders: String,
}

/// The orders of three images that are sorted by hash.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// Where a trial stands in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) at: PlannedAt,
    /// The order of its images when it is shown first, where the plan states it.
    order: Option<[usize; 3]>,
}

/// In which blocks a trial may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlannedAt {
    /// In this block.
    Block(u32),
    /// In any of the blocks from 1 to this one.
    AnyUntil(u32),
}

impl SessionPlan {
    /// Draws the plan of a session of this group with this seed.
    pub(crate) fn draw(
        kind: ObserverKind,
        snapshot: &Snapshot,
        group: Option<&Name>,
        seed: u64,
    ) -> Result<Self, Error> {
        if kind == ObserverKind::Model {
            return Ok(Self::of_model(&snapshot.set));
        }
        let plan = Plan::new(&snapshot.set, snapshot.study_of(group), seed);
        let plan = plan.map_err(|error| FieldError::new("study", error.to_string()))?;
        let names = |trials: &[PresentedTrial]| trials.iter().map(|trial| trial.id.clone()).collect();
        let blocks = plan.blocks().iter().map(|block| names(block)).collect();
        let orders = plan.blocks().iter().flatten().chain(plan.reserves()).map(order_digit).collect();
        Ok(Self { blocks, reserves: names(plan.reserves()), orders })
    }

    /// A model's plan: all trials but practice, in the order of the set, so that the first few are the same
    /// for every model; catch and control trials last.
    fn of_model(set: &TrialSet) -> Self {
        let of = |role| set.trials().iter().filter(move |trial| trial.role == role);
        let all = of(Role::Test).chain(of(Role::Catch)).chain(of(Role::Control));
        Self {
            blocks: vec![Vec::new(), all.map(|trial| trial.id.clone()).collect()],
            reserves: Vec::new(),
            orders: String::new(),
        }
    }

    /// What the session's client gets of it: these trials and no others, in their slots, without their
    /// answers.
    pub(crate) fn presented(&self, set: &TrialSet, study: &Study, seed: u64) -> PresentedPlan {
        let places = self.places();
        let trial = |name: &Name| {
            let trial = set.trial(name)?;
            let images = places.get(name)?.slots(trial, seed, 0);
            Some(PresentedTrial { images, ..trial.presented() })
        };
        let trials = |names: &Vec<Name>| names.iter().filter_map(trial).collect();
        let blocks = self.blocks.iter().map(trials).collect();
        let practice = self.blocks.first().into_iter().flatten().filter_map(|name| set.trial(name));
        let practice_targets = practice_targets(study, practice);
        PresentedPlan { blocks, reserves: trials(&self.reserves), in_slots: true, practice_targets }
    }

    /// The trials that have to be completed before there is a code.
    pub(crate) fn required(&self) -> impl Iterator<Item = &Name> {
        self.blocks.iter().flatten()
    }

    /// The practice trials.
    pub(crate) fn practice(&self) -> impl Iterator<Item = &Name> {
        self.blocks.first().into_iter().flatten()
    }

    /// Whether a trial is planned, and where.
    pub(crate) fn places(&self) -> HashMap<&Name, Planned> {
        let last = u32::try_from(self.blocks.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let blocks = (0..).zip(&self.blocks);
        let planned =
            blocks.flat_map(|(block, trials)| trials.iter().map(move |t| (t, PlannedAt::Block(block))));
        let reserves = self.reserves.iter().map(|trial| (trial, PlannedAt::AnyUntil(last)));
        let orders = self.orders.chars().map(|digit| ORDERS.get(digit.to_digit(10)? as usize).copied());
        let places = planned.chain(reserves).zip(orders.chain(std::iter::repeat(None)));
        places.map(|((trial, at), order)| (trial, Planned { at, order })).collect()
    }

    /// The most rows that a session of this plan may have: every trial, and interruptions without end in
    /// sight.
    pub(crate) fn most_rows(&self) -> u32 {
        let trials = self.blocks.iter().map(Vec::len).sum::<usize>() + self.reserves.len();
        u32::try_from(trials.saturating_mul(10).saturating_add(100)).unwrap_or(u32::MAX)
    }
}

/// The digit of [`SessionPlan::orders`] for a trial whose images stand in their slots.
fn order_digit(trial: &PresentedTrial) -> char {
    let mut sorted = trial.images.each_ref();
    sorted.sort();
    let is_this = |order: &[usize; 3]| order.map(|place| sorted[place]) == trial.images.each_ref();
    // Three images have one of six orders.
    let place = ORDERS.iter().position(is_this).unwrap_or_default();
    char::from_digit(place as u32, 10).unwrap_or('0')
}

impl Planned {
    /// The trial's images in their slots, shown for the `repeat`th time again.
    pub(crate) fn slots(self, trial: &Trial, seed: u64, repeat: u32) -> [Sha256; 3] {
        match self.order.filter(|_| repeat == 0) {
            Some(order) => {
                let mut sorted = trial.images.clone();
                sorted.sort();
                order.map(|place| sorted[place].clone())
            }
            None => slots(&trial.images, seed, trial.id.as_str(), repeat),
        }
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
