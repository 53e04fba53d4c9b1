//! What requests carry: a body of bounded size, and a token.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use futures_util::StreamExt;
use gestalt_protocol::api::MAX_BODY_BYTES;
use gestalt_types::{FieldError, json};
use serde::de::DeserializeOwned;

use super::error::HttpError;
use crate::domain;

/// How much of a body that is too large is read and dropped: a browser that is still sending does not see the answer.
const DRAINED_BYTES: usize = 16 * MAX_BODY_BYTES;

/// The whole body, at most [`MAX_BODY_BYTES`].
pub(crate) struct Body(pub(crate) Bytes);

impl<S: Sync> FromRequest<S> for Body {
    type Rejection = HttpError;

    async fn from_request(request: Request, _: &S) -> Result<Self, HttpError> {
        let mut stream = request.into_body().into_data_stream();
        let (mut body, mut seen) = (Vec::new(), 0);
        while let Some(chunk) = stream.next().await {
            let chunk =
                chunk.map_err(|_| HttpError::BadRequest("the body broke off: send it again".into()))?;
            seen += chunk.len();
            if seen <= MAX_BODY_BYTES {
                body.extend_from_slice(&chunk);
            } else if seen > DRAINED_BYTES {
                break;
            }
        }
        if seen > MAX_BODY_BYTES { Err(HttpError::TooLarge) } else { Ok(Self(body.into())) }
    }
}

impl Body {
    /// The body as JSON; an error names the field.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, HttpError> {
        json::read(&self.0).map_err(|error: FieldError| domain::Error::Field(error).into())
    }
}

/// The token of the `Authorization` header, if there is one.
pub(crate) struct Bearer(pub(crate) Option<String>);

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
