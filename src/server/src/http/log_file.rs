//! Rows as a file that is read from the database page by page while it is sent.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, TryStreamExt, stream};
use gestalt_protocol::Row;
use gestalt_tables::Rows;
use gestalt_types::FieldError;
use serde::Serialize;

use super::error::HttpError;
use crate::domain::App;
use crate::store::{Place, StoreError, StoredRow, Whose};

/// Rows held in memory at a time. Each page is a query of its own, so that a slow reader holds no lock.
const PAGE_ROWS: i64 = 500;

/// What the file holds.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// The rows that can be read, one a line.
    Ndjson,
    /// A table of them.
    Csv,
    /// Which rows cannot be read, and why: one JSON object a line.
    Unreadable,
}

/// A stored row that is no row.
#[derive(Serialize)]
struct Unreadable<'a> {
    session: &'a str,
    index: i64,
    field: String,
    reason: String,
}

/// Answers with these rows. The caller has checked who asks.
pub(super) async fn answer(app: Arc<App>, whose: Whose, form: Form) -> Result<Response, HttpError> {
    let (content_type, name) = match form {
        Form::Ndjson => ("application/x-ndjson", "rows.ndjson"),
        Form::Csv => ("text/csv; charset=utf-8", "rows.csv"),
        Form::Unreadable => ("application/x-ndjson", "unreadable.ndjson"),
    };
    // The first page is read before the answer begins, so that a database that fails still sets the status.
    let first = app.store.page(&whose, &Place::start(), PAGE_ROWS).await?;
    let head = head(form)? + &piece(&first, form)?;
    let rest = stream::try_unfold(first.last().map(|row| row.place.clone()), move |after| {
        let (app, whose) = (Arc::clone(&app), whose.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let rows = app.store.page(&whose, &after, PAGE_ROWS).await?;
            let end = rows.last().map(|row| row.place.clone());
            Ok::<_, HttpError>(Some((piece(&rows, form)?, end)))
        }
    });
    // The status is sent by now: an error cuts the file short, and is logged.
    let rest = rest.inspect_err(|cause| tracing::error!(%cause, "an export was cut short"));
    let whole = stream::once(async { Ok(head) }).chain(rest);
    let headers = [
        (CONTENT_TYPE, content_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(whole)).into_response())
}

fn head(form: Form) -> Result<String, HttpError> {
    match form {
        Form::Csv => table(&[]),
        Form::Ndjson | Form::Unreadable => Ok(String::new()),
    }
}

/// The lines of some rows.
fn piece(stored: &[StoredRow], form: Form) -> Result<String, HttpError> {
    let (mut rows, mut unreadable) = (Vec::new(), String::new());
    for one in stored {
        let Place { session, index } = &one.place;
        match one.row() {
            Ok(row) => rows.push(row),
            Err(FieldError { field, reason }) if form == Form::Unreadable => {
                let line = Unreadable { session, index: *index, field, reason };
                unreadable += &(serde_json::to_string(&line).map_err(StoreError::Row)? + "\n");
            }
            Err(error) => {
                tracing::warn!(%session, index, %error, "a stored row cannot be read and is left out")
            }
        }
    }
    match form {
        Form::Unreadable => Ok(unreadable),
        Form::Ndjson => Ok(Rows::to_ndjson(&rows).map_err(StoreError::Row)?),
        Form::Csv => {
            let table = table(&rows)?;
            Ok(table.split_once("\r\n").map(|(_, lines)| lines.to_owned()).unwrap_or_default())
        }
    }
}

fn table(rows: &[Row]) -> Result<String, HttpError> {
    Ok(Rows::to_csv(rows).map_err(StoreError::Row)?)
}
