//! What the steps other than the trials record: held to the study that the session began with, kept, and
//! exported.

use gestalt_protocol::study::StepRecord;
use gestalt_types::{FieldError, Name};
use serde_json::json;

use super::app::App;
use super::error::Error;
use super::lab::Credentials;
use super::own_session::Asked;

/// Records that are read at a time.
const PAGE: i64 = 1000;

impl App {
    /// Stores a record; it is durable then.
    pub(crate) async fn put_record(
        &self,
        asked: &Asked,
        step: u32,
        record: &StepRecord,
    ) -> Result<(), Error> {
        let session = self.own_session(asked).await?;
        let snapshot = self.snapshot_of(&session).await?;
        if record.step != step {
            return Err(FieldError::new("step", "is another one in the address").into());
        }
        snapshot.study.check_record(record)?;
        let text = serde_json::to_string(record).map_err(crate::store::StoreError::Row)?;
        let is_there = self.store.put_record(session.id, &session.study, step, text, (self.now_ms)()).await?;
        if is_there { Ok(()) } else { Err(Error::Withdrawn) }
    }

    /// Every record of a study, NDJSON. For the lab.
    pub(crate) async fn records_ndjson(&self, shown: &Credentials, study: &Name) -> Result<String, Error> {
        self.reader(shown, study).await?;
        let (mut lines, mut after) = (String::new(), (String::new(), -1));
        loop {
            let page = self.store.records(study, (&after.0, after.1), PAGE).await?;
            let Some(last) = page.last() else { return Ok(lines) };
            after = (last.session.clone(), last.step);
            for stored in page {
                let record: serde_json::Value = serde_json::from_str(&stored.record_json).unwrap_or_default();
                let line = json!({
                    "session": stored.session, "received_at_ms": stored.received_at_ms, "record": record,
                });
                lines.push_str(&line.to_string());
                lines.push('\n');
            }
        }
    }
}
