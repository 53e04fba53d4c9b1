//! Rust source without what only looks like code: comments and the content of literals.

/// The same text with comments and literals emptied.
pub fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = skipped(rest, out.chars().next_back());
        let taken = if skipped == 0 {
            out.push(first);
            first.len_utf8()
        } else {
            out.push(' ');
            skipped
        };
        rest = &rest[taken..];
    }
    out
}

/// How many bytes of a comment or literal begin here; `before` is the character in front of it.
fn skipped(text: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return text.find("*/").map_or(text.len(), |end| end + 2);
    }
    if let (false, Some(length)) = (in_word, raw_string(text)) {
        return length;
    }
    if text.starts_with('"') {
        return quoted(text, '"');
    }
    // `'a'` is a character, `'a` a lifetime.
    let mut chars = text.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('\''), Some('\\'), _) | (Some('\''), Some(_), Some('\'')) => quoted(text, '\''),
        _ => 0,
    }
}

/// The length of `r"…"`, `r#"…"#` and so on.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let begin = text.len() - after.len() + hashes + 1;
    Some(text[begin..].find(&end).map_or(text.len(), |at| begin + at + end.len()))
}

/// The length of a literal in these quotes, which a backslash escapes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[test]
fn comments_and_literals_are_emptied() {
    let text = "use a::b; // super::c\n/* crate::d */ let s = \"crate::e \\\" crate::f\"; 'x: loop \
                { '\"'; r#\"super::\"g\"# }";
    assert_eq!(code(text), "use a::b;  \n  let s =  ; 'x: loop {  ;   }");
}
