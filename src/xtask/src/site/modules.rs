//! The two wasm modules of the site, from Rust to files that a browser loads: cargo, wasm-bindgen, wasm-opt, a hashed name.

use super::files;
use crate::command::{both, step, timed};
use crate::place;
use crate::wasm_target::{TARGET, Toolchain};
use anyhow::{Context, Result, anyhow};
use std::fs;
use std::path::Path;
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// The page and its worker: packages, and the programs in them.
const PACKAGES: [&str; 2] = ["gestalt-web", "gestalt-worker"];

/// What the browsers of `docs/ARCHITECTURE.md` can do beyond WebAssembly 1, and what the compiler therefore uses.
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

/// Compiles both and writes them into the folder `site`.
pub fn build(toolchain: &Toolchain, wasm_opt: &Path, site: &Path) -> Result<[Module; 2]> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--profile", "wasm", "--target", TARGET]);
    cargo.args(PACKAGES.iter().flat_map(|name| ["--package", name]));
    toolchain.apply(&mut cargo);
    step("compiling the site", &mut cargo)?;
    timed("binding the site to the browser", || PACKAGES.iter().try_for_each(|name| bind(name, site)))?;
    let [page, worker] = PACKAGES.map(|name| site.join(format!("{name}_bg.wasm")));
    let optimise = |wasm: &Path| {
        let mut command = Command::new(wasm_opt);
        command.arg("-O1").args(FEATURES).arg(wasm).arg("-o").arg(wasm);
        step(&format!("optimising {}", wasm.file_name().unwrap_or_default().display()), &mut command)
    };
    both(|| optimise(&page).map(drop), || optimise(&worker).map(drop))?;
    let [page, worker] = PACKAGES.map(|name| with_hashed_name(name, site));
    Ok([page?, worker?])
}

/// Writes `NAME.js` and `NAME_bg.wasm`: the code, and what it needs to call the browser and be called.
fn bind(name: &str, site: &Path) -> Result<()> {
    let input = place::target()?.join(TARGET).join("wasm").join(name).with_extension("wasm");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&input).typescript(false).omit_default_module_path(true);
    let bound = bindgen.web(true).and_then(|bindgen| bindgen.generate(site));
    bound
        .map_err(|error| anyhow!("{error:#}"))
        .with_context(|| format!("{} cannot be bound", input.display()))
}

/// Renames both files of a module after what is in them.
fn with_hashed_name(name: &str, site: &Path) -> Result<Module> {
    let from = [site.join(format!("{name}.js")), site.join(format!("{name}_bg.wasm"))];
    let [script, wasm] = from.each_ref().map(|file| {
        fs::read(file).with_context(|| format!("wasm-bindgen and wasm-opt left no {}", file.display()))
    });
    let (script, wasm) = (script?, wasm?);
    // One hash for both: they only work together.
    let hash = files::name_hash(&[script.as_slice(), &wasm].concat());
    let module = Module {
        script: format!("{name}-{hash}.js"),
        wasm: format!("{name}-{hash}_bg.wasm"),
        integrity: [files::integrity(&script), files::integrity(&wasm)],
    };
    files::rename(&from[0], &site.join(&module.script))?;
    files::rename(&from[1], &site.join(&module.wasm))?;
    Ok(module)
}
