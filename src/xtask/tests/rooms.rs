//! Holds every `Cargo.toml` to the house's order: who may know whom (docs/ARCHITECTURE.md).
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The whole of it, dev-dependencies included: a room that is not listed, or knows another, fails the test.
const MAY_KNOW: [(&str, &[&str]); 22] = [
    ("types", &[]),
    ("stats", &[]),
    ("files", &[]),
    ("protocol", &["types"]),
    ("tables", &["types", "protocol"]),
    ("session", &["types", "protocol"]),
    ("images", &["types", "files", "scenes"]),
    ("scenes", &["images"]),
    ("figures", &["files", "images"]),
    (
        "synthesis",
        &["types", "stats", "files", "protocol", "images", "networks", "models", "scenes", "trial-sets"],
    ),
    ("trial-sets", &["types", "files", "protocol", "tables", "images", "scenes", "synthesis"]),
    ("networks", &[]),
    ("models", &["types", "networks"]),
    ("observers", &["types", "protocol", "networks", "models"]),
    ("training", &["types", "protocol", "images", "scenes", "synthesis", "networks", "models", "observers"]),
    ("analysis", &["types", "stats", "protocol"]),
    ("server", &["types", "protocol", "session", "analysis"]),
    (
        "fairness",
        &["types", "stats", "protocol", "images", "synthesis", "trial-sets", "observers", "analysis"],
    ),
    (
        "cli",
        &[
            "types",
            "files",
            "protocol",
            "tables",
            "images",
            "scenes",
            "figures",
            "synthesis",
            "trial-sets",
            "networks",
            "models",
            "observers",
            "training",
            "analysis",
            "fairness",
            "server",
        ],
    ),
    ("xtask", &[]),
    ("web", &["types", "stats", "protocol", "tables", "session", "analysis"]),
    ("worker", &["types", "protocol", "images", "observers"]),
];

/// Ours among the dependencies of a manifest, without the prefix.
fn known(manifest: &Path) -> (String, BTreeSet<String>) {
    let text = std::fs::read_to_string(manifest).unwrap();
    let manifest: toml::Table = toml::from_str(&text).unwrap();
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let names =
        tables.iter().filter_map(|table| manifest.get(*table)?.as_table()).flat_map(|table| table.keys());
    let ours = names.filter_map(|name| name.strip_prefix("gestalt-")).map(str::to_owned).collect();
    let name = manifest["package"]["name"].as_str().unwrap().strip_prefix("gestalt-").unwrap().to_owned();
    (name, ours)
}

#[test]
fn every_room_knows_only_whom_it_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut manifests: Vec<_> = std::fs::read_dir(root.join("src"))
        .unwrap()
        .map(|room| room.unwrap().path().join("Cargo.toml"))
        .collect();
    manifests.extend([root.join("web/Cargo.toml"), root.join("web/worker/Cargo.toml")]);
    let may_know: BTreeMap<&str, BTreeSet<&str>> =
        MAY_KNOW.iter().map(|(room, others)| (*room, others.iter().copied().collect())).collect();
    assert_eq!(manifests.len(), may_know.len());
    for manifest in manifests {
        let (room, ours) = known(&manifest);
        for other in ours {
            assert!(may_know[room.as_str()].contains(other.as_str()), "{room} must not know {other}");
        }
    }
}
