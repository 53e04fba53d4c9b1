//! Text files as editors and spreadsheets leave them: UTF-8 or UTF-16, with or without a byte order mark.

use std::borrow::Cow;

/// Bytes that are not text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is not {encoding} text; save the file as UTF-8")]
pub struct NotText {
    /// The first line that is not, from 1.
    pub line: usize,
    /// The encoding that the file seemed to have.
    pub encoding: &'static str,
}

/// The text of a file, without its byte order mark.
///
/// UTF-16 is recognised by its mark, or by the zero byte that ASCII has in it.
///
/// # Errors
/// When the bytes are neither UTF-8 nor UTF-16.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [1..=u8::MAX, 0, 1..=u8::MAX, 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, 1..=u8::MAX, 0, 1..=u8::MAX, ..] => utf16(bytes, u16::from_be_bytes),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        NotText { line: 1 + before.iter().filter(|byte| **byte == b'\n').count(), encoding: "UTF-8" }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(character.map_err(|_| not_utf16(&text))?);
    }
    if rest.is_empty() { Ok(Cow::Owned(text)) } else { Err(not_utf16(&text)) }
}

fn not_utf16(before: &str) -> NotText {
    NotText { line: 1 + before.matches('\n').count(), encoding: "UTF-16" }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn one_text_in_every_encoding_is_the_same_text() {
        let text = "{\"category\": \"Möbel\"}\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let (little, big) = (utf16(u16::to_le_bytes), utf16(u16::to_be_bytes));
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            little.clone(),
            big.clone(),
            [&b"\xff\xfe"[..], &little].concat(),
            [&b"\xfe\xff"[..], &big].concat(),
        ] {
            assert_eq!(decode(&bytes).unwrap(), text);
        }
    }

    #[test]
    fn the_line_that_is_no_text_is_named() {
        let line = |bytes: &[u8]| decode(bytes).unwrap_err().line;
        assert_eq!(line(b"a\nM\xf6bel\n"), 2);
        assert_eq!(line(b"\xff\xfea\0\n\0\0\xd8b\0"), 2);
        assert_eq!(line(b"\xff\xfea\0b"), 1);
    }
}
