//! Tells whether the site must be built again: one number for everything it is made of.

use crate::wasm_target::Toolchain;
use crate::{place, tools};
use anyhow::{Context, Result};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Everything the site is made of but for the rooms, relative to the checkout.
const INPUTS: [&str; 8] = [
    "Cargo.toml",
    "Cargo.lock",
    "index.html",
    ".cargo/config.toml",
    "web",
    "static",
    "models",
    "src/xtask/src/site",
];

/// The rooms that may be compiled into the page or its worker; `tests/rooms.rs` holds this list to the
/// manifests.
const ROOMS: [&str; 13] = [
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
    "inspect",
    "analysis",
    "report",
];

/// The file that keeps the number of the last build that succeeded.
pub fn file() -> Result<PathBuf> {
    Ok(place::logs()?.join("site.stamp"))
}

/// Names, sizes and times of all inputs, the tools and the compiler, in one number.
pub fn of(root: &Path, toolchain: &Toolchain) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    (tools::versions(), toolchain.name(), std::env::var("RUSTFLAGS").ok()).hash(&mut hasher);
    let rooms = ROOMS.iter().map(|room| root.join("src").join(room));
    for input in INPUTS.iter().map(|input| root.join(input)).chain(rooms) {
        add(&input, &mut hasher).with_context(|| format!("{} cannot be read", input.display()))?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Adds a file, or a folder and everything in it in the order of names.
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
        assert_ne!(longer, number(&folder), "a file was added");
        fs::remove_dir_all(folder).unwrap();
    }
}
