//! Which test trials a session gets, of all that the set has, and which may stand in for them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use gestalt_protocol::Trial;
use gestalt_protocol::study::{Stratum, Trials};
use gestalt_types::Name;
use gestalt_types::random::{generator, shuffle};

/// One reserve trial for so many planned ones, so that a session does not hand out the rest of the set.
const PLANNED_PER_RESERVE: usize = 5;

/// The test and control trials of a session in their order, and its reserve trials.
pub(crate) struct Sample<'a> {
    pub(crate) planned: Vec<&'a Trial>,
    pub(crate) reserves: Vec<&'a Trial>,
}

/// Draws a sample from `trials`, which the session's seed has shuffled.
pub(crate) fn draw<'a>(trials: Vec<&'a Trial>, rules: &Trials, seed: u64) -> Sample<'a> {
    let most = rules.per_session.map_or(trials.len(), |most| trials.len().min(most as usize));
    let mut items = BTreeSet::new();
    let mut planned = Vec::new();
    let mut rest = Vec::new();
    for trial in in_turns(trials, &rules.stratify) {
        let is_new = !rules.each_item_once || !items.contains(&trial.item());
        if planned.len() < most && is_new {
            items.insert(trial.item());
            planned.push(trial);
        } else if is_new {
            rest.push(trial);
        }
    }
    if rules.each_item_once {
        rest.retain(|trial| items.insert(trial.item()));
    }
    if !rules.stratify.is_empty() {
        // Taken in turns, they would come in turns.
        shuffle(&mut planned, &mut generator(seed, "order of the sample"));
    }
    let reserves = reserves(&planned, rest, rules.stratify.contains(&Stratum::Category));
    Sample { planned, reserves }
}

/// The trials so that any first few have every stratum equally often, as far as the set has enough; without
/// strata, as they are.
fn in_turns<'a>(trials: Vec<&'a Trial>, strata: &[Stratum]) -> Vec<&'a Trial> {
    let of = |trial: &Trial| -> Vec<Name> {
        let name = |stratum: &Stratum| match stratum {
            Stratum::Category => trial.category.clone(),
            Stratum::Condition => trial.condition.clone(),
        };
        strata.iter().map(name).collect()
    };
    // In the order of the shuffled trials, so that no stratum is always the one that is left over.
    let mut order: Vec<Vec<Name>> = Vec::new();
    let mut waiting: BTreeMap<Vec<Name>, VecDeque<&Trial>> = BTreeMap::new();
    for trial in trials {
        let stratum = of(trial);
        if !waiting.contains_key(&stratum) {
            order.push(stratum.clone());
        }
        waiting.entry(stratum).or_default().push_back(trial);
    }
    let mut turns = Vec::new();
    while waiting.values().any(|trials| !trials.is_empty()) {
        turns.extend(order.iter().filter_map(|stratum| waiting.get_mut(stratum)?.pop_front()));
    }
    turns
}

/// Of the rest, trials that can stand in for a planned one: the same role and condition, and the same category
/// where the sample is balanced over categories. As many for each of these as its planned trials ask for, and
/// few in all.
fn reserves<'a>(planned: &[&Trial], rest: Vec<&'a Trial>, by_category: bool) -> Vec<&'a Trial> {
    let kind =
        |trial: &Trial| (trial.role, trial.condition.clone(), by_category.then(|| trial.category.clone()));
    let mut room: BTreeMap<_, usize> = BTreeMap::new();
    for trial in planned {
        *room.entry(kind(trial)).or_default() += 1;
    }
    room.values_mut().for_each(|count| *count = count.div_ceil(PLANNED_PER_RESERVE));
    let mut kept = Vec::new();
    for trial in rest {
        if let Some(left) = room.get_mut(&kind(trial)).filter(|left| **left > 0) {
            *left -= 1;
            kept.push(trial);
        }
    }
    kept.truncate(planned.len().div_ceil(PLANNED_PER_RESERVE));
    kept
}
