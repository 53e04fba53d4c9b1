//! What a session was opened against: the study, its trial set and this software, kept by hash in the
//! database, so that a changed file never changes a session that has begun.

use std::collections::BTreeMap;

use gestalt_protocol::{Study, TrialSet};
use gestalt_types::{FieldError, Name, Sha256};
use serde_json::json;

use crate::store::SnapshotText;

/// Name and version of this software.
pub(crate) const SOFTWARE: &str = concat!("gestalt-lab ", env!("CARGO_PKG_VERSION"));

/// A study with its trial set, as sessions keep it.
pub(crate) struct Snapshot {
    pub(crate) study: Study,
    /// The study as each of its groups takes it.
    groups: BTreeMap<Name, Study>,
    pub(crate) set: TrialSet,
    /// The files' texts, by whose hash the snapshot is found.
    pub(crate) text: SnapshotText,
}

impl Snapshot {
    /// The snapshot of a study and its set, which were read from these texts.
    pub(crate) fn new(
        study: Study,
        set: TrialSet,
        study_json: String,
        trials_json: String,
        software: String,
    ) -> Self {
        let parts = [&study_json, &trials_json].map(|text| Sha256::of(text.as_bytes()));
        let whole = json!({ "study.json": parts[0], "trials.json": parts[1], "software": software });
        let hash = Sha256::of(whole.to_string().as_bytes());
        // What a group changes was checked with the study.
        let of_group = |name: &Name| Some((name.clone(), study.of_group(name).ok()?));
        let groups = study.groups.iter().filter_map(|group| of_group(&group.name)).collect();
        Self { study, groups, set, text: SnapshotText { hash, study_json, trials_json, software } }
    }

    /// The study as a participant of this group takes it.
    pub(crate) fn study_of(&self, group: Option<&Name>) -> &Study {
        group.and_then(|group| self.groups.get(group)).unwrap_or(&self.study)
    }

    /// The snapshot of a stored text.
    ///
    /// # Errors
    /// When this software cannot read it, or it was edited in the database.
    pub(crate) fn of_stored(text: SnapshotText) -> Result<Self, FieldError> {
        let SnapshotText { hash, study_json, trials_json, software } = text;
        let study = Study::parse(study_json.as_bytes()).map_err(|error| wrong("study.json", &error))?;
        let set = TrialSet::parse(trials_json.as_bytes()).map_err(|error| wrong("trials.json", &error))?;
        let snapshot = Self::new(study, set, study_json, trials_json, software);
        if snapshot.text.hash != hash {
            return Err(FieldError::new("snapshot", format!("{hash} was edited in the database")));
        }
        Ok(snapshot)
    }
}

fn wrong(file: &str, error: &dyn std::fmt::Display) -> FieldError {
    FieldError::new(file, error.to_string())
}
