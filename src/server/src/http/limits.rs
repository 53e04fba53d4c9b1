//! How many requests one network and one token may make. The answer to one too many says when to come back.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::address::Proxies;
use super::error::HttpError;
use super::rates::Rates;
use crate::config::Limits;
use crate::domain::Error;

/// Counts requests. Addresses and tokens are kept as hashes with a key that dies with the process.
pub(super) struct Counters {
    keyed: RandomState,
    starts: Rates<u64>,
    requests: Rates<u64>,
    /// Attempts to sign in to the lab.
    keys: Rates<u64>,
    pub(super) proxies: Proxies,
}

impl Counters {
    pub(super) fn new(limits: &Limits) -> Self {
        let per_hour = limits.starts_per_hour.max(1);
        let per_second = limits.requests_per_second.max(1);
        Self {
            keyed: RandomState::new(),
            starts: Rates::new(per_hour, f64::from(per_hour) / 3600.0),
            requests: Rates::new(per_second.saturating_mul(4), f64::from(per_second)),
            keys: Rates::new(10, 1.0 / 30.0),
            proxies: Proxies(limits.trusted_proxies.clone()),
        }
    }
}

/// Counts this request, and answers 429 where there were too many.
pub(super) async fn hold(State(counters): State<Arc<Counters>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let now = Instant::now();
    let mut counted = Ok(());
    let of_network = match (&parts.method, parts.uri.path()) {
        (&Method::POST, "/api/sessions") => {
            Some((&counters.starts, "too many sessions were started from this network"))
        }
        (&Method::POST, "/api/lab/visit") => {
            Some((&counters.keys, "too many keys were tried from this network"))
        }
        (&Method::POST, "/api/withdrawals") => {
            Some((&counters.keys, "too many receipts were tried from this network"))
        }
        _ => None,
    };
    if let Some((rates, what)) = of_network {
        if let Some(client) = counters.proxies.client(&parts) {
            let key = counters.keyed.hash_one(client);
            counted = rates.count(key, now).map_err(|after| Error::TooMany { what, after });
        }
    } else if let Some(token) = parts.headers.get(AUTHORIZATION) {
        let what = "too many requests were made with this token";
        let key = counters.keyed.hash_one(token);
        counted = counters.requests.count(key, now).map_err(|after| Error::TooMany { what, after });
    }
    match counted {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => HttpError::from(error).into_response(),
    }
}
