//! The wasm modules of the site, from Rust to files that a browser loads: cargo, wasm-bindgen, wasm-opt, a
//! hashed name.

use super::files;
use crate::command::{both, step, timed};
use crate::wasm_target::{TARGET, Toolchain};
use crate::{place, tools};
use anyhow::{Context, Result, anyhow};
use std::fs;
use std::path::Path;
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// The packages of the site's programs.
const PACKAGES: [&str; 2] = ["gestalt-web", "gestalt-worker"];

/// The programs: the page, the worker that runs models, and the one that stores and sends rows.
const PROGRAMS: [&str; 3] = ["gestalt-web", "gestalt-worker", "gestalt-outbox"];

/// What the browsers of `docs/ARCHITECTURE.md` can do beyond WebAssembly 1, and what the compiler therefore
/// uses.
const FEATURES: [&str; 9] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-call-indirect-overlong",
];

/// A module as it lies in the site's folder.
pub struct Module {
    /// Its program, for example `gestalt-web`.
    pub name: &'static str,
    /// Its script, for example `gestalt-web-0123456789abcdef.js`.
    pub script: String,
    /// Its code, with `_bg.wasm` instead of `.js`.
    pub wasm: String,
    /// The integrity values of both, in this order.
    pub integrity: [String; 2],
}

impl Module {
    /// The script of a worker that starts this module. Its own name has no hash, because the page knows it.
    pub fn loader(&self) -> String {
        let Self { script, wasm, .. } = self;
        format!(
            "import init from './{script}';\nawait init({{ module_or_path: new URL('./{wasm}', import.meta.url) }});\n"
        )
    }
}

/// Compiles the programs and writes them into the folder `site`, in the order of [`PROGRAMS`].
pub fn build(toolchain: &Toolchain, wasm_opt: &Path, site: &Path) -> Result<[Module; 3]> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--profile", "wasm", "--target", TARGET]);
    cargo.args(PACKAGES.iter().flat_map(|name| ["--package", name]));
    toolchain.apply(&mut cargo);
    step("compiling the site", &mut cargo)?;
    let [page, worker, outbox] = PROGRAMS;
    let finish = |name| finish(name, wasm_opt, site);
    both(|| finish(page).and_then(|()| finish(outbox)), || finish(worker))?;
    let [page, worker, outbox] = PROGRAMS.map(|name| with_hashed_name(name, site));
    Ok([page?, worker?, outbox?])
}

/// Binds and optimises a program, or takes what the last build made of the same code: the inference worker
/// alone takes minutes.
fn finish(name: &str, wasm_opt: &Path, site: &Path) -> Result<()> {
    let input = place::target()?.join(TARGET).join("wasm").join(name).with_extension("wasm");
    let code = fs::read(&input).with_context(|| format!("cargo left no {}", input.display()))?;
    let tools = format!("{} {}", tools::versions(), FEATURES.join(" "));
    let hash = files::name_hash(&[code.as_slice(), tools.as_bytes()].concat());
    let folder = place::logs()?.join("modules").join(name);
    let kept = folder.join(hash);
    if !kept.is_dir() {
        files::empty(&folder)?;
        let new = folder.join("new");
        files::empty(&new)?;
        timed(&format!("binding {name} to the browser"), || bind(&input, &new))?;
        let wasm = new.join(format!("{name}_bg.wasm"));
        let mut optimise = Command::new(wasm_opt);
        optimise.arg("-O1").args(FEATURES).arg(&wasm).arg("-o").arg(&wasm);
        step(&format!("optimising {name}"), &mut optimise)?;
        files::replace(&new, &kept)?;
    }
    files::copy(&kept, site)
}

/// Writes `NAME.js` and `NAME_bg.wasm`: the code, and what it needs to call the browser and be called.
fn bind(input: &Path, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).typescript(false).omit_default_module_path(true);
    let bound = bindgen.web(true).and_then(|bindgen| bindgen.generate(folder));
    bound
        .map_err(|error| anyhow!("{error:#}"))
        .with_context(|| format!("{} cannot be bound", input.display()))
}

/// Renames both files of a module after what is in them.
fn with_hashed_name(name: &'static str, site: &Path) -> Result<Module> {
    let from = [site.join(format!("{name}.js")), site.join(format!("{name}_bg.wasm"))];
    let [script, wasm] = from.each_ref().map(|file| {
        fs::read(file).with_context(|| format!("wasm-bindgen and wasm-opt left no {}", file.display()))
    });
    let (script, wasm) = (script?, wasm?);
    // One hash for both: they only work together.
    let hash = files::name_hash(&[script.as_slice(), &wasm].concat());
    let module = Module {
        name,
        script: format!("{name}-{hash}.js"),
        wasm: format!("{name}-{hash}_bg.wasm"),
        integrity: [files::integrity(&script), files::integrity(&wasm)],
    };
    files::rename(&from[0], &site.join(&module.script))?;
    files::rename(&from[1], &site.join(&module.wasm))?;
    Ok(module)
}
