//! The list of a study's sessions with their completion codes, for the researcher: what is paid is looked up
//! here.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use gestalt_tables::table::{self, Cell};

use super::studies::named;
use crate::domain::App;
use crate::http::error::HttpError;
use crate::http::extract::Lab;
use crate::store::{ListedSession, kind_text};

/// Sessions that are read at a time.
const PAGE: i64 = 1000;
const HEADER: [&str; 10] = [
    "session",
    "observer_kind",
    "observer",
    "study_hash",
    "consent_text_hash",
    "opened_at_ms",
    "finished_at_ms",
    "withdrawn_at_ms",
    "rows",
    "completion_code",
];

/// CSV, one line a session, oldest first. Times are milliseconds since 1970 on the server's clock.
pub(super) async fn csv(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Lab(shown): Lab,
) -> Result<impl IntoResponse, HttpError> {
    let study = named(study)?;
    app.reader(&shown, &study).await?;
    let (mut lines, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.store.list_sessions(&study, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.session);
        lines.extend(page.iter().map(line));
    }
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], table::to_csv(HEADER, lines)))
}

fn line(listed: &ListedSession) -> Vec<Cell> {
    let number = |value: Option<i64>| value.map_or(Cell::Empty, |value| Cell::Number(value.to_string()));
    // A pseudonym may be anything that a client wrote.
    let text = |value: Option<&str>| value.map_or(Cell::Empty, |value| Cell::Text(value.to_owned()));
    vec![
        text(Some(&listed.session)),
        text(listed.observer_kind.map(kind_text)),
        text(listed.observer.as_deref()),
        text(listed.snapshot.as_deref()),
        text(listed.consent_text_hash.as_deref()),
        number(listed.opened_at_ms),
        number(listed.finished_at_ms),
        number(listed.withdrawn_at_ms),
        number(listed.rows),
        text(listed.completion_code.as_deref()),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use gestalt_protocol::ObserverKind;
    use gestalt_tables::table::Table;

    use super::*;

    #[test]
    fn what_a_client_wrote_is_inert_in_a_spreadsheet_and_comes_back() {
        let listed = ListedSession {
            session: "019bd0c0-0000-7000-8000-000000000001".into(),
            observer_kind: Some(ObserverKind::Human),
            observer: Some("=HYPERLINK(\"http://a\"),\n1".into()),
            snapshot: None,
            consent_text_hash: None,
            opened_at_ms: Some(1),
            finished_at_ms: None,
            withdrawn_at_ms: None,
            rows: Some(3),
            completion_code: Some("0012E345".into()),
        };
        let csv = table::to_csv(HEADER, [line(&listed)]);
        assert!(csv.contains("\"'=HYPERLINK") && csv.ends_with(",1,,,3,'0012E345\r\n"), "{csv}");
        let (_, cells) = &Table::read(csv.as_bytes()).unwrap().rows[0];
        assert_eq!(
            (Some(&cells[2]), Some(&cells[9])),
            (listed.observer.as_ref(), listed.completion_code.as_ref())
        );
    }
}
