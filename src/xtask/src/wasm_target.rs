//! The compiler for the browser: rustup's wasm target, or Debian's where rustup cannot download it.

use crate::command::{answer, apt_install, find, step, step_within};
use anyhow::{Context, Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The target of everything that runs in the page.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler, its cargo, and the standard library's source, which is built along.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// How the wasm crates are compiled.
pub enum Toolchain {
    /// The compiler that runs this has the target's standard library.
    Plain,
    /// Debian's compiler builds the standard library too; this is the linker it needs.
    Debian { linker: PathBuf },
}

impl Toolchain {
    /// Tells cargo which compiler to take.
    pub fn apply(&self, command: &mut Command) {
        if let Toolchain::Debian { linker } = self {
            command.env("RUSTUP_TOOLCHAIN", "debian").env("RUSTC_BOOTSTRAP", "1");
            command.env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            // cargo sets these for this process; they would name the wrong compiler.
            command.env_remove("RUSTC").env_remove("CARGO");
        }
    }

    /// What the site's stamp needs to know.
    pub fn name(&self) -> &'static str {
        match self {
            Toolchain::Plain => "plain",
            Toolchain::Debian { .. } => "debian",
        }
    }
}

/// Finds or installs the compiler. `GESTALT_WASM_TOOLCHAIN=debian` asks for Debian's.
pub fn ensure() -> Result<Toolchain> {
    match env::var("GESTALT_WASM_TOOLCHAIN").as_deref() {
        Ok("debian") => return debian(),
        Ok(other) => bail!("GESTALT_WASM_TOOLCHAIN is `{other}`: leave it unset, or set it to `debian`"),
        Err(_) => {}
    }
    if has_target(&sysroot()?) {
        return Ok(Toolchain::Plain);
    }
    let mut add = Command::new("rustup");
    let added = step_within(
        "adding the wasm target",
        add.args(["target", "add", TARGET]),
        Some(Duration::from_secs(180)),
    );
    match added {
        Ok(_) => Ok(Toolchain::Plain),
        Err(error) => {
            eprintln!("  · {error:#}\n  · taking Debian's compiler for the browser instead");
            debian().with_context(|| {
                format!("neither `rustup target add {TARGET}` nor Debian's compiler could be used")
            })
        }
    }
}

/// The folder of the active compiler.
fn sysroot() -> Result<PathBuf> {
    let sysroot = answer("rustc", &["--print", "sysroot"])
        .context("`rustc --print sysroot` failed: install Rust with rustup")?;
    Ok(PathBuf::from(sysroot))
}

fn has_target(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir()
}

/// Installs Debian's compiler and links it to rustup as the toolchain `debian`.
fn debian() -> Result<Toolchain> {
    if !Path::new("/usr/bin/rustc").exists() || !Path::new("/usr/bin/cargo").exists() || !has_debian_source()
    {
        apt_install("Debian's Rust compiler", &DEBIAN_PACKAGES)?;
    }
    let linked = answer("rustup", &["toolchain", "list"])
        .is_some_and(|list| list.lines().any(|line| line.starts_with("debian")));
    if !linked {
        step(
            "linking Debian's compiler",
            Command::new("rustup").args(["toolchain", "link", "debian", "/usr"]),
        )?;
    }
    Ok(Toolchain::Debian { linker: linker()? })
}

/// Whether the standard library's source is installed where build-std looks for it.
fn has_debian_source() -> bool {
    Path::new("/usr/lib/rustlib/src/rust/library").exists()
}

/// rustup's own rust-lld, or a wasm linker of the system.
fn linker() -> Result<PathBuf> {
    let host = answer("rustc", &["-vV"]).unwrap_or_default();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned();
    let own = sysroot()?.join("lib/rustlib").join(host).join("bin/rust-lld");
    if own.exists() {
        return Ok(own);
    }
    find("wasm-ld").context("no linker for wasm: install one with `sudo apt-get install lld`")
}
