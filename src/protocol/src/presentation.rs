//! From a presented trial and an answer to a row: the one place where rows are put together, for people and
//! models alike.

use uuid::Uuid;

use crate::readout::Readout;
use crate::row::{ObserverKind, Outcome, ROW_VERSION, Row, slot_choices};
use crate::row_asked::RowTask;
use crate::showing::Showing;
use crate::study::Prompt;
use crate::trial_set::{PresentedTrial, Role};
use gestalt_types::random::{generator, shuffle};
use gestalt_types::{Name, Sha256, Slot};

/// What every row of one session has in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Name of the study.
    pub study: Name,
    /// The session.
    pub session: Uuid,
    /// Person or model.
    pub observer_kind: ObserverKind,
    /// Pseudonym or model name.
    pub observer: Name,
    /// Of a model's weights file.
    pub weights_hash: Option<Sha256>,
    /// Version of this software.
    pub app_version: String,
    /// Hash of the study's snapshot, where a server keeps one.
    pub study_hash: Option<Sha256>,
    /// Hash of the trial set.
    pub trial_set: Sha256,
    /// The kind of question.
    pub task: RowTask,
    /// How it is put.
    pub prompt: Prompt,
}

/// One trial as it is shown once: its three images have got their slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presentation {
    /// The trial.
    pub trial: Name,
    /// What it is for.
    pub role: Role,
    /// Block, counted from 0; practice is block 0.
    pub block: u32,
    /// How often the trial was shown before in this session.
    pub repeat: u32,
    /// Of the trial.
    pub category: Name,
    /// Of the trial.
    pub condition: Name,
    /// The images, left to right.
    pub shown: [Sha256; 3],
}

impl Presentation {
    /// The trial of a plan, whose images stand in their slots. Shown again, they get other slots by the
    /// session's seed.
    pub fn new(trial: &PresentedTrial, block: u32, repeat: u32, seed: u64) -> Self {
        Self {
            trial: trial.id.clone(),
            role: trial.role,
            block,
            repeat,
            category: trial.category.clone(),
            condition: trial.condition.clone(),
            shown: if repeat == 0 {
                trial.images.clone()
            } else {
                slots(&trial.images, seed, trial.id.as_str(), repeat)
            },
        }
    }

    /// A model sees every trial once, all in the first block after practice, in the slots that the seed
    /// gives.
    pub fn for_model(trial: &PresentedTrial, seed: u64) -> Self {
        Self { shown: slots(&trial.images, seed, trial.id.as_str(), 0), ..Self::new(trial, 1, 0, seed) }
    }
}

/// How an observer answered one presentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// How the trial ended.
    pub outcome: Outcome,
    /// Null unless answered.
    pub chosen_slot: Option<Slot>,
    /// People only.
    pub reaction_time_ms: Option<f64>,
    /// People only.
    pub showing: Option<Showing>,
    /// Models only.
    pub readout: Option<Readout>,
}

impl Identity {
    /// The row of this response, not yet scored. `index` is its running number in the session.
    pub fn row(&self, row_id: Uuid, index: u32, presentation: &Presentation, response: Response) -> Row {
        let (who, what) = (self.clone(), presentation.clone());
        Row {
            row_version: ROW_VERSION,
            row_id,
            study: who.study,
            study_hash: who.study_hash,
            session: who.session,
            observer_kind: who.observer_kind,
            observer: who.observer,
            weights_hash: who.weights_hash,
            app_version: who.app_version,
            received_at: None,
            task: who.task,
            prompt: Some(who.prompt),
            trial_set: who.trial_set,
            trial: what.trial,
            item: None,
            role: what.role,
            block: what.block,
            index,
            repeat: what.repeat,
            category: what.category,
            condition: what.condition,
            scale_px: None,
            shown: what.shown.into(),
            choices: slot_choices(),
            target: None,
            outcome: response.outcome,
            chosen: response.chosen_slot.map(Name::from),
            correct: None,
            reaction_time_ms: response.reaction_time_ms,
            showing: response.showing.unwrap_or_default(),
            readout: response.readout.unwrap_or_default(),
        }
    }
}

/// The slots of one trial: `images` in the order in which they are shown, for this session's seed and this
/// presentation.
///
/// `presentation` tells repeats of one trial apart, so that a repeat is shuffled anew.
pub fn slots<T: Clone + Ord>(images: &[T; 3], seed: u64, trial: &str, presentation: u32) -> [T; 3] {
    // Sorted first: the order in the file must not matter, it may tell which one is intact.
    let mut shown = images.clone();
    shown.sort();
    shuffle(&mut shown, &mut generator(seed, &format!("slots {trial} {presentation}")));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_is_equally_likely() {
        let mut counts = [0_u32; 3];
        for seed in 0..3000 {
            let shown = slots(&["a", "b", "c"], seed, "trial", 0);
            counts[shown.iter().position(|s| *s == "a").expect("kept")] += 1;
        }
        // Chi-square with 2 degrees of freedom: 13.8 is p = .001.
        let chi: f64 = counts.iter().map(|&n| (f64::from(n) - 1000.0).powi(2) / 1000.0).sum();
        assert!(chi < 13.8, "{counts:?}");
    }

    #[test]
    fn order_in_the_file_does_not_matter() {
        assert_eq!(slots(&[1, 2, 3], 7, "t", 0), slots(&[3, 1, 2], 7, "t", 0));
    }
}
