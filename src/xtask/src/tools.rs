//! wasm-opt, which makes the site's modules smaller, in exactly one version. wasm-bindgen is a library of
//! this program.

use crate::command::{find, step};
use crate::place;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// binaryen's wasm-opt, which its makers also publish for node.
const WASM_OPT_VERSION: &str = "132";

/// What the site's stamp needs to know of the tools. wasm-bindgen's version stands in `Cargo.lock`.
pub fn versions() -> String {
    format!("wasm-opt {WASM_OPT_VERSION}")
}

/// Finds or installs `wasm-opt`; the path of the program.
pub fn ensure() -> Result<PathBuf> {
    let folder = place::tools()?.join(format!("binaryen-{WASM_OPT_VERSION}"));
    let program = folder.join("node_modules/.bin/wasm-opt");
    if program.exists() {
        return Ok(program);
    }
    need_node()?;
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]).arg("--prefix").arg(&folder);
    install.arg(format!("binaryen@{WASM_OPT_VERSION}.0.0"));
    step(&format!("installing wasm-opt {WASM_OPT_VERSION}"), &mut install)?;
    Ok(program)
}

/// `Ok` where node and npm are there.
pub fn need_node() -> Result<()> {
    for program in ["node", "npm"] {
        if find(program).is_none() {
            bail!(
                "{program} is missing: install Node.js 20 or newer, for example with `sudo apt-get install nodejs npm`"
            );
        }
    }
    Ok(())
}
