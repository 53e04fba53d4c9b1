//! Holds every manifest and every file to the table of who may import whom (`src/rooms.rs`).
#![allow(clippy::unwrap_used)]

mod imports;
mod manifests;
mod paths;
mod source;

use gestalt_xtask::rooms::{ROOMS, with_table};
use manifests::Manifest;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every Rust file of a folder and its folders.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

/// The folders of a room that hold Rust: not `web/worker` for `web`.
fn code_of(room: &Path) -> Vec<PathBuf> {
    ["src", "tests", "examples", "benches"].iter().flat_map(|part| rust_files(&room.join(part))).collect()
}

#[test]
fn every_package_of_the_workspace_is_a_room() {
    let listed: BTreeSet<&str> = ROOMS.iter().map(|room| room.folder).collect();
    let sources = std::fs::read_dir(root().join("src")).unwrap();
    let found = sources.map(|entry| format!("src/{}", entry.unwrap().file_name().display()));
    let found: BTreeSet<String> =
        found.chain(["web", "web/lock", "web/worker", "e2e/figures-wasm"].map(String::from)).collect();
    assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed);
}

/// Equal, not only within: a permission that nobody uses is a door left open.
#[test]
fn every_manifest_imports_what_the_table_says_and_no_less() {
    for room in &ROOMS {
        let manifest = Manifest::read(&root().join(room.folder));
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(manifest.name, room.name, "{}", room.folder);
        assert_eq!(manifest.imports, set(room.imports), "{} imports", room.folder);
        assert_eq!(manifest.tests_import, set(room.tests_import), "the tests of {} import", room.folder);
    }
}

/// Dependencies that no code names: they are there to switch on a feature of what another crate brings.
const FOR_A_FEATURE: [&str; 2] = ["getrandom", "argmin_math"];

#[test]
fn every_dependency_is_used() {
    let mut unused = Vec::new();
    for room in &ROOMS {
        let folder = root().join(room.folder);
        let code =
            code_of(&folder).into_iter().map(|file| source::code(&std::fs::read_to_string(file).unwrap()));
        // The examples of a README are tests.
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap_or_default();
        let code: String = code.chain([readme]).collect();
        let words: BTreeSet<&str> = code.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        let crates = Manifest::read(&folder).crates.into_iter();
        let crates =
            crates.filter(|name| !words.contains(name.as_str()) && !FOR_A_FEATURE.contains(&name.as_str()));
        unused.extend(crates.map(|name| format!("{}: {name}", room.folder)));
    }
    assert!(unused.is_empty(), "no code uses these dependencies: {unused:#?}");
}

/// Such a line imports a file behind the manifest's back.
#[test]
fn no_file_takes_another_by_its_path() {
    let files = ROOMS.iter().flat_map(|room| code_of(&root().join(room.folder)));
    let takes = |file: &PathBuf| {
        let code = source::code(&std::fs::read_to_string(file).unwrap());
        code.contains("#[path") || code.contains("include!(")
    };
    let found: Vec<PathBuf> = files.filter(takes).collect();
    assert!(found.is_empty(), "`#[path]` or `include!`: {found:#?}");
}

#[test]
fn no_files_of_a_crate_import_each_other_in_a_circle() {
    let mut circles = Vec::new();
    for room in &ROOMS {
        let source = root().join(room.folder).join("src");
        let roots = rust_files(&source.join("bin"));
        let roots = roots.into_iter().chain(["lib.rs", "main.rs"].map(|name| source.join(name)));
        for crate_root in roots.filter(|file| file.exists()) {
            circles.extend(imports::circles(&crate_root));
        }
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn the_table_of_the_architecture_is_this_one() {
    let document = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let expected = with_table(&document).expect("docs/ARCHITECTURE.md has the two marks of the table");
    assert!(document == expected, "docs/ARCHITECTURE.md: run `cargo xtask rooms`");
}

/// The site is built again when one of these changes; one that is missing would be served old.
#[test]
fn the_stamp_of_the_site_covers_every_room_that_is_in_it() {
    let mut in_site: BTreeSet<&str> = BTreeSet::from(["web", "worker"]);
    for room in ROOMS.iter().rev() {
        if in_site.contains(room.name) {
            in_site.extend(room.imports);
        }
    }
    let stamp = std::fs::read_to_string(root().join("src/xtask/src/site/stamp.rs")).unwrap();
    for room in ROOMS.iter().filter(|room| in_site.contains(room.name) && room.folder.starts_with("src/")) {
        let folder = room.folder.strip_prefix("src/").unwrap();
        assert!(stamp.contains(&format!("\"{folder}\"")), "stamp.rs: ROOMS lacks `{folder}`");
    }
}

/// Documents that name files: each of these paths is there.
#[test]
fn the_files_that_the_documents_name_are_there() {
    let mut missing = Vec::new();
    for document in ["README.md", "CONTRIBUTING.md", "docs/ARCHITECTURE.md"] {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        let is_path = |text: &&str| {
            ["src/", "web/", "docs/", "e2e/", ".ci/", "static/"].iter().any(|start| text.starts_with(start))
                && !text.contains(['<', ' ', '{'])
        };
        missing.extend(
            quoted
                .filter(is_path)
                .filter(|path| !root().join(path).exists())
                .map(|path| format!("{document}: {path}")),
        );
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
