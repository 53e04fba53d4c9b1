//! New folders for what a command makes.

use std::path::Path;

use anyhow::{Context, Result, bail};

/// Makes the folder. `Err` where something is in it already, so that nothing is mixed or overwritten.
pub fn prepare(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut entries =
        std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    if entries.next().is_some() {
        bail!("{} is not empty; give a new folder, or remove what is in it", folder.display());
    }
    Ok(())
}
