//! Builds the site into `dist/`, and skips it when nothing it is made of has changed.

use crate::command::step;
use crate::wasm_target::{self, Toolchain};
use crate::{place, tools};
use anyhow::{Context, Result, bail};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Everything the site is made of, relative to the checkout.
const INPUTS: [&str; 8] =
    ["Cargo.toml", "Cargo.lock", "Trunk.toml", "index.html", ".cargo/config.toml", "web", "static", "models"];

/// The crates that may be compiled into the page; see the list of who may import whom in `docs/`.
const ROOMS: [&str; 11] = [
    "types",
    "stats",
    "files",
    "protocol",
    "tables",
    "session",
    "images",
    "networks",
    "models",
    "observers",
    "analysis",
];

/// Sets the tools up, then builds if something changed since the last build that succeeded.
pub fn ensure() -> Result<()> {
    let toolchain = wasm_target::ensure()?;
    let folders = tools::ensure()?;
    let stamp_file = place::logs()?.join("site.stamp");
    let stamp = fingerprint(&place::root()?, &toolchain)?;
    let site = place::site()?;
    if site.join("index.html").exists() && fs::read_to_string(&stamp_file).is_ok_and(|last| last == stamp) {
        eprintln!("  ✓ the site is up to date");
        return Ok(());
    }
    // A build that is cut off must not leave a stamp that vouches for it.
    let _ = fs::remove_file(&stamp_file);
    let mut trunk = Command::new("trunk");
    trunk
        .args(["build", "--color", "never"])
        .env("PATH", tools::search_path(&folders)?)
        .env_remove("NO_COLOR");
    toolchain.apply(&mut trunk);
    step("building the site", &mut trunk)?;
    compress(&site)?;
    fs::write(&stamp_file, stamp).with_context(|| format!("{} cannot be written", stamp_file.display()))
}

/// Writes a brotli file beside every large text and wasm file, so that the server never compresses while it serves.
fn compress(site: &Path) -> Result<()> {
    let mut node = Command::new("node");
    node.arg("src/xtask/compress.mjs").arg(site);
    step("compressing the site", &mut node)?;
    Ok(())
}

/// Names, sizes and times of all inputs, the tools and the compiler, in one number.
fn fingerprint(root: &Path, toolchain: &Toolchain) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    (tools::versions(), toolchain.name(), std::env::var("RUSTFLAGS").ok()).hash(&mut hasher);
    let rooms = ROOMS.iter().map(|room| root.join("src").join(room));
    for input in INPUTS.iter().map(|input| root.join(input)).chain(rooms) {
        add(&input, &mut hasher).with_context(|| format!("{} cannot be read", input.display()))?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Adds a file, or a folder and all that lies in it in the order of names.
fn add(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let facts = fs::metadata(path)?;
    path.hash(hasher);
    if !facts.is_dir() {
        facts.len().hash(hasher);
        facts.modified()?.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().hash(hasher);
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    entries.iter().try_for_each(|entry| add(entry, hasher))
}

/// `Err` where the browser tests would have no site to open.
pub fn need() -> Result<PathBuf> {
    let site = place::site()?;
    if !site.join("index.html").exists() {
        bail!("{} is missing: `cargo xtask build` makes it", site.join("index.html").display());
    }
    Ok(site)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::add;
    use std::fs;
    use std::hash::{DefaultHasher, Hasher};
    use std::path::Path;

    fn number(folder: &Path) -> u64 {
        let mut hasher = DefaultHasher::new();
        add(folder, &mut hasher).unwrap();
        hasher.finish()
    }

    #[test]
    fn every_change_below_a_folder_changes_its_number() {
        let folder = std::env::temp_dir().join(format!("gestalt-xtask-{}", std::process::id()));
        fs::create_dir_all(folder.join("inner")).unwrap();
        fs::write(folder.join("inner/one"), "1").unwrap();
        let first = number(&folder);
        assert_eq!(first, number(&folder), "nothing changed");
        fs::write(folder.join("inner/one"), "12").unwrap();
        let longer = number(&folder);
        assert_ne!(first, longer, "a file grew");
        fs::write(folder.join("inner/two"), "").unwrap();
        assert_ne!(longer, number(&folder), "a file came");
        fs::remove_dir_all(folder).unwrap();
    }
}
