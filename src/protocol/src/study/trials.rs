//! `[trials]`: the trial set, and which of its trials a session gets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::{Checks, is_share};

/// What the participant is asked to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// "Which picture is whole?"
    #[default]
    Whole,
    /// "Which picture is different?"
    Different,
}

/// What becomes of a trial that was interrupted after its pictures had been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecondLook {
    /// It is over; a reserve trial of the same category and condition takes its place, if the set has one.
    #[default]
    Drop,
    /// It comes again at the end of its block, and that answer counts.
    Count,
}

/// Where a session continues after the page was closed or reloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Resume {
    /// At the next trial.
    #[default]
    NextTrial,
    /// At the next block; the rest of the interrupted one is left out.
    NextBlock,
    /// Not at all: the session is over.
    Never,
}

/// What a sample of trials is balanced over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stratum {
    /// The category of the picture.
    Category,
    /// The condition of the trial.
    Condition,
}

/// Catch trials of a session: `count` of them at random places, or one after `every` test trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Catch {
    /// Number of catch trials at random places; null for as many as `every` asks for.
    pub count: Option<u32>,
    /// Smallest number of other trials between two catch trials at random places.
    pub min_gap: u32,
    /// One catch trial after this many test trials, until they are used up.
    pub every: Option<u32>,
}

impl Catch {
    /// How many catch trials a session with this many test trials has, if the set has enough.
    pub fn of(&self, tests: usize) -> usize {
        match (self.count, self.every) {
            (Some(count), _) => (count as usize).min(tests / (self.min_gap as usize).max(1)),
            (None, Some(every)) => tests / (every as usize).max(1),
            (None, None) => 0,
        }
    }
}

/// The trials of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Trials {
    /// Folder of the trial set, relative to the study file.
    pub set: String,
    /// What the participant is asked to find.
    pub prompt: Prompt,
    /// Largest number of test trials in a session, drawn by its seed; null for all. The others are reserve
    /// trials.
    pub per_session: Option<u32>,
    /// The sample of trials has each category, each condition, or each pair of the two equally often.
    pub stratify: Vec<Stratum>,
    /// No source picture comes twice in a session.
    pub each_item_once: bool,
    /// The target is equally often in each slot.
    pub balanced_slots: bool,
    /// Largest number of trials in a row with the target in the same slot; null for no limit.
    pub max_same_slot: Option<u32>,
    /// Catch trials.
    pub catch: Catch,
    /// Number of trials between breaks; 0 for no breaks.
    pub break_every: u32,
    /// What becomes of a trial that was interrupted after its onset.
    pub second_look: SecondLook,
    /// Where a session continues after the page was closed or reloaded.
    pub resume: Resume,
    /// Share of the planned trials that a participant has to answer for a completion code; the others may be
    /// missed.
    pub minimum_answered: f64,
}

impl Default for Trials {
    fn default() -> Self {
        Self {
            set: "trial-set".into(),
            prompt: Prompt::default(),
            per_session: None,
            stratify: Vec::new(),
            each_item_once: false,
            balanced_slots: false,
            max_same_slot: None,
            catch: Catch::default(),
            break_every: 50,
            second_look: SecondLook::default(),
            resume: Resume::default(),
            minimum_answered: 0.5,
        }
    }
}

impl Trials {
    pub(super) fn check(&self, checks: &mut Checks) {
        if self.set.trim().is_empty() || self.set.contains("..") || self.set.starts_with('/') {
            checks.wrong("trials.set", "a folder beside the study file is needed, such as \"trial-set\"");
        }
        if self.per_session == Some(0) {
            checks.wrong("trials.per_session", "at least 1 is needed; leave the key out for all trials");
        }
        if self.max_same_slot == Some(0) {
            checks.wrong("trials.max_same_slot", "at least 1 is needed; leave the key out for no limit");
        }
        is_share(checks, "trials.minimum_answered", Some(self.minimum_answered));
        let Catch { count, every, min_gap } = self.catch;
        if count.is_some() && every.is_some() {
            checks.wrong("trials.catch", "`count` and `every` exclude each other: keep one of them");
        }
        if every == Some(0) {
            checks.wrong("trials.catch.every", "at least 1 is needed; leave the key out for no catch trials");
        }
        if min_gap > 0 && count.is_none() {
            checks.wrong("trials.catch.min_gap", "needs `count`: with `every` the gaps are fixed");
        }
        if let (Some(count), Some(tests)) = (count, self.per_session)
            && u64::from(count.saturating_sub(1)) * u64::from(min_gap) > u64::from(tests)
        {
            let reason = format!(
                "{count} catch trials with {min_gap} trials between them do not fit into {tests} trials: lower \
                 one of `count` and `min_gap`, or raise `per_session`"
            );
            checks.wrong("trials.catch", reason);
        }
        let mut seen = self.stratify.clone();
        seen.sort();
        seen.dedup();
        if seen.len() < self.stratify.len() {
            checks.wrong(
                "trials.stratify",
                "names the same thing twice: each of \"category\" and \"condition\" once",
            );
        }
    }
}
