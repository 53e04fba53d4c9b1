//! The list by which a panel's people are paid: the only place where their ids leave the server.

use std::fmt::Write;

use gestalt_types::Name;

use super::super::app::App;
use super::super::error::Error;

impl App {
    /// CSV, one line a person. For whoever holds the researcher's key.
    pub(crate) async fn payments_csv(&self, study: &Name, token: Option<&str>) -> Result<String, Error> {
        self.researcher(token)?;
        let mut csv = String::from("panel_id,submission,session,state,finished_at_ms,session_code\r\n");
        for payment in self.store.payments(study).await? {
            let state = match (payment.is_withdrawn, payment.finished_at_ms) {
                (true, _) => "withdrawn",
                (false, Some(_)) => "finished",
                (false, None) => "unfinished",
            };
            let finished = payment.finished_at_ms.map(|ms| ms.to_string()).unwrap_or_default();
            let cells = [
                inert(&payment.panel_id),
                inert(payment.submission.as_deref().unwrap_or_default()),
                payment.session,
                state.to_owned(),
                finished,
                payment.completion_code.unwrap_or_default(),
            ];
            // Writing to a string cannot fail.
            let _ = write!(csv, "{}\r\n", cells.join(","));
        }
        Ok(csv)
    }
}

/// A cell that no spreadsheet takes for a formula: ids come from addresses, and anybody can write those.
fn inert(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
