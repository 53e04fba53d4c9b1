//! Which files of a crate import which, and the circles among them.

use super::paths::{FoundPath, Kind, paths};
use super::source::code;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The place of a module in its crate: the names from the root down.
type Place = Vec<String>;

/// A module that has a file.
struct Module {
    file: PathBuf,
    children: Vec<String>,
    paths: Vec<FoundPath>,
}

/// The modules of the crate with this root file, but for those that only tests compile.
struct Crate(BTreeMap<Place, Module>);

/// A line for each circle: its files, and what ties them.
pub fn circles(root: &Path) -> Vec<String> {
    let mut modules = Crate(BTreeMap::new());
    modules.read(root, Vec::new());
    modules.circles()
}

impl Crate {
    fn read(&mut self, file: &Path, place: Place) {
        let text =
            std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let code = without_tests(&code(&text));
        let children = declared(&code);
        let folder = match file.file_name().and_then(|name| name.to_str()) {
            Some("lib.rs" | "main.rs" | "mod.rs") => file.parent().unwrap().to_owned(),
            _ if place.is_empty() => file.parent().unwrap().to_owned(),
            _ => file.with_extension(""),
        };
        for child in &children {
            let flat = folder.join(format!("{child}.rs"));
            let nested = folder.join(child).join("mod.rs");
            let below = place.iter().cloned().chain([child.clone()]).collect();
            // A file that is not there is the compiler's matter: its message is better.
            if let Some(file) = [flat, nested].iter().find(|file| file.exists()) {
                self.read(file, below);
            }
        }
        self.0.insert(place, Module { file: file.to_owned(), children, paths: paths(&code) });
    }

    /// Where a path that stands in the module `from` leads within the crate; `None` where it leads out of
    /// it.
    fn absolute(&self, from: &[String], segments: &[String]) -> Option<Place> {
        let first = &segments[0];
        let begin = self.first(from, first).or_else(|| {
            // A module that `use` has made known here.
            let mut uses =
                self.0[from].paths.iter().filter(|path| path.kind == Kind::Use && path.name == *first);
            uses.find_map(|path| Some(join(self.first(from, &path.segments[0])?, &path.segments[1..])))
        });
        Some(join(begin?, &segments[1..]))
    }

    /// Where the first name of a path leads: a key word, or a module in this one's folder.
    fn first(&self, from: &[String], name: &str) -> Option<Place> {
        match name {
            "crate" => Some(Vec::new()),
            "self" => Some(from.to_vec()),
            "super" => Some(from.split_last()?.1.to_vec()),
            _ if self.0[from].children.iter().any(|child| child == name) => {
                Some(from.iter().cloned().chain([name.to_owned()]).collect())
            }
            _ => None,
        }
    }

    /// The module that defines what lies at a place: names that are passed on are followed to where they
    /// come from.
    fn definition(&self, path: &[String], seen: &mut BTreeSet<Place>) -> Option<Place> {
        if !seen.insert(path.to_vec()) {
            return None;
        }
        let depth = (0..=path.len()).rev().find(|depth| self.0.contains_key(&path[..*depth]))?;
        let (place, rest) = path.split_at(depth);
        let Some(name) = rest.first() else { return Some(place.to_vec()) };
        for reexport in self.0[place].paths.iter().filter(|path| path.kind == Kind::Reexport) {
            if reexport.name == *name {
                let target = self.absolute(place, &reexport.segments)?;
                let target: Place = target.into_iter().chain(rest[1..].iter().cloned()).collect();
                return self.definition(&target, seen);
            }
        }
        Some(place.to_vec())
    }

    /// What every module uses: the other module and the path by which it does. A module may use what lies in
    /// its own folder, which may use the module: seen from outside the two are one.
    fn arrows(&self) -> BTreeMap<&Place, BTreeMap<Place, String>> {
        let used = |(place, module): (&'_ Place, &Module)| {
            let used = module.paths.iter().filter(|path| path.kind != Kind::Reexport);
            let used = used.filter_map(|path| {
                let target = self.absolute(place, &path.segments)?;
                let target = self.definition(&target, &mut BTreeSet::new())?;
                (!target.starts_with(place)).then(|| (target, path.segments.join("::")))
            });
            used.collect::<BTreeMap<Place, String>>()
        };
        self.0.iter().map(|entry| (entry.0, used(entry))).collect()
    }

    /// Modules that reach each other, each set once.
    fn circles(&self) -> Vec<String> {
        let arrows = self.arrows();
        let reached = |from: &Place| {
            let mut reached = BTreeSet::new();
            let mut waiting: Vec<&Place> = arrows[from].keys().collect();
            while let Some(place) = waiting.pop() {
                if reached.insert(place.clone()) {
                    waiting.extend(arrows[place].keys());
                }
            }
            reached
        };
        let reached: BTreeMap<&Place, BTreeSet<Place>> =
            self.0.keys().map(|place| (place, reached(place))).collect();
        let mut circles = BTreeSet::new();
        for (place, others) in &reached {
            let circle: BTreeSet<&Place> =
                others.iter().filter(|other| reached[other].contains(*place)).collect();
            if !circle.is_empty() {
                circles.insert(circle);
            }
        }
        circles.iter().map(|circle| self.line(circle, &arrows)).collect()
    }

    fn line(&self, circle: &BTreeSet<&Place>, arrows: &BTreeMap<&Place, BTreeMap<Place, String>>) -> String {
        let arrows = circle.iter().flat_map(|from| arrows[*from].iter().map(move |to| (*from, to)));
        let arrows = arrows.filter(|(_, (to, _))| circle.contains(to)).map(|(from, (to, path))| {
            format!("\n  {} -> {}: {path}", self.0[from].file.display(), self.0[to].file.display())
        });
        format!("a circle of {} files:{}", circle.len(), arrows.collect::<String>())
    }
}

/// A place and the names that lead on from it.
fn join(mut place: Place, names: &[String]) -> Place {
    for name in names {
        if name == "super" { drop(place.pop()) } else { place.push(name.clone()) }
    }
    place
}

/// The modules that source declares in files of their own.
fn declared(code: &str) -> Vec<String> {
    let words: Vec<&str> = code.split(|c: char| c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    let pairs = words.windows(2).filter(|pair| pair[0] == "mod");
    pairs.filter_map(|pair| pair[1].strip_suffix(';').map(str::to_owned)).collect()
}

/// Source without the items that only tests compile.
fn without_tests(code: &str) -> String {
    let mut pieces = code.split("#[cfg(test)]");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        kept += after_item(piece);
    }
    kept
}

/// What follows the first item: it ends with a semicolon, or with the brace that closes its first brace.
fn after_item(code: &str) -> &str {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(c, ';' | '}') {
            return &code[at + 1..];
        }
    }
    ""
}

#[test]
fn a_circle_is_found_through_a_name_that_is_passed_on() {
    let folder = std::env::temp_dir().join(format!("gestalt-imports-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("b")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let circles = || circles(&folder.join("lib.rs"));
    write("lib.rs", "mod a;\nmod b;\npub use b::inner::Thing;\n#[cfg(test)]\nmod tests { use super::*; }");
    write("b/mod.rs", "pub mod inner;\n");
    write("b/inner.rs", "pub struct Thing; // super::super::a\n");
    write("a.rs", "use crate::Thing;\n");
    assert!(circles().is_empty(), "{:?}", circles());
    write("b/inner.rs", "pub struct Thing(super::super::a::Other);\n");
    assert_eq!(circles().len(), 1, "{:?}", circles());
    assert!(circles()[0].contains("a circle of 2 files") && circles()[0].contains("super::super::a::Other"));
    write("b/inner.rs", "use crate::a;\npub struct Thing(a::Other);\n");
    assert!(
        circles()[0].contains("b/inner.rs -> ") && circles()[0].contains("/a.rs: a::Other"),
        "{:?}",
        circles()
    );
    write("b/inner.rs", "pub struct Thing;\n#[cfg(test)]\nmod tests {\n use crate::a::Other;\n}\n");
    assert!(circles().is_empty(), "what only tests import is no circle");
    write("b/mod.rs", "pub mod inner;\npub struct Shared(inner::Thing);\n");
    write("b/inner.rs", "pub struct Thing(super::Shared);\n");
    assert!(circles().is_empty(), "a module and the files of its own folder are one");
    std::fs::remove_dir_all(folder).unwrap();
}
