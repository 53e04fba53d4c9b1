//! Builds the site into `dist/`, and skips it when nothing it is made of has changed.

mod files;
mod modules;
mod page;
pub mod stamp;

use crate::command::{self, step};
use crate::{place, tools, wasm_target};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Sets the tools up, then builds if something changed since the last build that succeeded.
pub fn ensure() -> Result<()> {
    let toolchain = wasm_target::ensure()?;
    let wasm_opt = tools::ensure()?;
    let root = place::root()?;
    let (stamp_file, stamp) = (stamp::file()?, stamp::of(&root, &toolchain)?);
    let site = place::site()?;
    if site.join("index.html").exists() && fs::read_to_string(&stamp_file).is_ok_and(|last| last == stamp) {
        eprintln!("  ✓ the site is up to date");
        return Ok(());
    }
    // A build that is cut off must not leave a stamp that vouches for it.
    let _ = fs::remove_file(&stamp_file);
    // Built beside the old site and swapped in whole, so that a running server never serves half of each.
    let new = root.join("dist.new");
    files::empty(&new)?;
    let [page, workers @ ..] = modules::build(&toolchain, &wasm_opt, &new)?;
    command::timed("writing the site", || assemble(&root, &new, &page, &workers))?;
    compress(&new)?;
    files::replace(&new, &site)?;
    fs::write(&stamp_file, stamp).with_context(|| format!("{} cannot be written", stamp_file.display()))
}

/// Everything but the modules: the static files, the workers' loaders and `index.html`.
fn assemble(root: &Path, new: &Path, page: &modules::Module, workers: &[modules::Module]) -> Result<()> {
    for folder in ["static", "models"] {
        files::copy(&root.join(folder), &new.join(folder))?;
    }
    for worker in workers {
        files::write(&new.join(format!("{}_loader.js", worker.name)), worker.loader())?;
    }
    let template = files::read(&root.join("index.html"))?;
    let html = page::with_hashed_styles(&template, new)?;
    files::write(&new.join("index.html"), page::with_module(&html, page)?)
}

/// Writes a brotli file beside every large text and wasm file, so that the server never compresses while it
/// serves.
fn compress(site: &Path) -> Result<()> {
    let mut node = Command::new("node");
    node.arg("src/xtask/compress.mjs").arg(site);
    step("compressing the site", &mut node)?;
    Ok(())
}

/// `Err` where the browser tests would have no site to open.
pub fn need() -> Result<PathBuf> {
    let site = place::site()?;
    if !site.join("index.html").exists() {
        bail!("{} is missing: `cargo xtask build` makes it", site.join("index.html").display());
    }
    Ok(site)
}
