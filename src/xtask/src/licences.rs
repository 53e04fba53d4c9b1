//! The licences of everything that is linked into the program and the site, with their texts.

use crate::command::answer;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What is installed: the command, the page and its worker.
const ROOTS: [&str; 3] = ["gestalt-cli", "gestalt-web", "gestalt-worker"];
/// How files that hold a licence begin, in lower case.
const FILES: [&str; 5] = ["licen", "copying", "copyright", "notice", "unlicense"];

/// Writes them to `path`: a list of packages, and each text once.
pub fn write(path: &Path) -> Result<()> {
    let answer = answer("cargo", &["metadata", "--format-version", "1", "--offline", "--locked"]);
    let metadata = answer.context("`cargo metadata --offline` failed; run `cargo fetch` first")?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo's metadata cannot be read")?;
    let packages: BTreeMap<&str, &Value> = list(&metadata["packages"])
        .iter()
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let linked = linked(&metadata, &packages);
    let mut summary = String::new();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut without = Vec::new();
    for package in
        linked.iter().filter_map(|id| packages.get(id)).filter(|package| !package["source"].is_null())
    {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        let name = format!("{} {}", text("name"), text("version"));
        if text("license").is_empty() && package["license_file"].is_null() {
            without.push(name);
            continue;
        }
        summary += &format!("{name}: {}\n", text("license"));
        for licence in of_folder(Path::new(text("manifest_path")).parent().unwrap_or(Path::new("."))) {
            texts.entry(licence).or_default().push(name.clone());
        }
    }
    if !without.is_empty() {
        bail!("no licence is stated by {}", without.join(", "));
    }
    let mut all = format!("Gestalt Lab contains the following packages.\n\n{summary}");
    for (text, names) in texts {
        all += &format!("\n{}\n{}\n\n{}\n", "-".repeat(80), names.join(", "), text.trim_end());
    }
    fs::write(path, all).with_context(|| format!("{} cannot be written", path.display()))
}

/// Every package that is linked into one of the roots: neither tests nor build scripts are.
fn linked<'a>(metadata: &'a Value, packages: &BTreeMap<&'a str, &'a Value>) -> BTreeSet<&'a str> {
    let nodes: BTreeMap<&str, &Value> = list(&metadata["resolve"]["nodes"])
        .iter()
        .filter_map(|node| Some((node["id"].as_str()?, node)))
        .collect();
    let is_root = |id: &&str| packages[*id]["name"].as_str().is_some_and(|name| ROOTS.contains(&name));
    let mut waiting: Vec<&str> = packages.keys().copied().filter(|id| is_root(id)).collect();
    let mut linked = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !linked.insert(id) {
            continue;
        }
        for dependency in nodes.get(id).map_or(&[][..], |node| list(&node["deps"])) {
            let is_linked = list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            waiting.extend(dependency["pkg"].as_str().filter(|_| is_linked));
        }
    }
    linked
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The texts of the licences in a package's folder.
fn of_folder(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| {
        let name = entry.file_name().to_string_lossy().to_lowercase();
        FILES.iter().any(|start| name.starts_with(start)) && entry.path().is_file()
    });
    let mut texts: Vec<String> = names.filter_map(|entry| fs::read_to_string(entry.path()).ok()).collect();
    texts.sort();
    texts
}
