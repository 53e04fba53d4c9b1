//! What the page and the worker that stores and sends its rows say to each other, and what a browser keeps
//! of a session.

use std::collections::BTreeMap;

use gestalt_protocol::ObserverKind;
use gestalt_protocol::api::PresentedPlan;
use gestalt_types::{Name, Sha256};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::delivery::StoredRow;

/// A session that this browser ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredSession {
    /// Its identity.
    pub session: Uuid,
    /// Proof towards the server; none where no server is.
    pub token: Option<String>,
    /// For the participant, who can withdraw with it from anywhere; none where no server is.
    #[serde(default)]
    pub receipt: Option<String>,
    /// Study.
    pub study: Name,
    /// Person or model.
    pub observer_kind: ObserverKind,
    /// Name in the rows.
    pub observer: Name,
    /// Folder of its images, with a slash at the end.
    pub image_folder: String,
    /// Ending of the image files.
    pub image_extension: String,
    /// When it began, in ms since 1970.
    pub opened_at_ms: f64,
    /// Orders trials and slots; null in sessions of earlier versions, which cannot be resumed.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Its trials, as the server drew them.
    #[serde(default)]
    pub plan: Option<PresentedPlan>,
    /// Hash of the study's snapshot at the server; none without one, and in sessions of earlier versions.
    #[serde(default)]
    pub study_hash: Option<Sha256>,
    /// The participant's group, where the study has groups.
    #[serde(default)]
    pub group: Option<Name>,
    /// Hash of its trial set, where known.
    #[serde(default)]
    pub trial_set: Option<Sha256>,
    /// How many rows it has; null until its last trial is over.
    pub rows: Option<u32>,
    /// The server's word that every row is durable.
    pub completion_code: Option<String>,
}

/// How the delivery of one session stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// Rows that the server has not acknowledged.
    pub waiting: usize,
    /// All rows below this index are acknowledged or refused.
    pub settled: u32,
    /// Rows that the server refused: index, and field with reason.
    pub refused: Vec<(u32, String)>,
    /// Every row is durable.
    pub completion_code: Option<String>,
    /// What the server has against the session as a whole.
    pub problem: Option<String>,
}

/// How the delivery of all sessions stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OutboxState {
    /// Sessions that are not settled, and those that became so since the page was opened.
    pub sessions: BTreeMap<Uuid, Standing>,
    /// Why nothing can be sent at the moment.
    pub problem: Option<String>,
}

impl OutboxState {
    /// Rows of all sessions that the server has not acknowledged.
    pub fn waiting(&self) -> usize {
        self.sessions.values().map(|standing| standing.waiting).sum()
    }
}

/// A request to the outbox worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToOutbox {
    /// The answer has the same number.
    pub number: u32,
    /// What is asked for.
    pub request: OutboxRequest,
}

/// What the outbox worker can do. Each request may be made twice with the same outcome, as after a worker
/// that died.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxRequest {
    /// Store a new session.
    Open(Box<StoredSession>),
    /// Store a row. It is sent, unless there is no server and it is to be kept here.
    Put {
        /// The row as JSON.
        line: String,
        /// There is no server.
        kept: bool,
    },
    /// Store how many rows the session has, and finish it at the server.
    Close(Box<StoredSession>),
    /// Delete a session and its rows.
    Forget(Uuid),
    /// Every session, oldest first.
    Sessions,
    /// The rows of a session, by index.
    Rows(Uuid),
    /// Send now, whatever the waiting time.
    Retry,
    /// From now on hold everything in memory: the browser's storage does not work.
    UseMemory,
}

/// What the outbox worker says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromOutbox {
    /// It listens.
    Ready,
    /// The answer to a request, or why it failed. A stored row is answered by its request's number alone,
    /// as a JavaScript number.
    Answer {
        /// Of the request.
        number: u32,
        /// What came of it.
        outcome: Result<OutboxReply, String>,
    },
    /// How the delivery stands.
    State(OutboxState),
}

/// What a request brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxReply {
    /// It is done, and durable.
    Done,
    /// Every session.
    Sessions(Vec<StoredSession>),
    /// The rows of a session.
    Rows(Vec<StoredRow>),
}

/// The most bytes that a browser sends after a page was closed (64 KiB), with room for headers.
const MOST_LEFTOVER_BYTES: usize = 60_000;

/// The body of the last request of a page that is being closed: as many of these rows as a browser will
/// still send, the first ones.
pub fn leftovers<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut body = String::new();
    for line in lines {
        if body.len() + line.len() + 1 > MOST_LEFTOVER_BYTES {
            break;
        }
        body.push_str(line);
        body.push('\n');
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_closing_page_sends_is_whole_lines_within_the_browsers_limit() {
        let line = "x".repeat(1999);
        let body = leftovers((0..100).map(|_| line.as_str()));
        assert_eq!((body.len(), body.lines().count()), (60_000, 30));
        assert_eq!(leftovers(std::iter::empty()), "");
    }
}
