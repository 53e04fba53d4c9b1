//! `cargo xtask check-all`: everything CI checks, and what takes too long for it. Run it before a release.

use crate::command::{answer, apt_install, find, step};
use crate::wasm_target::{self, Toolchain};
use crate::{checks, place};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// Licences and sources of everything that is linked in.
const DENY: Tool = Tool { package: "cargo-deny", version: "0.20.2", options: &["--no-default-features"] };
/// A tool that is compiled the first time it is needed.
struct Tool {
    package: &'static str,
    version: &'static str,
    options: &'static [&'static str],
}

/// Runs CI's checks, then the others.
pub fn run() -> Result<()> {
    checks::run(&checks::Options::default())?;
    let mut deny = Command::new(ensure(&DENY)?);
    // Advisories are left out: their database is downloaded, and it changes without us.
    step("licences and sources", deny.args(["--offline", "check", "licenses", "bans", "sources"]))?;
    checks::document()?;
    lint_wasm()?;
    step("a tiny site, whole", checks::this("test").args(["--test", "site", "--", "--ignored"]))?;
    eprintln!("All checks passed.");
    Ok(())
}

/// Lints the browser's crates. It checks the whole engine once more, which CI has no time for; Debian has
/// clippy in a separate package.
fn lint_wasm() -> Result<()> {
    let toolchain = wasm_target::ensure()?;
    if let Toolchain::Debian { .. } = toolchain
        && !PathBuf::from("/usr/bin/cargo-clippy").exists()
    {
        apt_install("Debian's clippy", &["rust-web-clippy"])?;
    }
    checks::clippy_wasm(&toolchain)
}

/// The program of a tool, which is compiled as cheaply as can be where it is missing.
fn ensure(tool: &Tool) -> Result<PathBuf> {
    let Tool { package, version, options } = tool;
    let fits = |program: &PathBuf| {
        answer(program, &["--version"]).is_some_and(|said| said.split(' ').any(|word| word == *version))
    };
    let folder = place::tools()?.join(format!("{package}-{version}"));
    let own = folder.join("bin").join(package);
    if let Some(program) = [Some(own.clone()), find(package)].into_iter().flatten().find(fits) {
        return Ok(program);
    }
    let mut install = Command::new("cargo");
    install.args(["install", package, "--version", version, "--locked", "--force"]).args(*options);
    install.arg("--root").arg(&folder).arg("--target-dir").arg(place::target()?.join("tools"));
    install.envs([
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256"),
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ]);
    step(&format!("installing {package} {version}"), &mut install)?;
    Ok(own)
}
