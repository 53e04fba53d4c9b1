//! `gestalt site`: the built site as files for a host that runs nothing.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use gestalt_files::output;
use gestalt_server::static_site::{self, BasePath};

use crate::{carried, folders};

/// Where `cargo xtask build` leaves the site.
const BUILT: &str = "dist";

/// Export the site for static hosting.
#[derive(Subcommand)]
pub enum SiteCommand {
    /// Write the site as files for a host that runs nothing, such as GitHub Pages.
    ///
    /// Without a server the page scores the answers itself, so the files tell them, and the log stays in the
    /// visitor's browser.
    Export(ExportArgs),
    /// Write this program with the site inside: what `cargo xtask dist` packs.
    #[command(hide = true)]
    Carry(CarryArgs),
}

/// Which site, and where the program goes.
#[derive(Args)]
#[command(after_help = "Example: gestalt site carry --out gestalt-with-site")]
pub struct CarryArgs {
    /// The built site.
    #[arg(long, default_value = "dist")]
    site: PathBuf,
    /// The program.
    #[arg(long)]
    out: PathBuf,
}

/// Which site, and where it is to be served.
#[derive(Args)]
#[command(after_help = "Example: gestalt site export --base /repo/ --out public\n\n\
    GitHub Pages: --base /REPOSITORY/, then publish the content of the folder. Hosts that read a file \
                        `_headers` (Netlify,\n\
    Cloudflare Pages) isolate the page, and its clock steps 5 µs; elsewhere it steps 100 µs.")]
pub struct ExportArgs {
    /// Path at which the folder's content is served.
    #[arg(long, default_value = "/", value_name = "PATH")]
    base: BasePath,
    /// The built site [default: dist, or the site that the program carries].
    #[arg(long)]
    site: Option<PathBuf>,
    /// A new folder.
    #[arg(long)]
    out: PathBuf,
}

/// Does what was asked.
pub fn run(command: &SiteCommand) -> Result<()> {
    match command {
        SiteCommand::Export(args) => export(args),
        SiteCommand::Carry(args) => carry(args),
    }
}

fn carry(args: &CarryArgs) -> Result<()> {
    output::check(&args.out, true)?;
    let program = std::env::current_exe().context("this program's own file cannot be found")?;
    let bytes = carried::carry(&program, &args.site, &args.out)?;
    println!("{}, {:.1} MB", args.out.display(), bytes as f64 / 1e6);
    Ok(())
}

fn export(args: &ExportArgs) -> Result<()> {
    folders::prepare(&args.out)?;
    let site = match &args.site {
        Some(site) => site.clone(),
        None if Path::new(BUILT).is_dir() => BUILT.into(),
        None => carried::site()?.unwrap_or_else(|| BUILT.into()),
    };
    let exported = static_site::export(&site, &args.base, &args.out)?;
    println!(
        "{} files, {:.1} MB, in {}; serve them at {}",
        exported.files,
        exported.bytes as f64 / 1e6,
        args.out.display(),
        args.base
    );
    Ok(())
}
