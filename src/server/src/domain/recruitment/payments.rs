//! The list by which a panel's people are paid: the only place where their ids leave the server.

use gestalt_protocol::study::Study;
use gestalt_tables::table::{Cell, to_csv};
use gestalt_types::Name;

use super::super::app::App;
use super::super::error::Error;
use super::super::lab::Credentials;
use super::code_shown;
use crate::store::Payment;

const COLUMNS: [&str; 8] = [
    "panel_id",
    "submission",
    "session",
    "state",
    "finished_at_ms",
    "session_code",
    "code_shown",
    "excluded_by",
];

impl App {
    /// CSV, one line a person. For owners only.
    pub(crate) async fn payments_csv(&self, shown: &Credentials, study: &Name) -> Result<String, Error> {
        self.owner(shown, study).await?;
        // A study that is offered no more still has its people to pay.
        let file = self.study(study.as_str()).ok().map(|offered| &offered.snapshot.study);
        let payments = self.store.payments(study).await?;
        let lines = payments.into_iter().map(|payment| cells(payment, file));
        Ok(to_csv(COLUMNS, lines))
    }
}

fn cells(payment: Payment, study: Option<&Study>) -> Vec<Cell> {
    let state = match (payment.is_withdrawn, payment.finished_at_ms) {
        (true, _) => "withdrawn",
        (false, Some(_)) => "finished",
        (false, None) => "unfinished",
    };
    let own = payment.completion_code.unwrap_or_default();
    let excluded_by = payment.excluded_by.unwrap_or_default();
    let shown = match study {
        Some(study) if !own.is_empty() => code_shown(study, own.clone(), Some(&excluded_by)),
        _ => own.clone(),
    };
    let text = |text: String| if text.is_empty() { Cell::Empty } else { Cell::Text(text) };
    vec![
        text(payment.panel_id),
        text(payment.submission.unwrap_or_default()),
        text(payment.session),
        text(state.to_owned()),
        payment.finished_at_ms.map_or(Cell::Empty, |ms| Cell::Number(ms.to_string())),
        text(own),
        text(shown),
        text(excluded_by.replace(',', " ")),
    ]
}
