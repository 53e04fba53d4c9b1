//! Which trials a session has, in which order and blocks: drawn by the session's seed from the study and its trial set.

use gestalt_protocol::api::PresentedPlan;
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
        let practice = shuffled(set, Role::Practice, &[], seed);
        // Control trials stand among the test trials, so that nobody can tell which they are.
        let mut tests = shuffled(set, Role::Test, &[Role::Control], seed);
        if tests.iter().all(|trial| trial.role == Role::Control) {
            return Err(PlanError::NoTests(set.name.to_string()));
        }
        let most = study.max_trials.map_or(tests.len(), |most| tests.len().min(most as usize));
        let reserves = tests.split_off(most);
        let main = with_catches(tests, shuffled(set, Role::Catch, &[], seed), study.catch_every as usize);
        let block_length = if study.break_every == 0 { main.len() } else { study.break_every as usize };
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

/// The trials of a role and of those that are shown `among` them, in an order that the seed and the role decide.
fn shuffled(set: &PresentedSet, role: Role, among: &[Role], seed: u64) -> Vec<PresentedTrial> {
    let is_one = |trial: &&PresentedTrial| trial.role == role || among.contains(&trial.role);
    let mut trials: Vec<_> = set.trials.iter().filter(is_one).cloned().collect();
    shuffle(&mut trials, &mut generator(seed, &format!("order {role:?}")));
    trials
}

/// A catch trial after every `every` test trials, until they are used up.
fn with_catches(
    tests: Vec<PresentedTrial>,
    catches: Vec<PresentedTrial>,
    every: usize,
) -> Vec<PresentedTrial> {
    let mut catches = catches.into_iter();
    let mut main = Vec::new();
    for (place, test) in tests.into_iter().enumerate() {
        main.push(test);
        if every > 0 && (place + 1) % every == 0 {
            main.extend(catches.next());
        }
    }
    main
}
