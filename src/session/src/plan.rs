//! Which trials a session has, in which order and blocks: drawn by the session's seed from the study and its
//! trial set.

use gestalt_protocol::api::PresentedPlan;
use gestalt_protocol::study::Catch;
use gestalt_protocol::{PresentedSet, PresentedTrial, Role, Study};
use gestalt_types::random::{generator, shuffle};

/// Why no session can be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing to show.
    #[error("trial set `{0}` has no trials with the role `test`: make one with `gestalt trials make`")]
    NoTests(String),
}

/// The trials of a session, block by block. Block 0 is practice and may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    blocks: Vec<Vec<PresentedTrial>>,
    reserves: Vec<PresentedTrial>,
    seed: u64,
}

impl Plan {
    /// Draws the order of trials. The same seed gives the same session.
    ///
    /// # Errors
    /// When the set has no test trials.
    pub fn new(set: &PresentedSet, study: &Study, seed: u64) -> Result<Self, PlanError> {
        let mut practice = shuffled(set, Role::Practice, &[], seed);
        practice.truncate(practice_trials(study, practice.len()));
        // Control trials stand among the test trials, so that nobody can tell which they are.
        let mut tests = shuffled(set, Role::Test, &[Role::Control], seed);
        if tests.iter().all(|trial| trial.role == Role::Control) {
            return Err(PlanError::NoTests(set.name.to_string()));
        }
        let most = study.trials.per_session.map_or(tests.len(), |most| tests.len().min(most as usize));
        let reserves = tests.split_off(most);
        let main = with_catches(tests, shuffled(set, Role::Catch, &[], seed), study.trials.catch, seed);
        let break_every = study.trials.break_every as usize;
        let block_length = if break_every == 0 { main.len() } else { break_every };
        let mut blocks = vec![practice];
        blocks.extend(main.chunks(block_length).map(<[PresentedTrial]>::to_vec));
        Ok(Self { blocks, reserves, seed })
    }

    /// The plan that the server drew for a session of this seed.
    pub fn drawn(presented: PresentedPlan, seed: u64) -> Self {
        Self { blocks: presented.blocks, reserves: presented.reserves, seed }
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

/// The trials of a role and of those that are shown `among` them, in an order that the seed and the role
/// decide.
fn shuffled(set: &PresentedSet, role: Role, among: &[Role], seed: u64) -> Vec<PresentedTrial> {
    let is_one = |trial: &&PresentedTrial| trial.role == role || among.contains(&trial.role);
    let mut trials: Vec<_> = set.trials.iter().filter(is_one).cloned().collect();
    shuffle(&mut trials, &mut generator(seed, &format!("order {role:?}")));
    trials
}

/// How many of the set's practice trials a session has.
pub(crate) fn practice_trials(study: &Study, in_set: usize) -> usize {
    let asked = study.practice().map(|practice| practice.trials.map_or(in_set, |trials| trials as usize));
    asked.unwrap_or(0).min(in_set)
}

/// The test trials with the catch trials between them.
fn with_catches(
    tests: Vec<PresentedTrial>,
    catches: Vec<PresentedTrial>,
    rule: Catch,
    seed: u64,
) -> Vec<PresentedTrial> {
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
