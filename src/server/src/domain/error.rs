//! Why a request cannot be granted, in words for the person or program that made it. `http/error.rs` gives
//! it a status.

use std::time::Duration;

use gestalt_protocol::api::MAX_BATCH_ROWS;
use gestalt_types::FieldError;

use crate::store::StoreError;

/// Why a request cannot be granted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    NotFound(String),
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error("an `Authorization: Bearer …` header with {0} is needed")]
    Unauthorised(&'static str),
    #[error("{0}")]
    Forbidden(String),
    #[error("this session was withdrawn: its rows were deleted and no more are taken")]
    Withdrawn,
    #[error("{} of the session's rows are not stored: send them, then finish again", .0.len())]
    Missing(Vec<u32>),
    #[error("{0}")]
    Conflict(String),
    #[error("you have taken part in this study already: here is your code again")]
    TakenBefore(String),
    #[error("a batch has at most {MAX_BATCH_ROWS} rows: split it and send one part after the other")]
    TooManyRows,
    #[error("these trials cannot be over yet by the server's clock: keep the rows and send them again in {} s", .0.as_secs())]
    TooSoon(Duration),
    #[error("{what}: try again in {} s", .after.as_secs())]
    TooMany { what: &'static str, after: Duration },
    #[error("{0}: keep the rows and send them again later")]
    Unavailable(String),
    #[error("the database did not answer: keep the rows and send them again")]
    Store(#[from] StoreError),
    #[error("the server could not do this; its log says why")]
    Random(#[from] getrandom::Error),
}
