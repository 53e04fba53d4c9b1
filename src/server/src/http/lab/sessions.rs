//! The list of a study's sessions with their completion codes, for the researcher: what is paid is looked up
//! here.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use gestalt_types::Name;

use crate::domain::App;
use crate::http::error::HttpError;
use crate::http::extract::Bearer;
use crate::store::{ListedSession, kind_text};

/// Sessions that are read at a time.
const PAGE: i64 = 1000;
const HEADER: &str = "session,observer_kind,observer,study_hash,consent_text_hash,opened_at_ms,\
    finished_at_ms,withdrawn_at_ms,rows,completion_code\r\n";

/// CSV, one line a session, oldest first. Times are milliseconds since 1970 on the server's clock.
pub(super) async fn csv(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    Bearer(token): Bearer,
) -> Result<impl IntoResponse, HttpError> {
    app.researcher(token.as_deref())?;
    let study = Name::new(study).map_err(|error| HttpError::NotFound(error.to_string()))?;
    let (mut table, mut after) = (HEADER.to_owned(), String::new());
    loop {
        let page = app.store.list_sessions(&study, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.session);
        table.extend(page.iter().map(line));
    }
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], table))
}

fn line(listed: &ListedSession) -> String {
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let kind = listed.observer_kind.map(kind_text).unwrap_or_default();
    let cells = [
        listed.session.clone(),
        kind.to_owned(),
        quoted(listed.observer.as_deref().unwrap_or_default()),
        listed.snapshot.clone().unwrap_or_default(),
        listed.consent_text_hash.clone().unwrap_or_default(),
        number(listed.opened_at_ms),
        number(listed.finished_at_ms),
        number(listed.withdrawn_at_ms),
        number(listed.rows),
        listed.completion_code.clone().unwrap_or_default(),
    ];
    cells.join(",") + "\r\n"
}

/// A pseudonym may be anything that a client wrote (RFC 4180, section 2).
fn quoted(text: &str) -> String {
    if text.contains(['"', ',']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
