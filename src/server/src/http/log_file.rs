//! Rows as a file that is read from the database page by page while it is sent.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, TryStreamExt, stream};
use gestalt_protocol::{Row, Rows};

use super::error::HttpError;
use crate::domain::App;
use crate::store::{Place, Whose};

/// Rows held in memory at a time. Each page is a query of its own, so that a slow reader holds no lock.
const PAGE_ROWS: i64 = 500;

/// The format of the file.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    Ndjson,
    Csv,
}

/// Answers with these rows. The caller has checked who asks.
pub(super) async fn answer(app: Arc<App>, whose: Whose, form: Form) -> Result<Response, HttpError> {
    let (content_type, ending) = match form {
        Form::Ndjson => ("application/x-ndjson", "ndjson"),
        Form::Csv => ("text/csv; charset=utf-8", "csv"),
    };
    // The first page is read before the answer begins, so that a database that fails still sets the status.
    let first = app.store.page(&whose, &Place::start(), PAGE_ROWS).await?;
    let head = chunk(&first.0, form, true)?;
    let rest = stream::try_unfold(first.1, move |place| {
        let (app, whose) = (Arc::clone(&app), whose.clone());
        async move {
            let (rows, end) = app.store.page(&whose, &place, PAGE_ROWS).await?;
            if rows.is_empty() {
                return Ok(None);
            }
            Ok::<_, HttpError>(Some((chunk(&rows, form, false)?, end)))
        }
    });
    // The status is sent by now: an error cuts the file short, and is logged.
    let rest = rest.inspect_err(|cause| tracing::error!(%cause, "an export was cut short"));
    let whole = stream::once(async { Ok(head) }).chain(rest);
    let file = format!("attachment; filename=\"rows.{ending}\"");
    let headers = [(CONTENT_TYPE, content_type.to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, Body::from_stream(whole)).into_response())
}

/// A piece of the file. Rows were checked when they came in; one that can no longer be read is an error, not a gap.
fn chunk(rows: &[String], form: Form, first: bool) -> Result<String, HttpError> {
    if form == Form::Ndjson {
        return Ok(rows.iter().flat_map(|row| [row.as_str(), "\n"]).collect());
    }
    let read = |row: &String| Row::parse(row.as_bytes()).map_err(std::io::Error::other);
    let rows: Vec<Row> = rows.iter().map(read).collect::<Result<_, _>>()?;
    let table = Rows::to_csv(&rows).map_err(std::io::Error::other)?;
    if first {
        return Ok(table);
    }
    Ok(table.split_once("\r\n").map(|(_, lines)| lines.to_owned()).unwrap_or_default())
}
