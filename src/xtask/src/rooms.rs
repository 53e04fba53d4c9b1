//! Who may import whom. `tests/rooms` holds every manifest and every file to this table, and `cargo xtask
//! rooms` writes it into `docs/ARCHITECTURE.md`.

/// A crate of the house and the crates of the house that it imports.
pub struct Room {
    /// Its folder, relative to the checkout.
    pub folder: &'static str,
    /// The name of its package without `gestalt-`.
    pub name: &'static str,
    /// What it imports.
    pub imports: &'static [&'static str],
    /// What only its tests, examples and benchmarks import.
    pub tests_import: &'static [&'static str],
}

const fn room(folder: &'static str, name: &'static str, imports: &'static [&'static str]) -> Room {
    Room { folder, name, imports, tests_import: &[] }
}

impl Room {
    const fn and_its_tests(self, tests_import: &'static [&'static str]) -> Self {
        Self { tests_import, ..self }
    }
}

/// Every crate, the foundations first.
pub const ROOMS: [Room; 27] = [
    room("src/types", "types", &[]),
    room("src/stats", "stats", &[]),
    room("src/files", "files", &[]),
    room("src/protocol", "protocol", &["types"]),
    room("src/testkit", "testkit", &["types", "protocol"]),
    room("src/tables", "tables", &["types", "protocol"]),
    room("src/session", "session", &["types", "protocol"]),
    room("src/images", "images", &["types", "files"]).and_its_tests(&["scenes"]),
    room("src/scenes", "scenes", &["images"]).and_its_tests(&["types"]),
    room("src/figures", "figures", &["files", "images"]),
    room("src/networks", "networks", &[]),
    room("src/models", "models", &["types", "files", "protocol", "networks", "observers"]),
    room("src/synthesis", "synthesis", &["types", "stats", "files", "images", "networks", "models"])
        .and_its_tests(&["protocol", "scenes", "trial-sets"]),
    room(
        "src/trial_sets",
        "trial-sets",
        &["types", "files", "protocol", "tables", "images", "scenes", "synthesis"],
    ),
    room("src/observers", "observers", &["types", "protocol"]),
    room("src/inspect", "inspect", &["types", "protocol", "networks", "models"]),
    room("src/analysis", "analysis", &["types", "stats", "protocol", "tables"]).and_its_tests(&["testkit"]),
    room("src/report", "report", &["types", "stats", "protocol", "tables", "analysis"])
        .and_its_tests(&["testkit"]),
    room(
        "src/fairness",
        "fairness",
        &[
            "types",
            "stats",
            "protocol",
            "tables",
            "images",
            "synthesis",
            "trial-sets",
            "observers",
            "analysis",
            "report",
        ],
    )
    .and_its_tests(&["scenes"]),
    room(
        "src/training",
        "training",
        &[
            "types",
            "files",
            "protocol",
            "images",
            "scenes",
            "figures",
            "networks",
            "models",
            "synthesis",
            "observers",
            "report",
        ],
    ),
    room("src/server", "server", &["types", "protocol", "tables", "session"]),
    room(
        "src/cli",
        "cli",
        &[
            "types",
            "stats",
            "files",
            "protocol",
            "tables",
            "images",
            "scenes",
            "figures",
            "networks",
            "models",
            "synthesis",
            "trial-sets",
            "observers",
            "inspect",
            "analysis",
            "report",
            "fairness",
            "training",
            "server",
            "session",
        ],
    ),
    room("src/xtask", "xtask", &[]),
    room("web/lock", "lock", &[]),
    room("web", "web", &["types", "stats", "protocol", "tables", "session", "analysis", "report", "lock"]),
    room(
        "web/worker",
        "worker",
        &["types", "protocol", "images", "networks", "models", "observers", "inspect", "lock"],
    ),
    room("e2e/figures-wasm", "figures-wasm", &["figures"]),
];

/// What stands before the table in `docs/ARCHITECTURE.md`.
pub const TABLE_BEGINS: &str = "<!-- Written by `cargo xtask rooms` from src/xtask/src/rooms.rs. -->";
/// What stands after it.
pub const TABLE_ENDS: &str = "<!-- End of the table. -->";

/// The table in Markdown.
pub fn table() -> String {
    let cell = |names: &[&str]| if names.is_empty() { "–".to_owned() } else { names.join(", ") };
    let row = |room: &Room| {
        format!("| `{}` | {} | {} |\n", room.folder, cell(room.imports), cell(room.tests_import))
    };
    format!(
        "| room | imports | its tests import too |\n|---|---|---|\n{}",
        ROOMS.iter().map(row).collect::<String>()
    )
}

/// The document with the table between the two marks; `None` where a mark is missing.
pub fn with_table(document: &str) -> Option<String> {
    let (before, rest) = document.split_once(TABLE_BEGINS)?;
    let (_, after) = rest.split_once(TABLE_ENDS)?;
    Some(format!("{before}{TABLE_BEGINS}\n{}{TABLE_ENDS}{after}", table()))
}
