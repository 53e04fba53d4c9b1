//! Reads of a PNG file what its decoder insists on and browsers do without: the end chunk.

use std::borrow::Cow;

const SIGNATURE_BYTES: usize = 8;
/// Length, kind and checksum of a chunk.
const FRAME_BYTES: usize = 12;
/// The end chunk with its length and checksum.
const END: [u8; FRAME_BYTES] = *b"\0\0\0\0IEND\xae\x42\x60\x82";

/// The file with an end chunk, where nothing else is missing and that one or a part of it is.
pub(crate) fn with_end(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut at = SIGNATURE_BYTES;
    let mut has_data = false;
    while let Some([a, b, c, d, kind @ ..]) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let end = at.saturating_add(FRAME_BYTES).saturating_add(length);
        if kind == b"IEND" || end > bytes.len() {
            break;
        }
        has_data |= kind == b"IDAT";
        at = end;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    if has_data && rest.len() < END.len() && END.starts_with(rest) {
        Cow::Owned([&bytes[..at], &END].concat())
    } else {
        Cow::Borrowed(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::{END, with_end};

    #[test]
    fn only_the_end_chunk_is_added() {
        let data = b"\x89PNG\r\n\x1a\n\0\0\0\x01IDATx\0\0\0\0";
        let whole = [&data[..], &END].concat();
        assert_eq!(*with_end(&whole), whole);
        for kept in 0..END.len() {
            assert_eq!(*with_end(&whole[..data.len() + kept]), whole, "{kept} bytes of it");
        }
        for length in 0..data.len() {
            assert_eq!(*with_end(&data[..length]), data[..length], "cut off at {length}");
        }
    }
}
