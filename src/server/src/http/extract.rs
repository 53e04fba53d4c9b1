//! What requests carry: a body of bounded size, and a token.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::request::Parts;
use futures_util::StreamExt;
use gestalt_protocol::api::MAX_BODY_BYTES;
use gestalt_protocol::lab::CSRF_HEADER;
use gestalt_types::{FieldError, json};
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::HttpError;
use crate::domain::{self, App};

/// How much of a body that is too large is read and dropped: a browser that is still sending does not see
/// the answer.
const DRAINED_BYTES: usize = 16 * MAX_BODY_BYTES;
/// A larger body waits for one of [`LARGE_BODIES`] permits. A batch of a page that sends row by row is
/// smaller.
const SMALL_BODY_BYTES: usize = 65_536;
/// The most large bodies that are held in memory at a time.
pub(super) const LARGE_BODIES: usize = 16;

/// The whole body, at most [`MAX_BODY_BYTES`].
pub(super) struct Body {
    bytes: Bytes,
    /// Given back with the body.
    _permit: Option<OwnedSemaphorePermit>,
}

/// The permits for large bodies, in every request's extensions.
#[derive(Clone)]
pub(super) struct LargeBodies(pub(super) Arc<Semaphore>);

impl FromRequest<Arc<App>> for Body {
    type Rejection = HttpError;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, HttpError> {
        let permits = request.extensions().get::<LargeBodies>().cloned();
        let mut permit = None;
        let mut stream = request.into_body().into_data_stream();
        let (mut body, mut seen) = (Vec::new(), 0);
        while let Some(chunk) = stream.next().await {
            let chunk =
                chunk.map_err(|_| HttpError::BadRequest("the body broke off: send it again".into()))?;
            seen += chunk.len();
            if seen > SMALL_BODY_BYTES && permit.is_none() {
                // Until there is one, nothing more is read. The semaphore is never closed.
                permit = match &permits {
                    Some(LargeBodies(permits)) => Arc::clone(permits).acquire_owned().await.ok(),
                    None => None,
                };
            }
            if seen <= MAX_BODY_BYTES {
                body.extend_from_slice(&chunk);
            } else if seen > DRAINED_BYTES {
                break;
            } else {
                body = Vec::new();
            }
        }
        if seen > MAX_BODY_BYTES {
            return Err(HttpError::TooLarge);
        }
        Ok(Self { bytes: body.into(), _permit: permit })
    }
}

impl Body {
    /// Rows, one a line. The content type keeps other sites' forms out.
    pub(super) fn ndjson(&self, headers: &HeaderMap) -> Result<&[u8], HttpError> {
        content_type(headers, "application/x-ndjson")?;
        Ok(&self.bytes)
    }

    /// The body as JSON; an error names the field.
    pub(super) fn json<T: DeserializeOwned>(&self, headers: &HeaderMap) -> Result<T, HttpError> {
        content_type(headers, "application/json")?;
        json::read(&self.bytes).map_err(|error: FieldError| domain::Error::Field(error).into())
    }
}

fn content_type(headers: &HeaderMap, needed: &'static str) -> Result<(), HttpError> {
    let stated = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = stated.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case(needed) { Ok(()) } else { Err(HttpError::ContentType(needed)) }
}

/// The cookie of whoever is signed in to the lab.
pub(super) const COOKIE_NAME: &str = "gestalt_lab";

/// What a request to the lab shows: a key, or the cookie and the page's word.
pub(super) struct Lab(pub(super) domain::Credentials);

impl<S: Sync> FromRequestParts<S> for Lab {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Bearer(bearer) = Bearer::from_request_parts(parts, state).await?;
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let cookies = text(COOKIE.as_str()).unwrap_or_default().split(';');
        let mut cookies = cookies.filter_map(|cookie| cookie.trim().split_once('='));
        let cookie = cookies.find(|(name, _)| *name == COOKIE_NAME);
        Ok(Self(domain::Credentials {
            bearer,
            cookie: cookie.map(|(_, value)| value.to_owned()),
            csrf: text(CSRF_HEADER).map(str::to_owned),
        }))
    }
}

/// The token of the `Authorization` header, if there is one.
pub(super) struct Bearer(pub(super) Option<String>);

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
