//! The server's interface as the page uses it, typed: one function a request of `gestalt_protocol::api`. The
//! outbox worker sends rows.

use gestalt_protocol::Row;
use gestalt_protocol::api::{Health, OpenSession, SessionOpened, StudyOpened, Withdrawal};
use gestalt_protocol::study::StepRecord;
use gestalt_tables::Rows;
use gestalt_web::request::{json, posted, refusal, sent, timeout};
use gloo_net::http::Request;
use uuid::Uuid;

pub use gestalt_web::request::ServerError;

use crate::browser::address;

/// Where the app finds its studies and leaves its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosting {
    /// A server scores and keeps.
    Server,
    /// Files only: the browser scores and keeps, and hands the log over as a file.
    Static,
}

/// Asks whether a server is there. Files alone answer with an error page; silence is an error.
pub async fn hosting() -> Result<Hosting, ServerError> {
    let response = sent(Request::get(&address("api/health"))).await?;
    if response.status() >= 500 {
        return Err(refusal(response).await);
    }
    let healthy = response.ok() && response.json::<Health>().await.is_ok();
    Ok(if healthy { Hosting::Server } else { Hosting::Static })
}

/// One study with its trial set, answers left out.
pub async fn study(name: &str) -> Result<StudyOpened, ServerError> {
    json(sent(Request::get(&address(&format!("api/studies/{}", encoded(name))))).await?).await
}

/// Where the server has an image of a study.
pub fn image_folder(study: &str) -> String {
    address(&format!("api/studies/{}/images/", encoded(study)))
}

/// Opens a session.
pub async fn open_session(request: &OpenSession) -> Result<SessionOpened, ServerError> {
    json(posted(Request::post(&address("api/sessions")).json(request)).await?).await
}

/// Stores what a step other than the trials recorded.
pub async fn put_record(session: Uuid, token: &str, record: &StepRecord) -> Result<(), ServerError> {
    let request = Request::put(&session_address(session, &format!("/steps/{}", record.step)))
        .header("authorization", &format!("Bearer {token}"))
        .abort_signal(Some(&timeout()))
        .json(record);
    posted(request).await.map(drop)
}

/// The scored rows of a finished session.
pub async fn scored_rows(session: Uuid, token: &str) -> Result<Vec<Row>, ServerError> {
    let request = Request::get(&session_address(session, "/rows"));
    let response = sent(request.header("authorization", &format!("Bearer {token}"))).await?;
    let bytes = response.binary().await.map_err(|error| ServerError::Unreachable(error.to_string()))?;
    let log = Rows::read(&bytes).map_err(|error| ServerError::Misunderstood(format!("the rows: {error}")))?;
    match log.refused.first() {
        Some((line, error)) => Err(ServerError::Misunderstood(format!("line {line} of the rows: {error}"))),
        None => Ok(log.rows),
    }
}

/// The participant withdraws: the server deletes the session's rows.
pub async fn withdraw(session: Uuid, token: &str) -> Result<(), ServerError> {
    let request = Request::delete(&session_address(session, ""));
    sent(request.header("authorization", &format!("Bearer {token}"))).await.map(|_| ())
}

/// The participant withdraws with the receipt alone.
pub async fn withdraw_by_receipt(receipt: String) -> Result<(), ServerError> {
    posted(Request::post(&address("api/withdrawals")).json(&Withdrawal { receipt })).await.map(drop)
}

/// The bytes of a file of this site.
pub async fn file(url: &str) -> Result<Vec<u8>, ServerError> {
    let response = sent(Request::get(url)).await?;
    response.binary().await.map_err(|error| ServerError::Unreachable(error.to_string()))
}

fn session_address(session: Uuid, rest: &str) -> String {
    address(&format!("api/sessions/{session}{rest}"))
}

fn encoded(name: &str) -> String {
    js_sys::encode_uri_component(name).into()
}
