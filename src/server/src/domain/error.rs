//! Why a request cannot be granted, in words for the person or program that made it. `http/error.rs` gives
//! it a status.

use std::time::Duration;

use gestalt_protocol::api::MAX_BATCH_ROWS;
use gestalt_types::FieldError;

use crate::seats::NoSeat;
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
    #[error(
        "this is not a key of the lab: check that it was copied whole, or ask whoever runs the server for one"
    )]
    WrongKey,
    #[error("{}", match .0 {
        NoSeat::Full => "this study has all the participants that it asked for. Thank you for your interest",
        NoSeat::FullForNow => "all places of this study are taken at the moment. If somebody does not finish, a place \
            becomes free: try again in half an hour",
    })]
    NoSeat(NoSeat),
    #[error("this session was withdrawn: its rows were deleted and no more are taken")]
    Withdrawn,
    #[error("{} of the session's rows are not stored: send them, then finish again", .0.len())]
    Missing(Vec<u32>),
    #[error("{0}")]
    Conflict(String),
    #[error(
        "you have begun this study in another browser or tab: go on there, or take it over here. Your answers so \
         far are stored"
    )]
    BegunElsewhere,
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

impl From<NoSeat> for Error {
    fn from(why: NoSeat) -> Self {
        Self::NoSeat(why)
    }
}
