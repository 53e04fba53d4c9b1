//! Which presentation comes next: the plan's blocks, what an interruption brings back, and what takes its
//! place.

use std::collections::VecDeque;

use gestalt_protocol::study::{Practice, Stratum, Trials};
use gestalt_protocol::{Outcome, Presentation, PresentedTrial, Row, SecondLook};
use gestalt_types::{Name, Sha256};

use crate::plan::Plan;
use crate::practising::Practising;

/// A presentation that waits for its turn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Queued {
    pub presentation: Presentation,
    trial: PresentedTrial,
    /// How long earlier, interrupted showings had shown its pictures.
    pub already_seen_ms: Option<f64>,
}

/// How a presentation ended, as far as the order of the others depends on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Closed {
    /// The trial.
    pub trial: Name,
    /// How often it was shown before.
    pub repeat: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// How long interrupted showings had shown its pictures.
    pub already_seen_ms: Option<f64>,
    /// The picture that was chosen.
    pub chosen: Option<Sha256>,
}

impl Closed {
    /// What a row says of it.
    pub fn of(row: &Row) -> Self {
        let already_seen_ms = row.showing.already_seen_ms;
        let (trial, repeat, outcome) = (row.trial.clone(), row.repeat, row.outcome);
        Self { trial, repeat, outcome, already_seen_ms, chosen: row.chosen_picture().cloned() }
    }
}

/// What waits to be shown.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    second_look: SecondLook,
    balances_categories: bool,
    seed: u64,
    /// Blocks that have not begun: number and trials.
    blocks: VecDeque<(u32, Vec<PresentedTrial>)>,
    /// The rest of this block; the first is the one that runs or comes next.
    block: VecDeque<Queued>,
    reserves: Vec<PresentedTrial>,
    practice: Practising,
    done: usize,
    total: usize,
}

impl Queue {
    /// The whole plan; its first block is opened.
    pub fn new(plan: &Plan, rules: &Trials, practice: Option<Practice>) -> Self {
        let blocks = (0..).zip(plan.blocks().iter().cloned()).filter(|(_, trials)| !trials.is_empty());
        let mut queue = Self {
            second_look: rules.second_look,
            balances_categories: rules.stratify.contains(&Stratum::Category),
            seed: plan.seed(),
            blocks: blocks.collect(),
            block: VecDeque::new(),
            reserves: plan.reserves().to_vec(),
            practice: Practising::new(plan, practice),
            done: 0,
            total: plan.trials(),
        };
        queue.open_block();
        queue
    }

    /// The presentation that runs or comes next; none between blocks and at the end.
    pub fn next(&self) -> Option<&Queued> {
        self.block.front()
    }

    /// The rest of the block.
    pub fn upcoming(&self) -> impl Iterator<Item = &Presentation> {
        self.block.iter().map(|queued| &queued.presentation)
    }

    /// The trials of the blocks that have not begun.
    pub fn later(&self) -> impl Iterator<Item = &PresentedTrial> {
        self.blocks.iter().flat_map(|(_, trials)| trials)
    }

    /// Trials that are over.
    pub fn done(&self) -> usize {
        self.done
    }

    /// Trials in all.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Opens the next block; whether there was one. Practice that went badly comes again first.
    pub fn open_block(&mut self) -> bool {
        if let Some(again) = self.practice.again() {
            self.total += again.len();
            self.block =
                again.into_iter().map(|(trial, repeat)| self.queued(trial, 0, repeat, None)).collect();
            return true;
        }
        let Some((number, trials)) = self.blocks.pop_front() else { return false };
        self.block = trials.into_iter().map(|trial| self.queued(trial, number, 0, None)).collect();
        true
    }

    /// Takes the first presentation out, which ended like this. It comes again, or another takes its place,
    /// at the end of the block.
    pub fn close(
        &mut self,
        outcome: Outcome,
        already_seen_ms: Option<f64>,
        chosen: Option<&Sha256>,
    ) -> Option<Presentation> {
        let Queued { presentation, trial, .. } = self.block.pop_front()?;
        let (block, repeat) = (presentation.block, presentation.repeat);
        if block == 0 {
            self.practice.note(&trial, repeat, outcome, chosen);
        }
        let after = match (outcome, already_seen_ms, self.second_look) {
            (Outcome::Interrupted, None, _) | (Outcome::Interrupted, Some(_), SecondLook::Count) => {
                Some(self.queued(trial, block, repeat + 1, already_seen_ms))
            }
            (Outcome::Interrupted, Some(_), SecondLook::Drop) => {
                self.stand_in(&trial).map(|other| self.queued(other, block, 0, None))
            }
            _ => None,
        };
        self.done += usize::from(after.is_none());
        self.block.extend(after);
        Some(presentation)
    }

    /// Closes the presentation that the log has next; false if it is not the one that comes next.
    pub fn replay(&mut self, closed: &Closed) -> bool {
        if self.block.is_empty() {
            self.open_block();
        }
        let fits = self.next().is_some_and(|next| {
            next.presentation.trial == closed.trial && next.presentation.repeat == closed.repeat
        });
        if fits {
            self.close(closed.outcome, closed.already_seen_ms, closed.chosen.as_ref());
        }
        fits
    }

    /// Whether this answer to a practice trial is right; none where the study does not say.
    pub fn is_right(&self, trial: &Name, chosen: Option<&Sha256>) -> Option<bool> {
        self.practice.is_right(trial, chosen)
    }

    /// The first reserve trial of the same role and condition: of the same category if there is one, and
    /// only then where the study's sample is balanced over categories.
    fn stand_in(&mut self, trial: &PresentedTrial) -> Option<PresentedTrial> {
        let is_alike =
            |other: &PresentedTrial| (other.role, &other.condition) == (trial.role, &trial.condition);
        let is_twin = |other: &PresentedTrial| is_alike(other) && other.category == trial.category;
        let twin = self.reserves.iter().position(is_twin);
        let place = match self.balances_categories {
            true => twin,
            false => twin.or_else(|| self.reserves.iter().position(is_alike)),
        }?;
        Some(self.reserves.remove(place))
    }

    fn queued(&self, trial: PresentedTrial, block: u32, repeat: u32, already_seen_ms: Option<f64>) -> Queued {
        let presentation = Presentation::new(&trial, block, repeat, self.seed);
        Queued { presentation, trial, already_seen_ms }
    }
}
