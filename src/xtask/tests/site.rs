//! A site of two tiny programs goes through the whole build: cargo, wasm-bindgen, wasm-opt, hashed names,
//! the page.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let source = entry.unwrap().path();
        let target = to.join(source.file_name().unwrap());
        if source.is_dir() {
            copy(&source, &target);
        } else {
            fs::copy(source, target).unwrap();
        }
    }
}

/// The name in `text` that begins with `start` and ends with `end`.
fn name<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from = text.find(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    &text[from..from + text[from..].find(end).unwrap() + end.len()]
}

#[test]
#[ignore = "compiles for the browser: `cargo xtask check-all` runs it"]
fn a_tiny_site_is_built_whole() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&here.join("tests/fixtures/site"), root);
    copy(&here.join("../../.cargo"), &root.join(".cargo"));
    fs::create_dir_all(root.join("src/xtask")).unwrap();
    fs::copy(here.join("compress.mjs"), root.join("src/xtask/compress.mjs")).unwrap();
    // The stamp looks at these.
    for input in gestalt_xtask::rooms::ROOMS.iter().filter(|room| room.folder.starts_with("src/")) {
        fs::create_dir_all(root.join(input.folder)).unwrap();
    }
    fs::create_dir_all(root.join("src/xtask/src/site")).unwrap();
    let mut build = Command::new(env!("CARGO_BIN_EXE_gestalt-xtask"));
    build.args(["build", "--site"]).env("CARGO_MANIFEST_DIR", root.join("src/xtask"));
    fs::copy(here.join("../../Cargo.lock"), root.join("Cargo.lock")).unwrap();
    assert!(build.status().unwrap().success());

    let dist = root.join("dist");
    let page = fs::read_to_string(dist.join("index.html")).unwrap();
    let style = name(&page, "static/page-", ".css");
    let script = name(&page, "gestalt-web-", ".js");
    let wasm = script.replace(".js", "_bg.wasm");
    assert!(page.contains(&format!("await init({{ module_or_path: '/{wasm}' }})")), "{page}");
    let loader = fs::read_to_string(dist.join("gestalt-worker_loader.js")).unwrap();
    let worker = name(&loader, "gestalt-worker-", ".js");
    assert!(dist.join("gestalt-outbox_loader.js").is_file());
    for file in [style, script, &wasm, worker, &worker.replace(".js", "_bg.wasm"), "models/index.json"] {
        assert!(dist.join(file).is_file(), "{file}");
    }
    assert!(dist.join(format!("{script}.br")).is_file(), "compressed");
    assert!(fs::read_dir(dist.join("snippets")).unwrap().count() == 1, "the inline script");
    if let Some(keep) = std::env::var_os("GESTALT_KEEP_SITE") {
        copy(&dist, Path::new(&keep));
    }
}
