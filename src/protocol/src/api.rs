//! What the page and the server say to each other, over HTTP and JSON.
//!
//! | request | answer |
//! |---|---|
//! | `GET /api/health` | [`Health`] |
//! | `GET /api/studies` | `[Study]` |
//! | `GET /api/studies/{study}` | [`StudyOpened`]: the study, and of its trial set the practice trials only |
//! | `POST /api/sessions` with [`OpenSession`]; for a model, bearer = an owner's key unless the study allows models | [`SessionOpened`] |
//! | `GET /api/sessions/{session}`, bearer token or receipt | [`SessionStanding`] |
//! | `POST /api/sessions/{session}/rows`, NDJSON, bearer token | [`Receipt`], after the rows are durable |
//! | `POST /api/sessions/{session}/finish` with [`Finish`], bearer token | [`Finished`]; 409 and [`Problem`] while rows are missing |
//! | `PUT /api/sessions/{session}/steps/{step}` with [`crate::study::StepRecord`], bearer token | 204: what a step other than the trials recorded is durable |
//! | `GET /api/sessions/{session}/rows`, bearer token | the session's scored rows, NDJSON; only once it is finished, and if the study releases answers |
//! | `DELETE /api/sessions/{session}`, bearer token or receipt | 204: the participant withdrew, the rows are gone |
//! | `POST /api/withdrawals` with [`Withdrawal`] | 204: the session with this receipt is withdrawn |
//! | `GET /api/studies/{study}/rows.ndjson`, `rows.csv`, bearer = a key of the lab | every row of the study |
//! | `GET /api/studies/{study}/unreadable.ndjson`, bearer = a key of the lab | stored rows that cannot be read, and why |
//! | `GET /api/studies/{study}/steps.ndjson`, bearer = a key of the lab | what the steps of every session recorded |
//! | `GET /api/studies/{study}/payments.csv`, bearer = a key of the lab | who came from a panel, their ids, and how far they are |
//! | `GET /api/studies/{study}/participants.csv`, bearer = a key of the lab | one line a person |
//! | `GET /api/studies/{study}/codebook.csv` | every column of the tables, its unit and meaning |
//! | `GET /api/studies/{study}/sessions.csv`, bearer = a key of the lab | every session: times, rows, completion code |
//!
//! Bodies are JSON with `content-type: application/json`, or rows with `application/x-ndjson`. A row that
//! was stored is acknowledged again; another row in its place is refused. An answer with the status 429 or
//! 503 says in `retry-after` after how many seconds the same request may succeed.
//!
//! Images of a study's trial set are served at `/api/studies/{study}/images/{hash}.{extension}`, with zeros
//! after their end: [`crate::image_content`] takes them off. The hash is that of the file without them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::encoding::Encoding;
use crate::row::{ObserverKind, Row};
use crate::study::{PanelVisit, Study};
use crate::trial_set::{PresentedTrial, Role, Task, TrialSet};
use crate::wholeness::Wholeness;
use gestalt_types::{Name, Sha256};

/// The largest body that the server takes, in bytes.
pub const MAX_BODY_BYTES: usize = 1_000_000;
/// The most rows of one batch.
pub const MAX_BATCH_ROWS: usize = 200;
/// The longest row that the server takes, in bytes of JSON.
pub const MAX_ROW_BYTES: usize = 16_384;

/// The server is there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Health {
    /// Its version.
    pub version: String,
}

/// All that a browser needs to run a study.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StudyOpened {
    /// The study.
    pub study: Study,
    /// Its trial set, without its trials: a session gets its own.
    pub trial_set: SetFacts,
    /// Number of trials in the set.
    pub trials: TrialCounts,
    /// The practice trials, for looking at: they give nothing of the test away.
    pub examples: Vec<PresentedTrial>,
    /// What networks make of the set with the whole picture and without it, where it was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wholeness: Option<Wholeness>,
}

/// What every session on a trial set may know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetFacts {
    /// Its name.
    pub name: Name,
    /// What is asked.
    pub task: Task,
    /// The encoding of its images.
    pub encoding: Encoding,
    /// The longest side of an image, in pixels.
    pub longest_side_px: u32,
    /// Its hash.
    pub hash: Sha256,
}

impl From<&TrialSet> for SetFacts {
    fn from(set: &TrialSet) -> Self {
        let sides = set.images().iter().map(|image| image.width_px.max(image.height_px));
        Self {
            name: set.name().clone(),
            task: set.task(),
            encoding: set.made().encoding,
            longest_side_px: sides.max().unwrap_or(0),
            hash: set.hash().clone(),
        }
    }
}

/// Number of trials by what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialCounts {
    /// Practice trials.
    pub practice: usize,
    /// Test trials.
    pub test: usize,
    /// Catch trials.
    pub catch: usize,
}

impl From<&TrialSet> for TrialCounts {
    fn from(set: &TrialSet) -> Self {
        let of = |role| set.trials().iter().filter(|trial| trial.role == role).count();
        // A participant cannot tell control trials from test trials.
        let test = of(Role::Test) + of(Role::Control);
        Self { practice: of(Role::Practice), test, catch: of(Role::Catch) }
    }
}

/// An observer begins.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenSession {
    /// Which study.
    pub study: Name,
    /// Person or model.
    pub observer_kind: ObserverKind,
    /// A model's name, or a person's pseudonym where the page has one; else the server makes one.
    pub observer: Option<Name>,
    /// Version of the page.
    pub app_version: String,
    /// SHA-256 of the consent text that a person agreed to; null where the study has none of its own.
    #[serde(default)]
    pub consent_text_hash: Option<Sha256>,
    /// Who comes, where the study's participants come from a panel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel: Option<PanelVisit>,
    /// Made at random for this start and known to nobody else. Sent again, because the answer was lost, it
    /// gets the same session again, with the same token, as long as that is not finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Uuid>,
    /// Takes over the unfinished session that the same id has, from whichever browser it began in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resume: bool,
}

/// The session that the observer got.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionOpened {
    /// Its identity.
    pub session: Uuid,
    /// Proves that a later request comes from the same browser. Never in a row.
    pub token: String,
    /// For the participant: reads the session's standing and withdraws it, and can be written down. Never in
    /// a row.
    pub receipt: String,
    /// The observer's name in the rows.
    pub observer: Name,
    /// Orders trials and slots. Below 2^53, so that every reader of JSON keeps it whole.
    pub seed: u64,
    /// Hash of the study's snapshot that the session was opened against, for its rows.
    pub study_hash: Sha256,
    /// The trials of this session, in order.
    pub plan: PresentedPlan,
    /// The participant's group, where the study has groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Name>,
    /// Of a session that was taken over: the rows that it has, without their answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Row>,
}

/// The trials of one session, without their answers. Their images stand in the slots in which they are shown
/// first; shown again, they get their slots by the seed ([`crate::slots`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentedPlan {
    /// Block by block; block 0 is practice, and empty for a model.
    pub blocks: Vec<Vec<PresentedTrial>>,
    /// Trials that may stand in for interrupted ones.
    pub reserves: Vec<PresentedTrial>,
    /// The images stand in their slots; not so in plans of earlier versions.
    #[serde(default)]
    pub in_slots: bool,
    /// The right pictures of the practice trials, where the study says after each whether it was right.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub practice_targets: BTreeMap<Name, Sha256>,
}

/// How a session stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStanding {
    /// Number of rows that are stored.
    pub stored_rows: u64,
    /// The participant withdrew.
    pub withdrawn: bool,
    /// The code, once the session was finished; a withdrawal does not take it away.
    pub completion_code: Option<String>,
}

/// What became of a batch.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Receipt {
    /// Indices (of the session) that are durable now, whether new or already there.
    pub stored: Vec<u32>,
    /// Lines that were refused.
    pub refused: Vec<Refusal>,
}

/// A line of a batch that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Line of the batch, from 1.
    pub line: usize,
    /// The field's path in the row.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

/// The observer has done the last trial.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Finish {
    /// How many rows the session has: indices 0 to `rows` − 1.
    pub rows: u32,
}

/// The participant withdraws from anywhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Withdrawal {
    /// The private receipt of the session.
    pub receipt: String,
}

/// Every row is durable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Finished {
    /// Shown to the participant.
    pub completion_code: String,
}

/// Why a request was not served.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong and what to do.
    pub error: String,
    /// Of a fault of the server: finds the cause in its log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_id: Option<String>,
    /// Of a session that is finished already, opened once more under the same id of a panel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_code: Option<String>,
    /// The same id has an unfinished session, which can be taken over: [`OpenSession::resume`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub can_resume: bool,
    /// Indices of rows that are missing (of `finish`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<u32>,
}

/// A model's folder as the site serves it, listed in `/models/index.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ModelListed {
    /// Name, and folder.
    pub name: Name,
    /// One sentence for people.
    pub summary: String,
    /// Size of the weights file in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the weights file.
    pub weights_hash: Sha256,
    /// Bytes that the weights take as 32-bit floats, unpacked for the processor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpacked_bytes: Option<u64>,
}
