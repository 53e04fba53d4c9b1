//! The one error of a request: its status, and what the client is told. Causes are logged under an id, not
//! shown.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gestalt_protocol::api::{MAX_BATCH_ROWS, MAX_BODY_BYTES, Problem};

use crate::domain;
use crate::secrets;
use crate::store::StoreError;

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error(transparent)]
    Domain(#[from] domain::Error),
    #[error("{0}")]
    NotFound(String),
    #[error("this address does not take this method; gestalt_protocol::api lists them")]
    WrongMethod,
    #[error("{0}")]
    BadRequest(String),
    #[error("the header `content-type: {0}` is needed")]
    ContentType(&'static str),
    #[error(
        "the body is larger than {MAX_BODY_BYTES} bytes: split the batch into parts of at most {MAX_BATCH_ROWS} \
         rows and send one after the other"
    )]
    TooLarge,
    #[error("the request took too long: send it again, in smaller batches if the connection is slow")]
    TooSlow,
    #[error("the server could not read one of its files; its log says why")]
    File(#[from] std::io::Error),
}

impl From<StoreError> for HttpError {
    fn from(cause: StoreError) -> Self {
        Self::Domain(cause.into())
    }
}

impl HttpError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Domain(error) => domain_status(error),
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::ContentType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::File(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// When the same request may succeed.
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Domain(domain::Error::TooSoon(after) | domain::Error::TooMany { after, .. }) => {
                Some(*after)
            }
            Self::Domain(domain::Error::Unavailable(_)) => Some(Duration::from_secs(60)),
            _ if self.status_code() == StatusCode::SERVICE_UNAVAILABLE => Some(Duration::from_secs(5)),
            _ => None,
        }
    }

    /// Logs a cause that the client is not shown; the id by which the log is searched.
    fn log(&self) -> Option<String> {
        let (what, cause): (_, &dyn std::fmt::Display) = match self {
            Self::Domain(domain::Error::Store(cause)) => ("database", cause),
            Self::Domain(domain::Error::Random(cause)) => ("random numbers", cause),
            Self::File(cause) => ("file", cause),
            _ => return None,
        };
        let id = secrets::error_id();
        tracing::error!(error_id = id, %cause, "{what}");
        Some(id)
    }
}

fn domain_status(error: &domain::Error) -> StatusCode {
    match error {
        domain::Error::NotFound(_) => StatusCode::NOT_FOUND,
        domain::Error::Field(_) => StatusCode::UNPROCESSABLE_ENTITY,
        domain::Error::Unauthorised(_) => StatusCode::UNAUTHORIZED,
        domain::Error::Forbidden(_) | domain::Error::WrongKey | domain::Error::NoSeat(_) => {
            StatusCode::FORBIDDEN
        }
        domain::Error::Withdrawn => StatusCode::GONE,
        domain::Error::Missing(_)
        | domain::Error::Conflict(_)
        | domain::Error::BegunElsewhere
        | domain::Error::TakenBefore(_) => StatusCode::CONFLICT,
        domain::Error::TooManyRows => StatusCode::PAYLOAD_TOO_LARGE,
        domain::Error::TooSoon(_) | domain::Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        // What cannot be read now cannot be read later: a client that retries would retry for ever.
        domain::Error::Store(StoreError::Unreadable { .. }) | domain::Error::Random(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        domain::Error::Unavailable(_) | domain::Error::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let error_id = self.log();
        let (status, after) = (self.status_code(), self.retry_after());
        let error = self.to_string();
        let can_resume = matches!(self, Self::Domain(domain::Error::BegunElsewhere));
        let (missing, completion_code) = match self {
            Self::Domain(domain::Error::Missing(indices)) => (indices, None),
            Self::Domain(domain::Error::TakenBefore(code)) => (Vec::new(), Some(code)),
            _ => (Vec::new(), None),
        };
        let mut response =
            (status, Json(Problem { error, error_id, completion_code, can_resume, missing })).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(after) = after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
        }
        response
    }
}
