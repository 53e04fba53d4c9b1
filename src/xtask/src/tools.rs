//! The tools that build the site: trunk, wasm-bindgen and wasm-opt, each in exactly one version.

use crate::command::{answer, find, step};
use crate::place;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is built with cargo. The versions agree with `Trunk.toml` and the workspace's `wasm-bindgen`.
const CRATES: [Crate; 2] = [
    Crate {
        name: "trunk",
        program: "trunk",
        version: "0.21.14",
        // Without features it cannot speak TLS, which spares a third of its build: it runs offline.
        options: &["--locked", "--no-default-features"],
    },
    // No `--locked`: its lock file names a version that is gone.
    Crate { name: "wasm-bindgen-cli", program: "wasm-bindgen", version: "0.2.130", options: &[] },
];

/// binaryen's wasm-opt, which its makers also publish for node.
const WASM_OPT_VERSION: &str = "132";

struct Crate {
    name: &'static str,
    program: &'static str,
    version: &'static str,
    options: &'static [&'static str],
}

/// Makes sure of all tools; the folders to put in front of `PATH`.
pub fn ensure() -> Result<Vec<PathBuf>> {
    let tools = place::tools()?;
    let mut folders = Vec::new();
    for tool in &CRATES {
        folders.extend(ensure_crate(&tools, tool)?);
    }
    folders.push(ensure_wasm_opt(&tools)?);
    Ok(folders)
}

/// `PATH` with the tools in front.
pub fn search_path(folders: &[PathBuf]) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&path));
    std::env::join_paths(all).context("a folder of the tools has a character that PATH cannot hold")
}

/// What the site's fingerprint needs to know of the tools.
pub fn versions() -> String {
    let crates = CRATES.iter().map(|tool| format!("{} {}", tool.name, tool.version));
    crates.chain([format!("wasm-opt {WASM_OPT_VERSION}")]).collect::<Vec<_>>().join(", ")
}

/// The folder of a tool's program; `None` where the right version is on `PATH` already.
fn ensure_crate(tools: &Path, tool: &Crate) -> Result<Option<PathBuf>> {
    let folder = tools.join(format!("{}-{}", tool.name, tool.version));
    let fits = |program: &Path| {
        answer(program, &["--version"]).is_some_and(|said| said.split(' ').nth(1) == Some(tool.version))
    };
    if fits(&folder.join("bin").join(tool.program)) {
        return Ok(Some(folder.join("bin")));
    }
    if find(tool.program).is_some_and(|program| fits(&program)) {
        return Ok(None);
    }
    let mut install = Command::new("cargo");
    install.args(["install", tool.name, "--version", tool.version, "--force"]).args(tool.options);
    install.arg("--root").arg(&folder).arg("--target-dir").arg(place::target()?.join("tools"));
    // These run for seconds but take minutes to build: build them cheaply.
    install.envs([
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256"),
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ]);
    step(&format!("installing {} {}", tool.name, tool.version), &mut install)?;
    Ok(Some(folder.join("bin")))
}

/// The folder that holds `wasm-opt`.
fn ensure_wasm_opt(tools: &Path) -> Result<PathBuf> {
    let folder = tools.join(format!("binaryen-{WASM_OPT_VERSION}"));
    let programs = folder.join("node_modules/.bin");
    if programs.join("wasm-opt").exists() {
        return Ok(programs);
    }
    need_node()?;
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]).arg("--prefix").arg(&folder);
    install.arg(format!("binaryen@{WASM_OPT_VERSION}.0.0"));
    step(&format!("installing wasm-opt {WASM_OPT_VERSION}"), &mut install)?;
    Ok(programs)
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
