//! Reads which crates of the house a `Cargo.toml` imports, those for one platform included.

use std::collections::BTreeSet;
use std::path::Path;
use toml::{Table, Value};

/// The names of a manifest without their `gestalt-`.
pub struct Manifest {
    pub name: String,
    pub imports: BTreeSet<String>,
    pub tests_import: BTreeSet<String>,
    /// Everything it depends on, ours or not, as code spells it: `serde_json`.
    pub crates: BTreeSet<String>,
}

impl Manifest {
    pub fn read(room: &Path) -> Self {
        let file = room.join("Cargo.toml");
        let text =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Self::parse(&text)
    }

    fn parse(text: &str) -> Self {
        let manifest: Table = toml::from_str(text).unwrap();
        let imports: BTreeSet<String> =
            ["dependencies", "build-dependencies"].iter().flat_map(|table| ours(&manifest, table)).collect();
        let tests_import = ours(&manifest, "dev-dependencies").into_iter();
        Self {
            name: without_prefix(manifest["package"]["name"].as_str().unwrap()).unwrap().to_owned(),
            tests_import: tests_import.filter(|name| !imports.contains(name)).collect(),
            imports,
            crates: TABLES.iter().flat_map(|name| tables(&manifest, name)).flat_map(crate_names).collect(),
        }
    }
}

/// Where a manifest lists dependencies.
const TABLES: [&str; 3] = ["dependencies", "build-dependencies", "dev-dependencies"];

/// A table of the manifest and the same table of every target.
fn tables<'a>(manifest: &'a Table, name: &str) -> Vec<&'a Table> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(Table::values).filter_map(Value::as_table);
    targets.chain([manifest]).filter_map(|table| table.get(name)?.as_table()).collect()
}

fn crate_names(dependencies: &Table) -> Vec<String> {
    dependencies.keys().map(|name| name.replace('-', "_")).collect()
}

/// Ours in a table of the manifest and in the same table of every target.
fn ours(manifest: &Table, name: &str) -> Vec<String> {
    let tables = tables(manifest, name).into_iter();
    tables.flat_map(package_names).filter_map(|name| without_prefix(&name).map(str::to_owned)).collect()
}

/// The packages of a table, under whatever name they are imported.
fn package_names(dependencies: &Table) -> Vec<String> {
    let package = |(key, value): (&String, &Value)| {
        value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned()
    };
    dependencies.iter().map(package).collect()
}

fn without_prefix(name: &str) -> Option<&str> {
    name.strip_prefix("gestalt-")
}

#[test]
fn imports_of_a_platform_and_under_another_name_count() {
    let manifest = Manifest::parse(
        "[package]\nname = \"gestalt-a\"\n[dependencies]\nother = \
         { package = \"gestalt-b\", path = \"b\" }\nserde = \"1\"\n\
         [target.'cfg(unix)'.dependencies]\ngestalt-c.workspace = true\n[dev-dependencies]\ngestalt-d.workspace \
         = true\n",
    );
    assert_eq!(manifest.name, "a");
    assert_eq!(manifest.imports, BTreeSet::from(["b".to_owned(), "c".to_owned()]));
    assert_eq!(manifest.tests_import, BTreeSet::from(["d".to_owned()]));
    let crates: Vec<&str> = manifest.crates.iter().map(String::as_str).collect();
    assert_eq!(crates, ["gestalt_c", "gestalt_d", "other", "serde"]);
}
