//! How rows reach a server: which travel together, what a receipt makes of them, and how long to wait after
//! a failure. No network and no storage here, so that all of it is tested without.

use gestalt_protocol::Row;
use gestalt_protocol::api::{MAX_BATCH_ROWS, MAX_BODY_BYTES, Receipt};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// To be sent.
    Waiting,
    /// Durable at the server.
    Acknowledged,
    /// The server refused it: field and reason.
    Refused(String),
    /// Stays in this browser: there is no server.
    Kept,
}

/// A row in the browser's storage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredRow {
    /// First half of the key.
    pub session: Uuid,
    /// Second half of the key.
    pub index: u32,
    /// What became of it.
    pub fate: Fate,
    /// The row as it was made; an earlier version of the page may have kept it.
    #[serde(deserialize_with = "Row::any_version")]
    pub row: Row,
}

/// How far the delivery of one session is. Remembers what is settled, so that a new row does not mean
/// reading all earlier ones again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    settled: u32,
    refused: Vec<(u32, String)>,
}

impl Delivery {
    /// Index of the first row that is not settled: rows from here on have to be looked at.
    pub fn first_open(&self) -> u32 {
        self.settled
    }

    /// Rows that the server refused: index, and field with reason.
    pub fn refused(&self) -> &[(u32, String)] {
        &self.refused
    }

    /// Takes in the rows from [`Delivery::first_open`] on, by index.
    pub fn absorb(&mut self, rows: &[StoredRow]) {
        for row in rows {
            if let Fate::Refused(why) = &row.fate
                && !self.refused.iter().any(|(index, _)| *index == row.index)
            {
                self.refused.push((row.index, why.clone()));
            }
            if row.fate != Fate::Waiting && row.index == self.settled {
                self.settled += 1;
            }
        }
    }
}

/// The first waiting rows, as many as fit into one request.
pub fn next_batch(rows: &[StoredRow]) -> Vec<StoredRow> {
    let mut bytes = 0;
    let waiting = rows.iter().filter(|row| row.fate == Fate::Waiting).take(MAX_BATCH_ROWS);
    let fitting = waiting.take_while(|row| {
        let before = bytes;
        // A row that cannot be written is reported by `ndjson`.
        bytes += row.row.to_json().map_or(0, |line| line.len()) + 1;
        // A single row that is too large travels alone, so that the server can say so.
        before == 0 || bytes <= MAX_BODY_BYTES
    });
    fitting.cloned().collect()
}

/// The body of the request.
///
/// # Errors
/// As [`Row::to_json`].
pub fn ndjson(batch: &[StoredRow]) -> serde_json::Result<String> {
    batch.iter().map(|row| Ok(row.row.to_json()? + "\n")).collect()
}

/// The rows of the batch whose fate the receipt decided; a row that it does not mention still waits.
pub fn decided(batch: &[StoredRow], receipt: &Receipt) -> Vec<StoredRow> {
    let fate = |line: usize, row: &StoredRow| {
        let refusal = receipt.refused.iter().find(|refusal| refusal.line == line);
        match refusal {
            _ if receipt.stored.contains(&row.index) => Some(Fate::Acknowledged),
            Some(refusal) => Some(Fate::Refused(format!("{}: {}", refusal.field, refusal.reason))),
            None => None,
        }
    };
    let decided = batch.iter().enumerate();
    decided
        .filter_map(|(place, row)| Some(StoredRow { fate: fate(place + 1, row)?, ..row.clone() }))
        .collect()
}

/// Rows that were acknowledged but that the server misses after all: to be sent once more.
pub fn lost(rows: &[StoredRow], missing: &[u32]) -> Vec<StoredRow> {
    let lost = |row: &&StoredRow| row.fate == Fate::Acknowledged && missing.contains(&row.index);
    rows.iter().filter(lost).map(|row| StoredRow { fate: Fate::Waiting, ..row.clone() }).collect()
}

/// The longest wait.
const MOST_MS: f64 = 60_000.0;

/// Milliseconds to wait after a number of failures in a row: 1 s, doubled each time, up to a minute.
///
/// `jitter` (0 to 1) shortens the wait by up to a quarter, so that many browsers do not come back in the
/// same second.
pub fn wait_ms(failures: u32, jitter: f64) -> u32 {
    let doubled = 1000.0 * 2_f64.powi(failures.saturating_sub(1).min(16) as i32);
    (doubled.min(MOST_MS) * (1.0 - 0.25 * jitter.clamp(0.0, 1.0))) as u32
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use gestalt_protocol::api::Refusal;
    use gestalt_protocol::{
        Identity, ObserverKind, Outcome, Presentation, Prompt, Response, Role, RowTask, Showing,
    };
    use gestalt_types::{Name, Sha256};
    use uuid::Uuid;

    use super::*;

    fn rows(count: u32) -> Vec<StoredRow> {
        let name = |text: &str| Name::new(text).unwrap();
        let identity = Identity {
            study: name("s"),
            session: Uuid::nil(),
            observer_kind: ObserverKind::Human,
            observer: name("p"),
            weights_hash: None,
            app_version: "1".into(),
            study_hash: None,
            trial_set: Sha256::of(b""),
            task: RowTask::OddOneOut,
            prompt: Prompt::Whole,
        };
        let presentation = Presentation {
            trial: name("t"),
            role: Role::Test,
            block: 1,
            repeat: 0,
            category: name("c"),
            condition: name("d"),
            shown: [b"1", b"2", b"3"].map(|bytes| Sha256::of(bytes)),
        };
        let response = Response {
            outcome: Outcome::Missed,
            chosen_slot: None,
            reaction_time_ms: None,
            showing: Some(Showing::default()),
            readout: None,
        };
        let row = |index| identity.row(Uuid::nil(), index, &presentation, response.clone());
        let stored = |index| StoredRow { session: Uuid::nil(), index, fate: Fate::Waiting, row: row(index) };
        (0..count).map(stored).collect()
    }

    #[test]
    fn a_batch_keeps_to_the_limits_and_skips_what_is_settled() {
        let mut all = rows(MAX_BATCH_ROWS as u32 + 5);
        all[0].fate = Fate::Acknowledged;
        let batch = next_batch(&all);
        assert_eq!((batch.len(), batch[0].index), (MAX_BATCH_ROWS, 1));
        assert!(ndjson(&batch).unwrap().len() <= MAX_BODY_BYTES);
        assert!(next_batch(&[]).is_empty());
    }

    #[test]
    fn settled_rows_are_not_looked_at_again() {
        let mut all = rows(5);
        let mut delivery = Delivery::default();
        all[0].fate = Fate::Acknowledged;
        all[1].fate = Fate::Refused("shown: unknown".into());
        all[3].fate = Fate::Acknowledged;
        delivery.absorb(&all);
        assert_eq!(delivery.first_open(), 2, "row 2 waits, though row 3 is there");
        all[2].fate = Fate::Acknowledged;
        delivery.absorb(&all[2..]);
        assert_eq!(delivery.first_open(), 4);
        assert_eq!(delivery.refused(), [(1, "shown: unknown".to_owned())]);
    }

    #[test]
    fn rows_that_the_server_misses_after_all_are_sent_again() {
        let mut all = rows(3);
        all[0].fate = Fate::Acknowledged;
        all[1].fate = Fate::Refused("x".into());
        let again = lost(&all, &[0, 1, 2]);
        assert_eq!(again.iter().map(|row| (row.index, &row.fate)).collect::<Vec<_>>(), [(0, &Fate::Waiting)]);
    }

    #[test]
    fn only_the_receipt_settles_a_row() {
        let batch = rows(3);
        let refused = vec![Refusal { line: 3, field: "shown".into(), reason: "unknown".into() }];
        let after = decided(&batch, &Receipt { stored: vec![0], refused });
        let fates: Vec<_> = after.iter().map(|row| (row.index, row.fate.clone())).collect();
        assert_eq!(fates, [(0, Fate::Acknowledged), (2, Fate::Refused("shown: unknown".into()))]);
    }

    #[test]
    fn waits_double_up_to_a_minute() {
        assert_eq!([1, 2, 3, 10, u32::MAX].map(|n| wait_ms(n, 0.0)), [1000, 2000, 4000, 60_000, 60_000]);
        assert_eq!(wait_ms(1, 1.0), 750);
    }
}
