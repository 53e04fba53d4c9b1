//! Study files of version 1 (JSON), as they were written until 2026: read, and turned into version 2.

use gestalt_types::Name;
use serde::Deserialize;

use super::{
    Catch, Exclude, Language, Localised, Recruitment, SecondLook, Step, Storage, Study, Texts, Timing,
    TimingBounds, Trials,
};
use crate::release::Release;

/// A study of version 1.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Version1 {
    name: Name,
    title: String,
    trial_set: String,
    #[serde(default)]
    timing: Timing,
    #[serde(default = "fifty")]
    break_every: u32,
    #[serde(default = "twenty")]
    catch_every: u32,
    #[serde(default)]
    max_trials: Option<u32>,
    #[serde(default = "half")]
    minimum_answered: f64,
    #[serde(default)]
    release: Release,
    #[serde(default)]
    second_look: SecondLook,
    #[serde(default)]
    timing_bounds: TimingBounds,
}

fn half() -> f64 {
    0.5
}

fn fifty() -> u32 {
    50
}

fn twenty() -> u32 {
    20
}

impl From<Version1> for Study {
    fn from(old: Version1) -> Self {
        let catch = Catch { every: Some(old.catch_every).filter(|every| *every > 0), ..Catch::default() };
        let trials = Trials {
            set: old.trial_set,
            per_session: old.max_trials,
            catch,
            break_every: old.break_every,
            second_look: old.second_look,
            minimum_answered: old.minimum_answered,
            ..Trials::default()
        };
        Self {
            study_version: super::STUDY_VERSION,
            name: old.name,
            title: Localised::One(old.title),
            languages: vec![Language::En],
            contact: None,
            ethics: None,
            retention_days: None,
            trials,
            timing: old.timing,
            display: Default::default(),
            steps: Step::usual(),
            groups: Vec::new(),
            exclude: Exclude { trial: old.timing_bounds, ..Exclude::default() },
            storage: Storage::default(),
            recruitment: Recruitment::default(),
            release: old.release,
            texts: Texts::default(),
        }
    }
}
