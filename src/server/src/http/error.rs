//! The one error of a request: its status, and what the client is told. Causes are logged, not shown.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gestalt_protocol::api::{MAX_BATCH_ROWS, MAX_BODY_BYTES, Problem};

use crate::domain;
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
    #[error(
        "the body is larger than {MAX_BODY_BYTES} bytes: split the batch into parts of at most {MAX_BATCH_ROWS} rows and send one after the other"
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
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::File(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Logs the causes that the client is not shown.
    fn log(&self) {
        match self {
            Self::Domain(domain::Error::Store(cause)) => tracing::error!(%cause, "database"),
            Self::Domain(domain::Error::Random(cause)) => tracing::error!(%cause, "random numbers"),
            Self::File(cause) => tracing::error!(%cause, "file"),
            _ => {}
        }
    }
}

fn domain_status(error: &domain::Error) -> StatusCode {
    match error {
        domain::Error::NotFound(_) => StatusCode::NOT_FOUND,
        domain::Error::Field(_) => StatusCode::UNPROCESSABLE_ENTITY,
        domain::Error::Unauthorised(_) => StatusCode::UNAUTHORIZED,
        domain::Error::Withdrawn => StatusCode::GONE,
        domain::Error::Missing(_) | domain::Error::Conflict(_) => StatusCode::CONFLICT,
        // What cannot be read now cannot be read later: a client that retries would retry for ever.
        domain::Error::Store(StoreError::Unreadable { .. }) | domain::Error::Random(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        domain::Error::Unavailable(_) | domain::Error::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        self.log();
        let status = self.status_code();
        let error = self.to_string();
        let missing = match self {
            Self::Domain(domain::Error::Missing(indices)) => indices,
            _ => Vec::new(),
        };
        let mut response = (status, Json(Problem { error, missing })).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
