//! Where a study comes from and its sessions are opened: the server, or files alone. Pages need not know
//! which.

use std::collections::BTreeMap;

use gestalt_protocol::api::{OpenSession, PresentedPlan, SetFacts, StudyOpened, TrialCounts};
use gestalt_protocol::study::PanelVisit;
use gestalt_protocol::{
    Identity, ObserverKind, PresentedTrial, Role, Row, Study, StudyError, Trial, TrialSet, WHOLENESS_FILE,
    Wholeness,
};
use gestalt_session::{Plan, PlanError, StoredSession};
use gestalt_types::{Name, Sha256};
use uuid::Uuid;

use crate::browser::{address, below};
use crate::server::{self, Hosting, ServerError};

/// The study that visitors take and models run on, where no other is named.
pub const DEFAULT_STUDY: &str = "demo";

/// Path of its page, for links.
pub fn default_study_path() -> String {
    below(&format!("/study/{DEFAULT_STUDY}"))
}

/// Version of this software, in every row.
pub const APP_VERSION: &str = concat!("gestalt-lab ", env!("CARGO_PKG_VERSION"));

/// Why a study cannot be opened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SourceError {
    /// Network or server.
    #[error("{0}")]
    Server(#[from] ServerError),
    /// A file of the study is wrong.
    #[error("{0}")]
    File(String),
}

/// A study, ready to run.
#[derive(Debug, Clone)]
pub struct OpenedStudy {
    /// The study.
    pub study: Study,
    /// What is known of its trial set; a session gets its own trials.
    pub set: SetFacts,
    /// Number of trials in the set.
    pub trials: TrialCounts,
    /// Its practice trials, for looking at.
    pub examples: Vec<PresentedTrial>,
    /// The trials with their answers: only where no server scores.
    pub answers: Option<TrialSet>,
    /// Address of the folder of its images, with a slash at the end.
    pub image_folder: String,
    /// What networks make of the set with the whole picture and without it, where it was judged.
    pub wholeness: Option<Wholeness>,
}

/// What a person brings along when a session is opened; nothing for models.
#[derive(Debug, Clone, Default)]
pub struct Joining {
    /// Who comes from a panel.
    pub panel: Option<PanelVisit>,
    /// SHA-256 of the consent text that was agreed to, where the study has one of its own.
    pub consent_text_hash: Option<Sha256>,
    /// Tried again, it opens no second session.
    pub attempt: Option<Uuid>,
    /// Take over the unfinished session that the same person has in another browser.
    pub resume: bool,
}

/// A session, ready to run.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    /// As it is kept.
    pub stored: StoredSession,
    /// What its rows have in common.
    pub identity: Identity,
    /// Orders trials and slots.
    pub seed: u64,
    /// Rows that a session from another browser has already.
    pub rows: Vec<Row>,
}

impl OpenedStudy {
    /// Opens the study of this name.
    pub async fn open(name: &str) -> Result<Self, SourceError> {
        match server::hosting().await? {
            Hosting::Server => {
                let StudyOpened { study, trial_set, trials, examples, wholeness } =
                    server::study(name).await?;
                let image_folder = server::image_folder(study.name.as_str());
                Ok(Self { study, set: trial_set, trials, examples, answers: None, image_folder, wholeness })
            }
            Hosting::Static => Self::from_files(name).await,
        }
    }

    async fn from_files(name: &str) -> Result<Self, SourceError> {
        let folder = address(&format!("static/studies/{}/", js_sys::encode_uri_component(name)));
        let study = study_from_files(&folder).await?;
        let trials = format!("{folder}{}/", study.trials.set.trim_end_matches('/'));
        let answers = TrialSet::parse(&server::file(&format!("{trials}trials.json")).await?)
            .map_err(|error| SourceError::File(error.to_string()))?;
        let image_folder = format!("{trials}images/");
        let judged = server::file(&format!("{trials}{WHOLENESS_FILE}")).await;
        let wholeness = judged.ok().and_then(|bytes| Wholeness::of_set(&bytes, answers.hash()));
        let practice = answers.trials().iter().filter(|trial| trial.role == Role::Practice);
        let examples = practice.map(Trial::presented).collect();
        let (set, trials) = ((&answers).into(), (&answers).into());
        Ok(Self { study, set, trials, examples, answers: Some(answers), image_folder, wholeness })
    }

    /// A server scores and keeps.
    pub fn has_server(&self) -> bool {
        self.answers.is_none()
    }

    /// Address of an image of its trial set.
    pub fn image(&self, hash: &Sha256) -> String {
        format!("{}{hash}.{}", self.image_folder, self.set.encoding.extension())
    }

    /// Opens a session: at the server, or here.
    pub async fn session(
        &self,
        observer_kind: ObserverKind,
        observer: Option<Name>,
        weights_hash: Option<Sha256>,
        joining: Joining,
    ) -> Result<OpenedSession, SourceError> {
        let study = self.study.name.clone();
        let mut rows = Vec::new();
        let (session, access, observer, seed, drawn, group) = if self.has_server() {
            let app_version = APP_VERSION.to_owned();
            let Joining { panel, consent_text_hash, attempt, resume } = joining;
            let study = study.clone();
            let request = OpenSession {
                study,
                observer_kind,
                observer,
                app_version,
                consent_text_hash,
                panel,
                attempt,
                resume,
            };
            let opened = server::open_session(&request).await?;
            rows = opened.rows;
            let access = Some((opened.token, opened.receipt));
            let drawn = Some((opened.plan, opened.study_hash));
            (opened.session, access, opened.observer, opened.seed, drawn, opened.group)
        } else {
            let session = Uuid::now_v7();
            let observer = observer.map_or_else(|| pseudonym(session), Ok)?;
            (session, None, observer, seed_of(Uuid::new_v4()), None, None)
        };
        let ((token, receipt), (plan, study_hash)) = (access.unzip(), drawn.unzip());
        let stored = StoredSession {
            session,
            token,
            receipt,
            study,
            observer_kind,
            observer,
            image_folder: self.image_folder.clone(),
            image_extension: self.set.encoding.extension().to_owned(),
            opened_at_ms: js_sys::Date::now(),
            seed: Some(seed),
            plan,
            study_hash,
            group,
            trial_set: Some(self.set.hash.clone()),
            rows: None,
            completion_code: None,
        };
        Ok(OpenedSession { rows, ..self.opened_session(stored, weights_hash, seed) })
    }

    /// A person's session that this browser kept unfinished; none if it belongs to another trial set.
    pub fn resumed(&self, stored: StoredSession) -> Option<OpenedSession> {
        let seed = stored.seed.filter(|_| stored.trial_set.as_ref() == Some(&self.set.hash))?;
        Some(self.opened_session(stored, None, seed))
    }

    /// The study as the group of this session takes it.
    pub fn of_group(&self, session: &StoredSession) -> Self {
        let of_group = session.group.as_ref().and_then(|group| self.study.of_group(group).ok());
        Self { study: of_group.unwrap_or_else(|| self.study.clone()), ..self.clone() }
    }

    /// The plan of a session: as the server drew it, else drawn here.
    pub fn plan(&self, session: &OpenedSession) -> Result<Plan, PlanError> {
        match (session.stored.plan.clone(), &self.answers) {
            (Some(presented), _) => Ok(Plan::drawn(presented, session.seed)),
            (None, Some(answers)) => Plan::new(answers, &self.study, session.seed),
            (None, None) => Err(PlanError::NoTests(self.set.name.to_string())),
        }
    }

    /// The trials of a model's session, in the order of the set, so that the first few are the same for
    /// every model; then catch and control trials.
    pub fn model_trials(&self, session: &OpenedSession) -> Vec<PresentedTrial> {
        if let Some(PresentedPlan { blocks, .. }) = &session.stored.plan {
            return blocks.iter().flatten().cloned().collect();
        }
        let all = self.answers.iter().flat_map(TrialSet::trials);
        let of = |role| all.clone().filter(move |trial| trial.role == role);
        of(Role::Test).chain(of(Role::Catch)).chain(of(Role::Control)).map(Trial::presented).collect()
    }

    fn opened_session(
        &self,
        stored: StoredSession,
        weights_hash: Option<Sha256>,
        seed: u64,
    ) -> OpenedSession {
        let identity = Identity {
            study: self.study.name.clone(),
            session: stored.session,
            observer_kind: stored.observer_kind,
            observer: stored.observer.clone(),
            weights_hash,
            app_version: APP_VERSION.to_owned(),
            study_hash: stored.study_hash.clone(),
            trial_set: self.set.hash.clone(),
            task: self.set.task.into(),
            prompt: self.study.trials.prompt,
        };
        OpenedSession { stored, identity, seed, rows: Vec::new() }
    }
}

/// The study whose files are in this folder: version 2 with its texts, else version 1.
async fn study_from_files(folder: &str) -> Result<Study, SourceError> {
    let wrong = |error: StudyError| SourceError::File(error.to_string());
    let Ok(toml) = server::file(&format!("{folder}study.toml")).await else {
        return Study::parse(&server::file(&format!("{folder}study.json")).await?).map_err(wrong);
    };
    let study = Study::parse_toml(&toml).map_err(wrong)?;
    let mut files = BTreeMap::new();
    for needed in study.files_needed() {
        // What is missing is named by the study that needs it.
        if let Ok(bytes) = server::file(&format!("{folder}{}", needed.path)).await {
            files.insert(needed.path, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    study.with_files(&files).map_err(wrong)
}

/// A name that says nothing about the person.
fn pseudonym(session: Uuid) -> Result<Name, SourceError> {
    let text = session.simple().to_string();
    let tail: String = text.chars().skip(text.len() - 6).collect();
    Name::new(format!("person-{tail}")).map_err(|error| SourceError::File(error.to_string()))
}

/// 53 random bits of a random identity.
fn seed_of(random: Uuid) -> u64 {
    (random.as_u128() as u64) >> 11
}
