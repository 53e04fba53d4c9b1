//! What requests bring with them: a body of bounded size, a token, a session.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use futures_util::StreamExt;
use gestalt_protocol::api::MAX_BODY_BYTES;
use gestalt_types::{FieldError, json};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::App;
use crate::error::Error;
use crate::secrets;
use crate::store::Session;

/// Of a body that is too large, so much more is read: a browser that is still sending does not see the answer.
const DRAINED_BYTES: usize = 16 * MAX_BODY_BYTES;

/// The whole body, at most [`MAX_BODY_BYTES`].
pub(crate) struct Body(pub(crate) Bytes);

impl<S: Sync> FromRequest<S> for Body {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        let mut stream = request.into_body().into_data_stream();
        let (mut body, mut seen) = (Vec::new(), 0);
        while let Some(chunk) = stream.next().await {
            let chunk = chunk
                .map_err(|_| Error::BadRequest("the body ended before its end: send it again".into()))?;
            seen += chunk.len();
            if seen <= MAX_BODY_BYTES {
                body.extend_from_slice(&chunk);
            } else if seen > DRAINED_BYTES {
                break;
            }
        }
        if seen > MAX_BODY_BYTES { Err(Error::TooLarge) } else { Ok(Self(body.into())) }
    }
}

impl Body {
    /// The body as JSON; an error names the field.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        json::read(&self.0).map_err(|FieldError { field, reason }| Error::Field { field, reason })
    }
}

/// The token of the `Authorization` header, if there is one.
pub(crate) struct Bearer(Option<String>);

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.split_once(' ')).and_then(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        });
        Ok(Self(token))
    }
}

impl Bearer {
    /// Compares hashes, so that the time it takes says nothing about the token.
    pub(crate) fn is(&self, token_hash: &str) -> bool {
        self.0.as_ref().is_some_and(|token| secrets::hash(token) == token_hash)
    }
}

impl App {
    /// The session of this address, for the browser that opened it.
    pub(crate) async fn session(&self, id: &str, bearer: &Bearer) -> Result<Session, Error> {
        let unknown = || Error::NotFound(format!("there is no session `{id}`"));
        let id: Uuid = id.parse().map_err(|_| unknown())?;
        let Some(session) = self.store.session(id).await? else {
            let withdrawn = self.store.was_withdrawn(id).await?;
            return Err(if withdrawn { Error::Withdrawn } else { unknown() });
        };
        if !bearer.is(&session.token_hash) {
            return Err(Error::Unauthorised("the session's token"));
        }
        Ok(session)
    }

    /// Refuses everybody but the researcher.
    pub(crate) fn researcher(&self, bearer: &Bearer) -> Result<(), Error> {
        if bearer.is(&self.researcher_key_hash) {
            return Ok(());
        }
        Err(Error::Unauthorised("the researcher's key, which the server printed at start-up,"))
    }
}
