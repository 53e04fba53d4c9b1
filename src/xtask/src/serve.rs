//! `cargo xtask serve`: builds what changed and starts the server.

use crate::command::{both, step};
use crate::{place, site};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Where the server listens and keeps its rows.
#[derive(Args)]
pub struct Options {
    /// Open the site in a browser.
    #[arg(long)]
    open: bool,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// The database, `sqlite://FILE` or `postgres://USER@HOST/NAME`.
    #[arg(long, default_value = "sqlite://data/gestalt.sqlite")]
    database: String,
}

/// Builds, then serves until the server ends. The server prints its address itself.
pub fn run(options: &Options) -> Result<()> {
    announce()?;
    both(site::ensure, build_server)?;
    let mut server = start(options)?;
    if options.open && wait_until_up(&mut server, options.listen)? {
        open(&format!("http://{}", options.listen));
    }
    let status = server.wait().context("the server cannot be waited for")?;
    if !status.success() {
        bail!("the server ended with {status}");
    }
    Ok(())
}

/// Builds the site and the command `gestalt`, both at once: each leaves a core idle for long stretches.
pub fn build() -> Result<()> {
    announce()?;
    both(site::ensure, build_gestalt)
}

fn announce() -> Result<()> {
    eprintln!("Building; the first time takes a while (logs: {})", place::logs()?.display());
    Ok(())
}

/// Builds the server alone: it needs no network, and the networks take most of the time that `gestalt` takes
/// to build.
fn build_server() -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--package", "gestalt-server", "--bin", "gestalt-serve"]);
    step("building the server", &mut cargo)?;
    Ok(())
}

/// Builds the command `gestalt` in the profile that the tests share.
pub fn build_gestalt() -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--package", "gestalt-cli"]);
    step("building the command gestalt", &mut cargo)?;
    Ok(())
}

/// Starts the server on the built site.
fn start(options: &Options) -> Result<Child> {
    let mut command = Command::new(place::gestalt_serve()?);
    command.current_dir(place::root()?).arg("--listen").arg(options.listen.to_string());
    command.arg("--database").arg(&options.database).arg("--site").arg(place::site()?);
    command.spawn().context("the server cannot be started")
}

/// Waits until the port answers; `false` where the server ended before.
fn wait_until_up(server: &mut Child, listen: SocketAddr) -> Result<bool> {
    while server.try_wait().context("the server cannot be watched")?.is_none() {
        if TcpStream::connect_timeout(&listen, Duration::from_millis(500)).is_ok() {
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(false)
}

/// Asks the desktop to open the address; without a desktop the printed line is enough.
fn open(address: &str) {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    if Command::new(program).arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_err() {
        eprintln!("  · no program `{program}` to open a browser with: open {address} by hand");
    }
}
