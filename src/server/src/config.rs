//! What a server is started with.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::clock;

/// What a server is started with.
#[derive(Clone)]
pub struct Config {
    /// Host and port; port 0 takes a free one.
    pub listen: String,
    /// `sqlite://FILE`, or `postgres://…`. The file and its folder are created where they are missing.
    pub database_url: String,
    /// The built site: `index.html` and its files.
    pub site_dir: PathBuf,
    /// Folders whose subfolders hold a `study.toml` or `study.json`; none means `static/studies` in
    /// `site_dir`.
    pub studies_dirs: Vec<PathBuf>,
    /// Opens the export, at least 16 bytes; `None` takes the one that the first start on this
    /// database generates.
    pub researcher_key: Option<String>,
    /// A request that takes longer, its body included, is answered with 408; a connection that neither takes
    /// nor sends anything for so long is closed.
    pub time_limit: Duration,
    /// What one client may ask for.
    pub limits: Limits,
    /// The clock by which sessions are timed: milliseconds since 1970.
    pub now_ms: fn() -> u64,
}

/// What one client may ask for.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Sessions that one network (an IPv4 address or an IPv6 /64) may start in an hour. A whole university
    /// may be one.
    pub starts_per_hour: u32,
    /// Requests that one token may make in a second, on average; four times as many at once.
    pub requests_per_second: u32,
    /// Connections that are open at a time; further ones wait to be accepted.
    pub connections: usize,
    /// Proxies in front of the server, whose `x-forwarded-for` and `x-forwarded-proto` count. Those on the
    /// same machine do.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            starts_per_hour: 300,
            requests_per_second: 50,
            connections: 10_000,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Config {
    pub(crate) fn studies_dirs(&self) -> Vec<PathBuf> {
        if self.studies_dirs.is_empty() {
            vec![self.site_dir.join("static/studies")]
        } else {
            self.studies_dirs.clone()
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8787".into(),
            database_url: "sqlite://data/gestalt.sqlite".into(),
            site_dir: "dist".into(),
            studies_dirs: Vec::new(),
            researcher_key: None,
            time_limit: Duration::from_secs(30),
            limits: Limits::default(),
            now_ms: clock::now_ms,
        }
    }
}
