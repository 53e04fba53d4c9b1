//! The lab's studies: how many people are how far, and whether they take any.

use gestalt_protocol::lab::{LabCounts, LabStudy, StudyState};
use gestalt_types::Name;

use super::super::app::App;
use super::super::error::Error;
use super::super::studies::OfferedStudy;
use super::Credentials;
use crate::store::LabKey;

impl App {
    /// The studies that a key opens.
    pub(crate) async fn lab_studies(&self, key: &LabKey) -> Result<Vec<LabStudy>, Error> {
        let mut studies = Vec::new();
        for offered in self.studies.all().filter(|offered| key.sees(&offered.snapshot.study.name)) {
            studies.push(self.lab_study(offered).await?);
        }
        Ok(studies)
    }

    async fn lab_study(&self, offered: &OfferedStudy) -> Result<LabStudy, Error> {
        let study = &offered.snapshot.study;
        let by_group = self.store.counts(&study.name, (self.now_ms)()).await?;
        let withdrawn = self.store.count_withdrawn(&study.name).await?;
        let counts = by_group.values().fold(LabCounts { withdrawn, ..LabCounts::default() }, sum);
        let of = |name: &Name| by_group.get(&Some(name.to_string())).copied().unwrap_or_default();
        Ok(LabStudy {
            name: study.name.clone(),
            title: study.title.clone(),
            version: offered.snapshot.text.hash.clone(),
            panel: study.recruitment.panel,
            quota: study.recruitment.quota,
            opens: study.recruitment.opens,
            closes: study.recruitment.closes,
            state: self.store.study_state(&study.name).await?,
            counts,
            groups: study.groups.iter().map(|group| (group.name.clone(), of(&group.name))).collect(),
        })
    }

    /// Pauses, closes or opens a study again.
    pub(crate) async fn set_state(
        &self,
        shown: &Credentials,
        study: &Name,
        state: StudyState,
    ) -> Result<LabStudy, Error> {
        self.owner(shown, study).await?;
        let offered = self.study(study.as_str())?;
        self.store.set_study_state(study, state).await?;
        self.lab_study(offered).await
    }
}

fn sum(all: LabCounts, one: &LabCounts) -> LabCounts {
    LabCounts {
        in_progress: all.in_progress + one.in_progress,
        away: all.away + one.away,
        finished: all.finished + one.finished,
        late: all.late + one.late,
        excluded: all.excluded + one.excluded,
        withdrawn: all.withdrawn + one.withdrawn,
    }
}
