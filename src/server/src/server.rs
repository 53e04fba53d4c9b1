//! Puts the parts together, listens, and stops without cutting a response short.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::config::Config;
use crate::domain::{App, BrokenStudy, Studies};
use crate::http::{self, Peer};
use crate::idle::Idle;
use crate::secrets;
use crate::store::{OpenError, Store, StoreError};

/// Grace period for in-flight requests when the server is asked to stop.
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
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database opens but does not keep what the server needs: its key, and snapshots of the studies.
    #[error("the database does not keep what the server needs: {0}")]
    Store(String),
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
    generated_key: Option<String>,
}

impl Server {
    /// Opens the database, checks the studies, and listens.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        if config.researcher_key.as_ref().is_some_and(|key| key.len() < MIN_KEY_BYTES) {
            return Err(StartError::ShortKey);
        }
        let store = Store::open(&config.database_url).await?;
        let no_key = |cause: StoreError| StartError::Store(cause.to_string());
        let generated_key = match &config.researcher_key {
            Some(key) => {
                // Under a name that says where it came from; another key by this name goes with the old one.
                store.configured_key(&secrets::hash(key), (config.now_ms)()).await.map_err(no_key)?;
                None
            }
            None => store.first_key((config.now_ms)()).await.map_err(no_key)?,
        };
        let studies = Studies::find(&config.studies_dirs());
        for BrokenStudy { path, fault } in &studies.broken {
            tracing::warn!(path = %path.display(), %fault, "a study is not offered");
        }
        let cannot = |cause| StartError::Listen { listen: config.listen.clone(), cause };
        let listener = TcpListener::bind(&config.listen).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let app = App::new(store, studies, config.now_ms).await.map_err(no_key)?;
        let app = Arc::new(app);
        Ok(Self { listener, address, app, config, generated_key })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The researcher's key, if this start generated it: the database keeps its hash only.
    pub fn generated_researcher_key(&self) -> Option<&str> {
        self.generated_key.as_deref()
    }

    /// Names of the studies that participants can take.
    pub fn offered_studies(&self) -> impl Iterator<Item = &str> {
        self.app.studies.all().map(|study| study.snapshot.study.name.as_str())
    }

    /// Studies that were found and are not offered.
    pub fn broken_studies(&self) -> &[BrokenStudy] {
        &self.app.studies.broken
    }

    /// Serves until `stop` resolves, then finishes the requests in flight and closes the database.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let router = http::router(Arc::clone(&self.app), &self.config);
        let connections = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(self.config.limits.connections));
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = async {
                // The semaphore is never closed.
                let place = Arc::clone(&places).acquire_owned().await.ok();
                (self.listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                accepted = accepted => accepted,
                () = &mut stop => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let service = TowerToHyperService::new(router.clone().layer(Extension(Peer(peer.ip()))));
                    let connection = connect(stream, service, self.config.time_limit);
                    let connection = connections.watch(connection);
                    tokio::spawn(async move {
                        if let Err(cause) = connection.await {
                            tracing::debug!(%cause, "a connection ended early");
                        }
                        drop(place);
                    });
                }
                Err(cause) => {
                    tracing::warn!(%cause, "a connection could not be accepted");
                    // Out of file descriptors, most likely: trying again at once would only burn CPU time.
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

/// A connection that is served while it is polled. A client that is slow to send its headers is cut off, as
/// one that is slow to send its body or to read its answer is.
fn connect(
    stream: TcpStream,
    service: TowerToHyperService<Router>,
    time_limit: Duration,
) -> http1::Connection<TokioIo<Idle>, TowerToHyperService<Router>> {
    // An answer is one small packet, which must not wait for a second one.
    if let Err(cause) = stream.set_nodelay(true) {
        tracing::debug!(%cause, "TCP_NODELAY");
    }
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(time_limit)
        .serve_connection(TokioIo::new(Idle::new(stream, time_limit)), service)
}

/// Resolves at ctrl-c, or at the SIGTERM of a service manager.
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
