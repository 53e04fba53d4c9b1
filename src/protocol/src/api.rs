//! What the page and the server say to each other, over HTTP and JSON.
//!
//! | request | answer |
//! |---|---|
//! | `GET /api/health` | [`Health`] |
//! | `GET /api/studies` | `[Study]` |
//! | `GET /api/studies/{study}` | [`StudyOpened`]: the study and the trial set without its answers |
//! | `POST /api/sessions` with [`OpenSession`] | [`SessionOpened`] |
//! | `POST /api/sessions/{session}/rows`, NDJSON, bearer token | [`Receipt`], after the rows are durable |
//! | `POST /api/sessions/{session}/finish` with [`Finish`], bearer token | [`Finished`]; 409 and [`Problem`] while rows are missing |
//! | `GET /api/sessions/{session}/rows`, bearer token | the session's scored rows, NDJSON; only once it is finished |
//! | `DELETE /api/sessions/{session}`, bearer token | 204: the participant withdrew, the rows are gone |
//! | `GET /api/studies/{study}/rows.ndjson`, `rows.csv`, bearer = the researcher's key | every row of the study |
//!
//! Images of a study's trial set are served at `/api/studies/{study}/images/{hash}.{extension}`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::row::ObserverKind;
use crate::study::Study;
use crate::trial_set::PresentedSet;
use gestalt_types::{Name, Sha256};

/// The largest body that the server takes, in bytes.
pub const MAX_BODY_BYTES: usize = 1_000_000;
/// The most rows that the page puts in one batch.
pub const MAX_BATCH_ROWS: usize = 200;

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
    /// Its trial set, without the answers.
    pub trial_set: PresentedSet,
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
}

/// The session that the observer got.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionOpened {
    /// Its identity.
    pub session: Uuid,
    /// Proves that a later request comes from the same browser. Never in a row.
    pub token: String,
    /// The observer's name in the rows.
    pub observer: Name,
    /// Orders trials and slots. Below 2^53, so that every reader of JSON keeps it whole.
    pub seed: u64,
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
