//! Finds the paths in Rust source, those within braces spelt out: `a::{b, c::d}` is `a::b` and `a::c::d`.

/// A path of the source, and whether it stands in a `pub use`, which passes a name on and uses nothing.
#[derive(Debug, PartialEq, Eq)]
pub struct FoundPath {
    pub segments: Vec<String>,
    /// The name by which `use` makes it known here, for example `Foo` of `a::Bar as Foo`.
    pub name: String,
    pub kind: Kind,
}

/// Where a path stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `use a::b;`
    Use,
    /// `pub use a::b;`, `pub(crate) use a::b;`
    Reexport,
    /// Anywhere else.
    Expression,
}

/// All paths of at least two segments in source that was passed through [`super::source::code`].
pub fn paths(code: &str) -> Vec<FoundPath> {
    let mut found = Vec::new();
    let mut rest = code;
    let mut kind = Kind::Expression;
    let mut public = false;
    while let Some(first) = rest.chars().next() {
        if !(first.is_alphabetic() || first == '_') {
            // The parenthesis of `pub(crate)` and spaces keep what `pub` said.
            public &= first.is_whitespace();
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let word = word(rest);
        let after = &rest[word.len()..];
        match word {
            "pub" => {
                public = true;
                rest = after.trim_start();
                rest = rest
                    .strip_prefix('(')
                    .and_then(|inner| inner.split_once(')'))
                    .map_or(rest, |(_, rest)| rest);
                continue;
            }
            "use" => {
                kind = if public { Kind::Reexport } else { Kind::Use };
                rest = after;
                public = false;
                let end = rest.find(';').unwrap_or(rest.len());
                tree(&mut rest[..end].trim(), &mut Vec::new(), kind, &mut found);
                rest = &rest[end..];
                kind = Kind::Expression;
                continue;
            }
            _ => {}
        }
        public = false;
        if after.starts_with("::") {
            let mut text = rest;
            tree(&mut text, &mut Vec::new(), kind, &mut found);
            rest = text;
        } else {
            rest = after;
        }
    }
    found.retain(|path| path.segments.len() > 1);
    found
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

/// Reads a path or a tree of paths from the front of `text`.
fn tree(text: &mut &str, before: &mut Vec<String>, kind: Kind, found: &mut Vec<FoundPath>) {
    let depth = before.len();
    loop {
        *text = text.trim_start();
        if let Some(inner) = text.strip_prefix('{') {
            *text = inner;
            group(text, before, kind, found);
            break;
        }
        let segment = if text.starts_with('*') { "*" } else { word(text) };
        *text = &text[segment.len()..];
        if segment.is_empty() {
            break;
        }
        // `a::{self}` is `a`.
        if segment != "self" || before.is_empty() {
            before.push(segment.to_owned());
        }
        if let Some(after) = text.strip_prefix("::").filter(|after| !after.trim_start().starts_with('<')) {
            *text = after;
            continue;
        }
        let mut name = before.last().cloned().unwrap_or_default();
        if let Some(after) = text.trim_start().strip_prefix("as ").filter(|_| kind != Kind::Expression) {
            let alias = word(after.trim_start());
            name = alias.to_owned();
            *text = &after.trim_start()[alias.len()..];
        }
        found.push(FoundPath { segments: before.clone(), name, kind });
        break;
    }
    before.truncate(depth);
}

/// Reads `a, b::c}`.
fn group(text: &mut &str, before: &mut Vec<String>, kind: Kind, found: &mut Vec<FoundPath>) {
    loop {
        *text = text.trim_start();
        if let Some(after) = text.strip_prefix('}') {
            *text = after;
            return;
        }
        let length = text.len();
        tree(text, before, kind, found);
        *text = text.trim_start();
        *text = text.strip_prefix(',').unwrap_or(text);
        // Not Rust that this reads.
        if text.len() == length {
            return;
        }
    }
}

#[test]
fn trees_are_spelt_out() {
    let code =
        "use a::{b, c::{self, D as E}};\npub(crate) use super::f::*; let x = crate::g::H::<u8>::new(i);";
    let found: Vec<(String, String, Kind)> =
        paths(code).into_iter().map(|path| (path.segments.join("::"), path.name, path.kind)).collect();
    let expected = [
        ("a::b", "b", Kind::Use),
        ("a::c", "c", Kind::Use),
        ("a::c::D", "E", Kind::Use),
        ("super::f::*", "*", Kind::Reexport),
        ("crate::g::H", "H", Kind::Expression),
    ];
    assert_eq!(found, expected.map(|(path, name, kind)| (path.to_owned(), name.to_owned(), kind)));
}
