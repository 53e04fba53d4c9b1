//! What the lab page asks the server for. The browser sends the cookie along by itself.

use gestalt_protocol::lab::{CSRF_HEADER, LabParticipant, LabStudy, LabVisit, SetState, SignIn, StudyState};
use gloo_net::http::Request;

use crate::browser::address;
use gestalt_web::request::{ServerError, json, posted, sent};

/// Who is signed in.
pub async fn visit() -> Result<LabVisit, ServerError> {
    json(sent(Request::get(&address("api/lab/visit"))).await?).await
}

/// Signs in.
pub async fn sign_in(key: String) -> Result<LabVisit, ServerError> {
    json(posted(Request::post(&address("api/lab/visit")).json(&SignIn { key })).await?).await
}

/// Signs out.
pub async fn sign_out(visit: &LabVisit) -> Result<(), ServerError> {
    sent(Request::delete(&address("api/lab/visit")).header(CSRF_HEADER, &visit.csrf)).await.map(drop)
}

/// Everyone in a study.
pub async fn participants(study: &str) -> Result<Vec<LabParticipant>, ServerError> {
    json(sent(Request::get(&address(&format!("api/lab/studies/{study}/participants")))).await?).await
}

/// Pauses, closes or opens a study.
pub async fn set_state(visit: &LabVisit, study: &str, state: StudyState) -> Result<LabStudy, ServerError> {
    let request = Request::put(&address(&format!("api/lab/studies/{study}/state")));
    json(posted(request.header(CSRF_HEADER, &visit.csrf).json(&SetState { state })).await?).await
}
