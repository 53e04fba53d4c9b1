//! Which trials a session has, in which order and blocks: drawn by the session's seed from the study and its
//! trial set.

use std::collections::BTreeMap;

use gestalt_protocol::api::PresentedPlan;
use gestalt_protocol::study::{Catch, Trials};
use gestalt_protocol::{PresentedTrial, Role, Study, Trial, TrialSet, slots};
use gestalt_types::random::{generator, shuffle};
use gestalt_types::{Name, Sha256, Slot};

use crate::balance::arrange;
use crate::sample::{Sample, draw};

/// Why no session can be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing to show.
    #[error("trial set `{0}` has no trials with the role `test`: make one with `gestalt trials make`")]
    NoTests(String),
}

/// The trials of a session, block by block. Block 0 is practice and may be empty. The images of a trial
/// stand in the slots in which they are shown first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    blocks: Vec<Vec<PresentedTrial>>,
    reserves: Vec<PresentedTrial>,
    /// The right pictures of the practice trials, where the study gives them away.
    practice_targets: BTreeMap<Name, Sha256>,
    seed: u64,
}

impl Plan {
    /// Draws the trials, their order and their slots. The same seed gives the same session.
    ///
    /// # Errors
    /// When the set has no test trials.
    pub fn new(set: &TrialSet, study: &Study, seed: u64) -> Result<Self, PlanError> {
        let mut practice = shuffled(set, &[Role::Practice], seed);
        practice.truncate(practice_trials(study, practice.len()));
        // Control trials stand among the test trials, so that nobody can tell which they are.
        let tests = shuffled(set, &[Role::Test, Role::Control], seed);
        if tests.iter().all(|trial| trial.role == Role::Control) {
            return Err(PlanError::NoTests(set.name().to_string()));
        }
        let Sample { planned, reserves } = draw(tests, &study.trials, seed);
        let main = with_catches(planned, shuffled(set, &[Role::Catch], seed), study.trials.catch, seed);
        let main = in_slots(&main, &study.trials, seed);
        let at_random =
            |trials: Vec<&Trial>| trials.into_iter().map(|trial| presented(trial, None, seed)).collect();
        let break_every = study.trials.break_every as usize;
        let block_length = if break_every == 0 { main.len() } else { break_every };
        let practice_targets = practice_targets(study, practice.iter().copied());
        let mut blocks = vec![at_random(practice)];
        blocks.extend(main.chunks(block_length).map(<[PresentedTrial]>::to_vec));
        Ok(Self { blocks, reserves: at_random(reserves), practice_targets, seed })
    }

    /// The plan that the server drew for a session of this seed.
    pub fn drawn(presented: PresentedPlan, seed: u64) -> Self {
        let PresentedPlan { mut blocks, mut reserves, in_slots, practice_targets } = presented;
        if !in_slots {
            // A server of an earlier version left the slots to the seed.
            for trial in blocks.iter_mut().flatten().chain(&mut reserves) {
                trial.images = slots(&trial.images, seed, trial.id.as_str(), 0);
            }
        }
        Self { blocks, reserves, practice_targets, seed }
    }

    /// The right picture of each practice trial; empty where the study does not give them away.
    pub fn practice_targets(&self) -> &BTreeMap<Name, Sha256> {
        &self.practice_targets
    }

    /// The blocks; the first is practice.
    pub fn blocks(&self) -> &[Vec<PresentedTrial>] {
        &self.blocks
    }

    /// Test trials that are not planned, in the order in which they stand in for interrupted ones.
    pub fn reserves(&self) -> &[PresentedTrial] {
        &self.reserves
    }

    /// The session's seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Number of planned trials.
    pub fn trials(&self) -> usize {
        self.blocks.iter().map(Vec::len).sum()
    }
}

/// The right pictures of these practice trials, where the study gives them away.
pub fn practice_targets<'a>(
    study: &Study,
    practice: impl IntoIterator<Item = &'a Trial>,
) -> BTreeMap<Name, Sha256> {
    if !study.practice().is_some_and(|practice| practice.needs_answers()) {
        return BTreeMap::new();
    }
    let target = |trial: &Trial| (trial.id.clone(), trial.images[trial.intact.index()].clone());
    practice.into_iter().map(target).collect()
}

/// The trials of these roles, in an order that the seed and the first role decide.
fn shuffled<'a>(set: &'a TrialSet, roles: &[Role], seed: u64) -> Vec<&'a Trial> {
    let mut trials: Vec<&Trial> = set.trials().iter().filter(|trial| roles.contains(&trial.role)).collect();
    shuffle(&mut trials, &mut generator(seed, &format!("order {:?}", roles.first())));
    trials
}

/// The trials with their images in slots, as the study balances the target's.
fn in_slots(trials: &[&Trial], rules: &Trials, seed: u64) -> Vec<PresentedTrial> {
    if !rules.balanced_slots && rules.max_same_slot.is_none() {
        return trials.iter().map(|trial| presented(trial, None, seed)).collect();
    }
    let mut generator = generator(seed, "slots of targets");
    let targets = arrange(trials.len(), rules.balanced_slots, rules.max_same_slot, &mut generator);
    trials.iter().zip(targets).map(|(trial, target)| presented(trial, Some(target), seed)).collect()
}

/// The trial with its images in slots: at random, and where `target` is given, with the target there.
fn presented(trial: &Trial, target: Option<Slot>, seed: u64) -> PresentedTrial {
    let mut images: [Sha256; 3] = slots(&trial.images, seed, trial.id.as_str(), 0);
    let intact = &trial.images[trial.intact.index()];
    if let (Some(target), Some(place)) = (target, images.iter().position(|image| image == intact)) {
        images.swap(place, target.index());
    }
    PresentedTrial { images, ..trial.presented() }
}

/// How many of the set's practice trials a session has.
pub(crate) fn practice_trials(study: &Study, in_set: usize) -> usize {
    let asked = study.practice().map(|practice| practice.trials.map_or(in_set, |trials| trials as usize));
    asked.unwrap_or(0).min(in_set)
}

/// The test trials with the catch trials between them.
fn with_catches<'a>(
    tests: Vec<&'a Trial>,
    catches: Vec<&'a Trial>,
    rule: Catch,
    seed: u64,
) -> Vec<&'a Trial> {
    let count = rule.of(tests.len()).min(catches.len());
    let after: Vec<usize> = match rule.every {
        Some(every) => (1..=count).map(|number| number * every as usize).collect(),
        None => spread(count, tests.len(), rule.min_gap as usize, seed),
    };
    let mut catches = catches.into_iter();
    let mut main = Vec::new();
    for (place, test) in tests.into_iter().enumerate() {
        main.push(test);
        let here = after.iter().filter(|after| **after == place + 1).count();
        main.extend(catches.by_ref().take(here));
    }
    main
}

/// After how many test trials each catch trial comes: at random, at least `min_gap` of them (and at least
/// one) before each. Every such arrangement is equally likely. Where they do not all fit, there are fewer.
fn spread(count: usize, tests: usize, min_gap: usize, seed: u64) -> Vec<usize> {
    let gap = min_gap.max(1);
    let count = count.min(tests / gap);
    // Without the gaps, any places in ascending order will do.
    let free = tests - count * gap;
    let mut places: Vec<usize> = (0..free + count).collect();
    shuffle(&mut places, &mut generator(seed, "catch places"));
    places.truncate(count);
    places.sort_unstable();
    places.into_iter().enumerate().map(|(number, place)| place - number + (number + 1) * gap).collect()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn catch_trials_stand_at_random_places_with_their_gap() {
        let mut first = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let places = spread(8, 48, 5, seed);
            assert_eq!(places.len(), 8);
            assert!(places[0] >= 5 && *places.last().unwrap_or(&0) <= 48, "{places:?}");
            assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 5), "{places:?}");
            first.insert(places[0]);
        }
        assert!(first.len() > 5, "the first place varies: {first:?}");
        assert_eq!(spread(8, 10, 5, 1), [5, 10], "only two fit");
        assert!(spread(3, 0, 5, 1).is_empty());
    }
}
