//! What a server is started with.

use std::path::PathBuf;
use std::time::Duration;

/// What a server is started with.
#[derive(Clone)]
pub struct Config {
    /// Host and port; port 0 takes a free one.
    pub listen: String,
    /// `sqlite://FILE`, or `postgres://…`. The file and its folder are made where missing.
    pub database_url: String,
    /// The built site: `index.html` and all beside it.
    pub site_dir: PathBuf,
    /// Folders whose subfolders hold a `study.json`; none means `static/studies` in `site_dir`.
    pub studies_dirs: Vec<PathBuf>,
    /// Opens the export, at least 16 bytes; `None` takes the one kept in the database, made when first needed.
    pub researcher_key: Option<String>,
    /// A request that takes longer, its body included, is answered with 408.
    pub time_limit: Duration,
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
        }
    }
}
