//! The log as a file: a study's for the researcher, a finished session's for its participant.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, TryStreamExt, stream};
use gestalt_protocol::{Row, Rows};
use gestalt_types::Name;

use super::App;
use super::extract::Bearer;
use crate::error::Error;
use crate::store::{Place, Whose};

/// Rows held in memory at a time. Each page is a query of its own, so that a slow reader holds no lock.
const PAGE_ROWS: i64 = 500;

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Ndjson,
    Csv,
}

pub(super) async fn study_ndjson(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    bearer: Bearer,
) -> Result<Response, Error> {
    study_rows(app, study, &bearer, Form::Ndjson).await
}

pub(super) async fn study_csv(
    State(app): State<Arc<App>>,
    Path(study): Path<String>,
    bearer: Bearer,
) -> Result<Response, Error> {
    study_rows(app, study, &bearer, Form::Csv).await
}

/// A study need not be offered (any more) for its rows to be read.
async fn study_rows(app: Arc<App>, study: String, bearer: &Bearer, form: Form) -> Result<Response, Error> {
    app.researcher(bearer)?;
    let name = Name::new(study).map_err(|error| Error::NotFound(error.to_string()))?;
    rows(app, Whose::Study(name), form).await
}

/// Only of a finished session: the rows say which answers were right.
pub(super) async fn own_rows(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    bearer: Bearer,
) -> Result<Response, Error> {
    let session = app.session(&id, &bearer).await?;
    if !session.finished {
        return Err(Error::Conflict("the session is not finished yet: finish it, then read its rows".into()));
    }
    rows(app, Whose::Session(session.id), Form::Ndjson).await
}

async fn rows(app: Arc<App>, whose: Whose, form: Form) -> Result<Response, Error> {
    let (content_type, ending) = match form {
        Form::Ndjson => ("application/x-ndjson", "ndjson"),
        Form::Csv => ("text/csv; charset=utf-8", "csv"),
    };
    // The first page is read before the answer begins, so that a database that fails is still told by the status.
    let first = app.store.page(&whose, &Place::start(), PAGE_ROWS).await?;
    let head = chunk(&first.0, form, true)?;
    let rest = stream::try_unfold(first.1, move |place| {
        let (app, whose) = (Arc::clone(&app), whose.clone());
        async move {
            let (rows, end) = app.store.page(&whose, &place, PAGE_ROWS).await?;
            if rows.is_empty() {
                return Ok(None);
            }
            Ok::<_, Error>(Some((chunk(&rows, form, false)?, end)))
        }
    });
    // The status is sent by now: what fails here cuts the file short, and is logged.
    let rest = rest.inspect_err(|cause| tracing::error!(%cause, "an export was cut short"));
    let whole = stream::once(async { Ok(head) }).chain(rest);
    let file = format!("attachment; filename=\"rows.{ending}\"");
    let headers = [(CONTENT_TYPE, content_type.to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, Body::from_stream(whole)).into_response())
}

/// A piece of the file. Rows were checked when they came in; one that no longer reads is an error, not a gap.
fn chunk(rows: &[String], form: Form, first: bool) -> Result<String, Error> {
    if form == Form::Ndjson {
        return Ok(rows.iter().flat_map(|row| [row.as_str(), "\n"]).collect());
    }
    let read = |row: &String| Row::parse(row.as_bytes()).map_err(std::io::Error::other);
    let rows: Vec<Row> = rows.iter().map(read).collect::<Result<_, _>>()?;
    let table = Rows::to_csv(&rows);
    if first {
        return Ok(table);
    }
    Ok(table.split_once("\r\n").map(|(_, lines)| lines.to_owned()).unwrap_or_default())
}
