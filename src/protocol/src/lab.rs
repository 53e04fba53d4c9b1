//! What the lab page and the server say to each other. Every request needs a key of the lab: as a bearer
//! token, or by the cookie that `POST /api/lab/visit` sets. A request with the cookie that changes something
//! also needs the header [`CSRF_HEADER`].
//!
//! | request | answer |
//! |---|---|
//! | `POST /api/lab/visit` with [`SignIn`] | [`LabVisit`], and the cookie |
//! | `GET /api/lab/visit` | [`LabVisit`]: who is signed in |
//! | `DELETE /api/lab/visit` | 204: signed out |
//! | `GET /api/lab/studies` | `[LabStudy]` |
//! | `GET /api/lab/events` | server-sent events: `[LabStudy]`, whenever they have changed |
//! | `GET /api/lab/studies/{study}/participants` | `[LabParticipant]`, in the order in which they came |
//! | `PUT /api/lab/studies/{study}/state` with [`SetState`], owners only | [`LabStudy`] |

use std::collections::BTreeMap;

use gestalt_types::{Name, Sha256};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::session_facts::SessionFacts;
use crate::study::{Localised, Moment, Panel};

/// Proves that a change was asked for by a page of this site.
pub const CSRF_HEADER: &str = "x-gestalt-csrf";

/// What the holder of a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyRole {
    /// Everything: pause, close, read, and the ids of panels.
    Owner,
    /// Read the lab pages and the exports.
    Reader,
}

/// A key is handed over once; the cookie stands for it from then on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignIn {
    /// The key.
    pub key: String,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabVisit {
    /// Name of the key.
    pub name: Name,
    /// What it may do.
    pub role: KeyRole,
    /// For [`CSRF_HEADER`].
    pub csrf: String,
}

/// Whether a study takes new participants. Those who have begun may always finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StudyState {
    /// It does, within its dates and quota.
    #[default]
    Open,
    /// Not for now.
    Paused,
    /// No more; what is released after the close is released.
    Closed,
}

/// Changes a study's state.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SetState {
    /// The new one.
    pub state: StudyState,
}

/// A study as the lab sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabStudy {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Localised,
    /// Hash of its files and this software: changes with every version.
    pub version: Sha256,
    /// Where its participants come from.
    pub panel: Panel,
    /// Finished sessions after which it takes nobody new.
    pub quota: Option<u32>,
    /// From when on it takes people.
    pub opens: Option<Moment>,
    /// Until when it takes people.
    pub closes: Option<Moment>,
    /// Set on the lab page.
    pub state: StudyState,
    /// Its people, by how far they are. Models and simulated people are not among them.
    pub counts: LabCounts,
    /// The same by group; empty without groups.
    pub groups: BTreeMap<Name, LabCounts>,
}

/// Numbers of people. Each person is in one of `in_progress`, `away`, `finished`, `late`, `withdrawn`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabCounts {
    /// Began and gave a sign of life within the time for which their place is kept.
    pub in_progress: u64,
    /// Began and did not; their place is free again, and they may still finish.
    pub away: u64,
    /// Finished in time.
    pub finished: u64,
    /// Finished after their place had gone to another; they are paid, and beyond the quota.
    pub late: u64,
    /// Of those who finished, excluded by the study's criteria.
    pub excluded: u64,
    /// Withdrew.
    pub withdrawn: u64,
}

/// How far a participant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParticipantState {
    /// Gave a sign of life within the time for which their place is kept.
    InProgress,
    /// Did not.
    Away,
    /// Finished in time.
    Finished,
    /// Finished after their place had gone to another.
    Late,
    /// Withdrew; nothing else is left.
    Withdrawn,
}

impl ParticipantState {
    /// As exports spell it.
    pub fn text(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Away => "away",
            Self::Finished => "finished",
            Self::Late => "late",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A participant as the lab sees them. Times are ms since 1970 on the server's clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabParticipant {
    /// Their session.
    pub session: Uuid,
    /// How far they are.
    pub state: ParticipantState,
    /// Pseudonym, as in the rows; none once withdrawn.
    pub observer: Option<String>,
    /// Their group; none without groups.
    pub group: Option<String>,
    /// Hash of the study's version that they take.
    pub study_hash: Option<String>,
    /// When they consented.
    pub opened_at_ms: Option<i64>,
    /// Their last sign of life: a batch of rows or a step's record.
    pub last_seen_ms: Option<i64>,
    /// When they finished.
    pub finished_at_ms: Option<i64>,
    /// When they withdrew.
    pub withdrawn_at_ms: Option<i64>,
    /// Rows that are stored.
    pub rows: Option<i64>,
    /// The session's own code.
    pub completion_code: Option<String>,
    /// The exclusion criteria that they meet.
    pub excluded_by: Vec<String>,
    /// What their rows amount to, once they have finished.
    pub facts: Option<SessionFacts>,
    /// `desktop`, `tablet` or `phone`, where a screening step recorded it.
    pub device: Option<String>,
    /// The browser's name, where a screening step recorded it.
    pub browser: Option<String>,
    /// Their id at the panel; for owners only.
    pub panel_id: Option<String>,
}
