//! Reads of a PNG file what its decoder insists on and browsers do without, the end chunk, and what it
//! leaves out and browsers heed: what the chunks say of the colours.

use std::borrow::Cow;

use crate::colour_profile::{Chromaticities, Colours};

const SIGNATURE_BYTES: usize = 8;
/// Length, kind and checksum of a chunk.
const FRAME_BYTES: usize = 12;
/// The end chunk with its length and checksum.
const END: [u8; FRAME_BYTES] = *b"\0\0\0\0IEND\xae\x42\x60\x82";

/// A picture whose gamma is this close to that of usual screens, 1/2.2, is left as it is, as libpng leaves
/// it.
const SMALL_DEVIATION: f64 = 0.05;

/// The chunks up to the end chunk, or to the first that is cut off: where each begins, its kind and its
/// content.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = (usize, [u8; 4], &[u8])> {
    let mut at = SIGNATURE_BYTES;
    std::iter::from_fn(move || {
        let [a, b, c, d, kind @ ..] = *bytes.get(at..)?.first_chunk::<8>()?;
        let start = at + 8;
        let end = start.checked_add(u32::from_be_bytes([a, b, c, d]) as usize)?;
        if kind == *b"IEND" || end.checked_add(4)? > bytes.len() {
            return None;
        }
        let chunk = (at, kind, &bytes[start..end]);
        at = end + 4;
        Some(chunk)
    })
}

/// What the file says of its colours, what browsers believe first coming first (PNG, third edition, 4.3):
/// codes, the profile `icc` that the decoder found, sRGB, and a gamma with or without primaries.
pub(crate) fn colours(bytes: &[u8], icc: Option<Vec<u8>>) -> Vec<Colours> {
    let (mut codes, mut is_srgb, mut gamma, mut chromaticities) = (None, false, None, None);
    for (_, kind, content) in chunks(bytes).take_while(|(_, kind, _)| kind != b"IDAT") {
        match (&kind, content) {
            // Full range, which RGB is stored in.
            (b"cICP", &[primaries, transfer, 0, 1]) => codes = Some(Colours::Codes { primaries, transfer }),
            (b"sRGB", _) => is_srgb = true,
            (b"gAMA", [a, b, c, d]) => gamma = Some(hundred_thousandths([*a, *b, *c, *d])),
            (b"cHRM", content) => chromaticities = self::chromaticities(content),
            _ => {}
        }
    }
    let mut found = Vec::from_iter(codes);
    found.extend(icc.map(Colours::Icc));
    let is_usual = |gamma: f64| (gamma * 2.2 - 1.0).abs() < SMALL_DEVIATION;
    match gamma {
        Some(gamma) if !is_srgb && gamma > 0.0 && (chromaticities.is_some() || !is_usual(gamma)) => {
            found.push(Colours::Gamma { gamma, chromaticities });
        }
        _ => {}
    }
    found
}

fn chromaticities(content: &[u8]) -> Option<Chromaticities> {
    let (pairs, []) = content.as_chunks::<8>() else { return None };
    let pairs: [[u8; 8]; 4] = pairs.try_into().ok()?;
    let [white, red, green, blue] = pairs.map(|[a, b, c, d, e, f, g, h]| {
        (hundred_thousandths([a, b, c, d]), hundred_thousandths([e, f, g, h]))
    });
    Some(Chromaticities { white, red, green, blue })
}

fn hundred_thousandths(bytes: [u8; 4]) -> f64 {
    f64::from(u32::from_be_bytes(bytes)) / 100_000.0
}

/// The file with an end chunk, where nothing else is missing and that one or a part of it is.
pub(crate) fn with_end(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut at = SIGNATURE_BYTES;
    let mut has_data = false;
    for (start, kind, content) in chunks(bytes) {
        has_data |= kind == *b"IDAT";
        at = start + FRAME_BYTES + content.len();
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
