//! The server's addresses: the API of `gestalt_protocol::api`, in a room for participants and one for the
//! lab, and the site.

mod address;
mod error;
mod extract;
mod headers;
mod lab;
mod limits;
mod log_file;
mod participant;
mod rates;
mod request_log;
mod site;
mod time_limit;

use std::collections::HashMap;
use std::sync::Arc;

use axum::middleware;
use axum::routing::{any, get};
use axum::{Extension, Json, Router};
use gestalt_protocol::api::Health;
use gestalt_protocol::study::{MTURK_HOSTS, Panel, Study};
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::config::Config;
use crate::domain::App;
pub(crate) use address::Peer;
use error::HttpError;
use extract::{LARGE_BODIES, LargeBodies};
use headers::Framing;
pub(crate) use headers::{ALWAYS, IMMUTABLE, content_security_policy};
use limits::Counters;
pub(crate) use site::inline_script_hashes;

/// Every address of the server.
pub(crate) fn router(app: Arc<App>, config: &Config) -> Router {
    let time_limit = config.time_limit;
    let limit = move |request, next| time_limit::answer_in_time(time_limit, request, next);
    let counters = Arc::new(Counters::new(&config.limits));
    let framed = framed(&app);
    let large_bodies = LargeBodies(Arc::new(Semaphore::new(LARGE_BODIES)));
    Router::new()
        .route("/api/health", get(health))
        .merge(participant::routes())
        .merge(lab::routes())
        .route("/api", any(unknown))
        .route("/api/", any(unknown))
        .route("/api/{*rest}", any(unknown))
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
        .layer(middleware::from_fn_with_state(Arc::clone(&counters), limits::hold))
        .layer(Extension(large_bodies))
        .merge(site::routes(&config.site_dir, framed))
        .layer(middleware::from_fn(limit))
        // Only what the site has no compressed file for, and never images.
        .layer(CompressionLayer::new().compress_when(worth_compressing()))
        .layer(middleware::from_fn_with_state(counters, headers::add))
        .layer(middleware::from_fn(request_log::write))
}

/// The studies that another site may show in a frame.
fn framed(app: &App) -> HashMap<String, Framing> {
    let studies = app.studies.all().map(|offered| &offered.snapshot.study);
    let framing = |study: &Study| {
        let ancestors = study.recruitment.embed_origins.clone();
        let is_mturk = study.recruitment.panel == Panel::Mturk;
        let forms = MTURK_HOSTS.iter().filter(|_| is_mturk).map(|host| (*host).to_owned()).collect();
        (study.name.to_string(), Framing { ancestors, forms })
    };
    studies.filter(|study| !study.recruitment.embed_origins.is_empty()).map(framing).collect()
}

async fn health() -> Json<Health> {
    Json(Health { version: env!("CARGO_PKG_VERSION").into() })
}

async fn unknown() -> HttpError {
    HttpError::NotFound("there is no such address in the API; gestalt_protocol::api lists them".into())
}

async fn wrong_method() -> HttpError {
    HttpError::WrongMethod
}

/// Not weights: they hardly shrink, and a download of known length can be resumed where it broke off.
fn worth_compressing() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream"))
}
