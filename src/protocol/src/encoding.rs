//! The encodings that the images of a trial set may have: all of one set share one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The one encoding of all images of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Lossless WebP.
    WebpLossless,
    /// PNG.
    Png,
}

impl Encoding {
    /// The file name's ending, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Encoding::WebpLossless => "webp",
            Encoding::Png => "png",
        }
    }
}

/// An image file without the zeros that a server appends so that its length says nothing: the part that its
/// hash is of.
///
/// A WebP file states its length, a PNG file ends with the chunk `IEND`. Bytes of any other kind come back
/// as they are, and so does a file with anything but zeros appended: it is not what was served.
pub fn image_content(bytes: &[u8]) -> &[u8] {
    let end = webp_length(bytes).or_else(|| png_length(bytes)).unwrap_or(bytes.len());
    match bytes.split_at_checked(end) {
        Some((content, padding)) if padding.iter().all(|byte| *byte == 0) => content,
        _ => bytes,
    }
}

/// The length that the RIFF header states (WebP container specification, "RIFF file format").
fn webp_length(bytes: &[u8]) -> Option<usize> {
    let (riff, webp) = (bytes.get(..4)?, bytes.get(8..12)?);
    let stated = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
    (riff == b"RIFF" && webp == b"WEBP").then(|| stated.saturating_add(8))
}

/// The place after the chunk `IEND` (PNG specification, "Chunk layout": length, type, data, CRC).
fn png_length(bytes: &[u8]) -> Option<usize> {
    const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
    let mut place = bytes.starts_with(SIGNATURE).then_some(SIGNATURE.len())?;
    loop {
        let length = u32::from_be_bytes(bytes.get(place..place + 4)?.try_into().ok()?) as usize;
        let kind = bytes.get(place + 4..place + 8)?;
        place = place.checked_add(12)?.checked_add(length)?;
        if kind == b"IEND" {
            return Some(place);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::image_content;

    /// One black pixel, as Pillow writes it with libwebp 1.6.0 (lossless) and zlib 1.2.13.
    const WEBP: &[u8] = b"RIFF\x1a\0\0\0WEBPVP8L\x0e\0\0\0\x2f\0\0\0\0\x07\x10\x11\xfd\x0f\x44\x44\xff\x03";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\
        \0\0\0\x0aIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71\0\0\0\0IEND\xae\x42\x60\x82";

    #[test]
    fn appended_zeros_are_taken_off_again() {
        for file in [WEBP, PNG] {
            assert_eq!(image_content(file), file);
            let padded = [file, &[0; 100]].concat();
            assert_eq!(image_content(&padded), file);
            for appended in [&b"x"[..], b"\0\0x", file] {
                let altered = [file, appended].concat();
                assert_eq!(image_content(&altered), altered, "only zeros are padding");
            }
        }
        assert_eq!(image_content(b"neither"), b"neither");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), head in 0..3_usize) {
            let start: &[u8] = [&b""[..], b"RIFF\xff\xff\xff\xffWEBP", b"\x89PNG\r\n\x1a\n"][head];
            bytes.splice(..0, start.iter().copied());
            prop_assert!(bytes.starts_with(image_content(&bytes)));
        }
    }
}
