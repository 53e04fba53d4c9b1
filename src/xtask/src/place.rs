//! Where things lie: the checkout, the build folder, and the tools that all checkouts share.

use anyhow::{Context, Result};
use std::env;
use std::path::PathBuf;

/// The root of the checkout.
pub fn root() -> Result<PathBuf> {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").context("start this through cargo: `cargo xtask …`")?;
    let root = PathBuf::from(manifest).join("../..");
    root.canonicalize().with_context(|| format!("the checkout {} cannot be read", root.display()))
}

/// Cargo's build folder, which `CARGO_TARGET_DIR` may have moved.
pub fn target() -> Result<PathBuf> {
    let root = root()?;
    Ok(env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder)))
}

/// The folder of logs and stamps.
pub fn logs() -> Result<PathBuf> {
    let folder = target()?.join("xtask");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder)
}

/// The command `gestalt` as the release build leaves it.
pub fn gestalt() -> Result<PathBuf> {
    Ok(target()?.join("release/gestalt").with_extension(env::consts::EXE_EXTENSION))
}

/// The server alone, without the networks.
pub fn gestalt_serve() -> Result<PathBuf> {
    Ok(target()?.join("release/gestalt-serve").with_extension(env::consts::EXE_EXTENSION))
}

/// The Good Gestalt sets as the browser test compiles them.
pub fn figures_wasm() -> Result<PathBuf> {
    Ok(target()?.join("wasm32-unknown-unknown/wasm/gestalt_figures_wasm.wasm"))
}

/// The built site.
pub fn site() -> Result<PathBuf> {
    Ok(root()?.join("dist"))
}

/// The tools, outside the checkout, so that a clean clone finds them; their folders carry their versions.
pub fn tools() -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || {
        env::var_os("HOME")
            .or_else(|| env::var_os("USERPROFILE"))
            .map(|home| PathBuf::from(home).join(".cache"))
    };
    let cache = cache.or_else(home).context("set HOME or XDG_CACHE_HOME: the tools are kept there")?;
    Ok(cache.join("gestalt-lab/tools"))
}
