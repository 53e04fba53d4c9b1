//! The trial set: images named by hash, the trials made of them, and the check that nothing was edited since
//! it was made.

use crate::encoding::Encoding;
use gestalt_types::{FieldError, json};
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::made::Made;
use gestalt_types::canonical;
use gestalt_types::{Name, Sha256, Slot};

/// The version of `trials.json` that this software writes, and the newest that it reads.
pub const TRIAL_SET_VERSION: u32 = 1;

/// What is asked of the observer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Three pictures, one of them intact: which one? (DiSRT, arXiv 2506.00718)
    Disrt,
}

/// What a trial is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Counts.
    Test,
    /// Comes first, to learn the task; never counted.
    Practice,
    /// So easy that a miss means that the observer did not attend; never counted.
    Catch,
    /// Shows what else than the whole could be solved by; taken like a test trial, in no headline figure.
    /// Sets of earlier versions give controls the role `test` and a condition that begins with `control-`.
    Control,
}

/// One image file, `images/<hash>.<extension>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImageEntry {
    /// SHA-256 of the file.
    pub hash: Sha256,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
}

/// One trial with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trial {
    /// Unique in its set.
    pub id: Name,
    /// What it is for.
    pub role: Role,
    /// What the picture shows.
    pub category: Name,
    /// How it was distorted, for example `patch-32`.
    pub condition: Name,
    /// The three images.
    pub images: [Sha256; 3],
    /// Which of `images` is the odd one, counted from 1: the intact one, but where the condition has two
    /// intact pictures, the distorted one.
    pub intact: Slot,
    /// The source picture, where several trials are made of it and the answer does not name it: with matched
    /// traces the intact picture of each is another file.
    #[serde(default, rename = "item", skip_serializing_if = "Option::is_none")]
    pub source: Option<Name>,
}

impl Trial {
    /// The source picture, which the trials of one picture at several scales share: as stated, else named by the
    /// picture that is the answer, whose file they share.
    pub fn item(&self) -> Name {
        self.source.clone().unwrap_or_else(|| self.images[self.intact.index()].clone().into())
    }

    /// The trial without its answer: its images in an order that says nothing.
    pub fn presented(&self) -> PresentedTrial {
        let mut images = self.images.clone();
        images.sort();
        PresentedTrial {
            id: self.id.clone(),
            role: self.role,
            category: self.category.clone(),
            condition: self.condition.clone(),
            images,
        }
    }
}

/// A trial set, checked: every trial's images are listed, identities are unique, and the hash is that of the
/// content. Read it with [`TrialSet::parse`]; deserialising alone checks nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrialSet {
    format_version: u32,
    name: Name,
    task: Task,
    made: Made,
    images: Vec<ImageEntry>,
    trials: Vec<Trial>,
    hash: Sha256,
}

/// What is wrong with a trial set, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum TrialSetError {
    /// Not JSON, or a field is missing or misshapen.
    #[error("trials.json: {path}: {reason}; make the set again, or correct that field")]
    Malformed {
        /// Where in the file.
        path: String,
        /// What the reader found.
        reason: String,
    },
    /// Written by newer software.
    #[error(
        "trials.json has format version {found}, this software reads up to {TRIAL_SET_VERSION}: update it"
    )]
    Version {
        /// The version in the file.
        found: u64,
    },
    /// Edited after it was made.
    #[error(
        "trials.json was edited after it was made: its content has the hash {actual}, the file states {stated}; \
         make the set again with `gestalt trials make`"
    )]
    Edited {
        /// The hash the file states.
        stated: String,
        /// The hash of its content.
        actual: Sha256,
    },
    /// A trial that cannot be shown.
    #[error("trials.json: trial `{trial}`: {reason}")]
    Trial {
        /// Which trial.
        trial: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl TrialSet {
    /// A new set of these trials; computes its hash.
    pub fn new(
        name: Name,
        task: Task,
        made: Made,
        images: Vec<ImageEntry>,
        trials: Vec<Trial>,
    ) -> Result<Self, TrialSetError> {
        let hash = Sha256::of(b"");
        let mut set = Self { format_version: TRIAL_SET_VERSION, name, task, made, images, trials, hash };
        set.check_trials()?;
        let value = serde_json::to_value(&set).map_err(malformed("."))?;
        set.hash = hash_of(&value);
        Ok(set)
    }

    /// Reads `trials.json` and checks all that can be checked without the images.
    pub fn parse(bytes: &[u8]) -> Result<Self, TrialSetError> {
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(malformed("."))?;
        match value.get("format_version").and_then(serde_json::Value::as_u64) {
            Some(found) if found > u64::from(TRIAL_SET_VERSION) || found == 0 => {
                return Err(TrialSetError::Version { found });
            }
            _ => {}
        }
        let set: Self = json::from_value(&value)
            .map_err(|FieldError { field, reason }| TrialSetError::Malformed { path: field, reason })?;
        let actual = hash_of(&value);
        if actual != set.hash {
            return Err(TrialSetError::Edited { stated: set.hash.to_string(), actual });
        }
        set.check_trials()?;
        Ok(set)
    }

    /// The text of `trials.json`.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    fn check_trials(&self) -> Result<(), TrialSetError> {
        let sizes: BTreeMap<&Sha256, (u32, u32)> =
            self.images.iter().map(|image| (&image.hash, (image.width_px, image.height_px))).collect();
        let mut ids = std::collections::BTreeSet::new();
        for trial in &self.trials {
            let wrong = |reason: String| TrialSetError::Trial { trial: trial.id.to_string(), reason };
            if !ids.insert(&trial.id) {
                return Err(wrong("its id occurs twice".into()));
            }
            let [a, b, c] = &trial.images;
            if a == b || b == c || a == c {
                return Err(wrong("it shows one image twice, so that no answer is right".into()));
            }
            let mut found = Vec::new();
            for hash in &trial.images {
                found.push(
                    sizes
                        .get(hash)
                        .ok_or_else(|| wrong(format!("image {hash} is not listed in `images`")))?,
                );
            }
            let [first, second, third] = &trial.images;
            if first == second || first == third || second == third {
                return Err(wrong("shows one image twice, so that no answer is the right one".into()));
            }
            if found.windows(2).any(|pair| pair[0] != pair[1]) {
                return Err(wrong("its three images differ in size, which gives the answer away".into()));
            }
        }
        Ok(())
    }

    /// The name of the set.
    pub fn name(&self) -> &Name {
        &self.name
    }
    /// What is asked.
    pub fn task(&self) -> Task {
        self.task
    }
    /// How it was made.
    pub fn made(&self) -> &Made {
        &self.made
    }
    /// Every image file.
    pub fn images(&self) -> &[ImageEntry] {
        &self.images
    }
    /// Every trial, with its answer.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }
    /// The hash of the whole.
    pub fn hash(&self) -> &Sha256 {
        &self.hash
    }
    /// The trial of this id.
    pub fn trial(&self, id: &Name) -> Option<&Trial> {
        self.trials.iter().find(|trial| trial.id == *id)
    }

    /// What a participant's browser may see: everything but the answers, each trial's images in an order
    /// that says nothing.
    pub fn presented(&self) -> PresentedSet {
        PresentedSet {
            name: self.name.clone(),
            task: self.task,
            encoding: self.made.encoding,
            images: self.images.clone(),
            trials: self.trials.iter().map(Trial::presented).collect(),
            hash: self.hash.clone(),
        }
    }
}

fn hash_of(value: &serde_json::Value) -> Sha256 {
    Sha256::of(&canonical::bytes_without(value, "hash"))
}

fn malformed(path: &str) -> impl FnOnce(serde_json::Error) -> TrialSetError {
    let path = path.to_owned();
    move |error| TrialSetError::Malformed { path, reason: error.to_string() }
}

/// A trial without its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentedTrial {
    /// As in the trial set.
    pub id: Name,
    /// As in the trial set.
    pub role: Role,
    /// As in the trial set.
    pub category: Name,
    /// As in the trial set.
    pub condition: Name,
    /// The three images, sorted by hash.
    pub images: [Sha256; 3],
}

/// A trial set without its answers, as a participant's browser gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentedSet {
    /// As in the trial set.
    pub name: Name,
    /// As in the trial set.
    pub task: Task,
    /// As in the trial set.
    pub encoding: Encoding,
    /// As in the trial set.
    pub images: Vec<ImageEntry>,
    /// The trials, answers left out.
    pub trials: Vec<PresentedTrial>,
    /// The hash of the full trial set.
    pub hash: Sha256,
}
