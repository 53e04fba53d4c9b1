//! `gestalt serve`: the site, its studies and the log, on one address.

use std::path::PathBuf;

use anyhow::Context;
use gestalt_server::{Config, Server, stop_signal};
use tracing_subscriber::EnvFilter;

/// Keeps the key out of the list of processes.
const KEY_VARIABLE: &str = "GESTALT_RESEARCHER_KEY";

/// Serve the site and its studies, and keep the rows.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  gestalt serve --listen 0.0.0.0:8787 --database sqlite://data/gestalt.sqlite --site dist\n\n\
    The log of a study, with the researcher's key that is printed at start-up:\n  \
    curl -H \"Authorization: Bearer KEY\" http://127.0.0.1:8787/api/studies/demo/rows.csv"
)]
pub struct ServeArgs {
    /// Host and port to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8787")]
    listen: String,
    /// Where the rows are kept: sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", default_value = "sqlite://data/gestalt.sqlite")]
    database: String,
    /// Folder of the built site
    #[arg(long, value_name = "DIR", default_value = "dist")]
    site: PathBuf,
    /// Folder whose subfolders hold a study.json; may be given several times [default: static/studies in the site]
    #[arg(long, value_name = "DIR")]
    studies: Vec<PathBuf>,
    /// Opens the export; better given as GESTALT_RESEARCHER_KEY [default: one kept in the database]
    #[arg(long, value_name = "KEY")]
    researcher_key: Option<String>,
}

/// Serves until ctrl-c or SIGTERM.
pub fn run(args: ServeArgs) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Runtime::new().context("the asynchronous runtime could not start")?;
    runtime.block_on(serve(args))
}

async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let config = Config {
        listen: args.listen,
        database_url: args.database,
        site_dir: args.site,
        studies_dirs: args.studies,
        researcher_key: args.researcher_key.or_else(|| std::env::var(KEY_VARIABLE).ok()),
        ..Config::default()
    };
    let server = Server::start(config).await?;
    let studies: Vec<&str> = server.offered_studies().collect();
    println!("Gestalt Lab     http://{}", server.address());
    println!("Studies         {}", if studies.is_empty() { "none".into() } else { studies.join(", ") });
    if let Some(key) = server.made_researcher_key() {
        println!("Researcher key  {key}");
    }
    println!("Stop            ctrl-c");
    server.run(stop_signal()).await;
    Ok(())
}
