//! The one error of a request: what the client is told, and with which status. Causes are logged, not shown.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gestalt_protocol::api::{MAX_BATCH_ROWS, MAX_BODY_BYTES, Problem};

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    NotFound(String),
    #[error("this address does not take this method; gestalt_protocol::api lists them")]
    WrongMethod,
    #[error("{0}")]
    BadRequest(String),
    #[error("{field}: {reason}")]
    Field { field: String, reason: String },
    #[error(
        "the body is larger than {MAX_BODY_BYTES} bytes: split the batch, at most {MAX_BATCH_ROWS} rows each, and send the parts one after the other"
    )]
    TooLarge,
    #[error("the request took too long: send it again, in smaller batches if the connection is slow")]
    TooSlow,
    #[error("an `Authorization: Bearer …` header with {0} is needed")]
    Unauthorised(&'static str),
    #[error("this session was withdrawn: its rows were deleted and no more are taken")]
    Withdrawn,
    #[error("{} of the session's rows are not stored: send them, then finish again", .0.len())]
    Missing(Vec<u32>),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}: keep the rows and send them again later")]
    Unavailable(String),
    #[error("the database did not answer: keep the rows and send them again")]
    Database(#[from] sqlx::Error),
    #[error("the server could not do this; its log says why")]
    Random(#[from] getrandom::Error),
    #[error("the server could not read one of its files; its log says why")]
    File(#[from] std::io::Error),
}

impl Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Error::BadRequest(_) => StatusCode::BAD_REQUEST,
            Error::Field { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Error::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Error::Unauthorised(_) => StatusCode::UNAUTHORIZED,
            Error::Withdrawn => StatusCode::GONE,
            Error::Missing(_) | Error::Conflict(_) => StatusCode::CONFLICT,
            Error::Unavailable(_) | Error::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Random(_) | Error::File(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match &self {
            Error::Database(cause) => tracing::error!(%cause, "database"),
            Error::Random(cause) => tracing::error!(%cause, "random numbers"),
            Error::File(cause) => tracing::error!(%cause, "file"),
            _ => {}
        }
        let status = self.status_code();
        let error = self.to_string();
        let missing = if let Error::Missing(indices) = self { indices } else { Vec::new() };
        let mut response = (status, Json(Problem { error, missing })).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
