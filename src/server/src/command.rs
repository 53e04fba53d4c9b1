//! The command line of the server, shared by `gestalt serve` and the small program `gestalt-serve`.

use std::net::IpAddr;
use std::path::PathBuf;

use tracing_subscriber::EnvFilter;

use crate::{Config, Limits, Server, StartError, stop_signal};

/// Keeps the key out of the list of processes.
const KEY_VARIABLE: &str = "GESTALT_RESEARCHER_KEY";

/// Serve the site and its studies, and keep the rows.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  gestalt serve --listen 0.0.0.0:8787 --database sqlite://data/gestalt.sqlite \
                  --site dist\n\n\
    The log of a study, with the key that is printed at the first start:\n  \
    curl -H \"Authorization: Bearer KEY\" http://127.0.0.1:8787/api/studies/demo/rows.csv"
)]
pub struct ServeArgs {
    /// Host and port to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8787")]
    listen: String,
    /// Where the rows are kept: sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", default_value = "sqlite://data/gestalt.sqlite")]
    database: String,
    /// Folder of the built site [default: dist, or the site that the program carries]
    #[arg(long, value_name = "DIR")]
    pub site: Option<PathBuf>,
    /// Folder whose subfolders hold a study.toml or study.json; may be given several times [default:
    /// static/studies in the site]
    #[arg(long, value_name = "DIR")]
    studies: Vec<PathBuf>,
    /// Sessions that one network (an IPv4 address or an IPv6 /64) may start in an hour
    #[arg(long, value_name = "N", default_value_t = Limits::default().starts_per_hour)]
    starts_per_hour: u32,
    /// Address of a proxy in front of the server that sets X-Forwarded-For and X-Forwarded-Proto; may be
    /// given several times. A proxy on the same machine is trusted anyway
    #[arg(long, value_name = "IP")]
    trusted_proxy: Vec<IpAddr>,
    /// Opens the export; better given as GESTALT_RESEARCHER_KEY [default: one that the first start prints]
    #[arg(long, value_name = "KEY")]
    researcher_key: Option<String>,
}

impl From<ServeArgs> for Config {
    fn from(args: ServeArgs) -> Self {
        Self {
            listen: args.listen,
            database_url: args.database,
            site_dir: args.site.unwrap_or_else(|| Self::default().site_dir),
            studies_dirs: args.studies,
            researcher_key: args.researcher_key.or_else(|| std::env::var(KEY_VARIABLE).ok()),
            limits: Limits {
                starts_per_hour: args.starts_per_hour,
                trusted_proxies: args.trusted_proxy,
                ..Limits::default()
            },
            ..Self::default()
        }
    }
}

/// Why the command ended.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The asynchronous runtime could not start.
    #[error("the asynchronous runtime could not start: {0}")]
    Runtime(#[from] std::io::Error),
    /// The server could not start.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// Serves until ctrl-c or SIGTERM.
pub fn run(args: ServeArgs) -> Result<(), CommandError> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    Ok(tokio::runtime::Runtime::new()?.block_on(serve(args))?)
}

async fn serve(args: ServeArgs) -> Result<(), StartError> {
    let server = Server::start(args.into()).await?;
    let studies: Vec<&str> = server.offered_studies().collect();
    println!("Gestalt Lab     http://{}", server.address());
    println!("Studies         {}", if studies.is_empty() { "none".into() } else { studies.join(", ") });
    if let Some(key) = server.generated_researcher_key() {
        println!("Lab             http://{}/lab", server.address());
        println!("Key of the lab  {key}");
        println!("                Write it down: it is not shown again. `gestalt keys` makes more.");
    }
    println!("Stop            ctrl-c");
    server.run(stop_signal()).await;
    Ok(())
}
