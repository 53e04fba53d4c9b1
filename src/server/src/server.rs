//! Puts the parts together, listens, and stops without cutting an answer short.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::api::{self, App};
use crate::config::Config;
use crate::error::Error;
use crate::store::{Store, StoreError};
use crate::studies::{BrokenStudy, Studies};
use crate::{headers, secrets, site};

/// Answers under way get so long when the server is asked to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(10);
const MIN_KEY_BYTES: usize = 16;

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or is none.
    #[error("cannot listen on {listen}: {cause}; choose another address with --listen HOST:PORT")]
    Listen {
        /// As configured.
        listen: String,
        /// Why.
        cause: std::io::Error,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The configured key could be guessed.
    #[error("the researcher's key must have at least {MIN_KEY_BYTES} characters")]
    ShortKey,
}

/// A server that listens; [`Server::run`] answers.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: Arc<App>,
    config: Config,
    made_key: Option<String>,
}

impl Server {
    /// Opens the database, checks the studies, and listens.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        if config.researcher_key.as_ref().is_some_and(|key| key.len() < MIN_KEY_BYTES) {
            return Err(StartError::ShortKey);
        }
        let store = Store::open(&config.database_url).await?;
        let made_key = match &config.researcher_key {
            Some(_) => None,
            None => Some(store.researcher_key().await?),
        };
        let key = config.researcher_key.as_ref().or(made_key.as_ref());
        let researcher_key_hash = key.map(|key| secrets::hash(key)).unwrap_or_default();
        let studies = Studies::find(&config.studies_dirs());
        for BrokenStudy { path, fault } in &studies.broken {
            tracing::warn!(path = %path.display(), %fault, "a study is not offered");
        }
        let cannot = |cause| StartError::Listen { listen: config.listen.clone(), cause };
        let listener = TcpListener::bind(&config.listen).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let app = Arc::new(App { store, studies, researcher_key_hash });
        Ok(Self { listener, address, app, config, made_key })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The researcher's key that the database keeps; `None` where one was configured.
    pub fn made_researcher_key(&self) -> Option<&str> {
        self.made_key.as_deref()
    }

    /// Names of the studies that participants can take.
    pub fn offered_studies(&self) -> impl Iterator<Item = &str> {
        self.app.studies.all().map(|study| study.name.as_str())
    }

    /// Studies that were found and are not offered.
    pub fn broken_studies(&self) -> &[BrokenStudy] {
        &self.app.studies.broken
    }

    /// Every address of the server, without the listening.
    fn router(&self) -> Router {
        let time_limit = self.config.time_limit;
        api::routes(Arc::clone(&self.app))
            .merge(site::routes(&self.config.site_dir))
            .layer(middleware::from_fn(move |request, next| limit_time(time_limit, request, next)))
            // Only what the site has no compressed file for, and never images.
            .layer(CompressionLayer::new().compress_when(worth_compressing()))
            .layer(middleware::from_fn(headers::add))
    }

    /// Answers until `stop` comes, then finishes the answers under way and closes the database.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let router = self.router();
        let connections = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut stop => break,
            };
            match accepted {
                Ok((stream, _)) => answer(stream, &router, &connections, self.config.time_limit),
                Err(cause) => {
                    tracing::warn!(%cause, "a connection could not be accepted");
                    // Out of file descriptors, most likely: trying again at once would only burn the processor.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        drop(self.listener);
        if tokio::time::timeout(LAST_ANSWERS, connections.shutdown()).await.is_err() {
            tracing::warn!("some connections were cut off");
        }
        self.app.store.close().await;
    }
}

/// A connection in a task of its own. A client that dawdles over its headers is cut off, as one that dawdles over its body is.
fn answer(stream: TcpStream, router: &Router, connections: &GracefulShutdown, time_limit: Duration) {
    // An answer is one small packet: it must not wait for a second one.
    if let Err(cause) = stream.set_nodelay(true) {
        tracing::debug!(%cause, "TCP_NODELAY");
    }
    let service = TowerToHyperService::new(router.clone());
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(time_limit)
        .serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(cause) = connection.await {
            tracing::debug!(%cause, "a connection ended early");
        }
    });
}

async fn limit_time(limit: Duration, request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(limit, next.run(request)).await;
    answered.unwrap_or_else(|_| Error::TooSlow.into_response())
}

/// Comes with ctrl-c, or with the SIGTERM of a service manager.
pub async fn stop_signal() {
    tokio::select! { () = interrupted() => {}, () = terminated() => {} }
}

async fn interrupted() {
    if let Err(cause) = tokio::signal::ctrl_c().await {
        tracing::warn!(%cause, "ctrl-c will not be heard");
        std::future::pending().await
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        Err(cause) => {
            tracing::warn!(%cause, "SIGTERM will not be heard");
            std::future::pending().await
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

/// Not weights: they hardly shrink, and a download of known length can be taken up where it broke.
fn worth_compressing() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream"))
}
