//! From the bytes of a file to its text: unpacked, in one encoding, and named where it is something else.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use gestalt_types::text::{self, NotText};

/// Longer texts are not unpacked, in bytes.
const MAX_TEXT_BYTES: u64 = 1 << 30;

/// Why a file is not text, and what would help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReadable {
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// A kind of file that is not text.
    #[error("is {0}")]
    Other(&'static str),
    /// A damaged or cut-off archive.
    #[error("is a gzip file that cannot be unpacked ({0}); get it again")]
    Gzip(String),
    /// Too long to keep in memory.
    #[error("is longer than {} MB when unpacked; split it", MAX_TEXT_BYTES / 1_000_000)]
    TooLong,
    /// In no known encoding.
    #[error(transparent)]
    Text(#[from] NotText),
}

/// Content that people give by mistake: how it begins, and what it is.
const OTHERS: [(&[u8], &str); 11] = [
    (b"PK\x03\x04", "a spreadsheet file or another zip archive; save the table in it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet file; save the table in it as CSV"),
    (b"SQLite format 3\0", "a database; export its rows with the server's export"),
    (b"PAR1", "a Parquet file; save it as CSV"),
    (b"%PDF", "a PDF document; give the log itself"),
    (b"\x89PNG", "a picture; give the log itself"),
    (b"\xff\xd8\xff", "a picture; give the log itself"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it first"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ", "an xz archive; unpack it first"),
    (b"version https://git-lfs", "a pointer of Git LFS; get the file itself with `git lfs pull`"),
];

/// The text of a file, unpacked where it is a gzip file.
///
/// # Errors
/// When the file is empty, is of another kind, or cannot be unpacked or read as text.
pub fn of(bytes: &[u8]) -> Result<Cow<'_, str>, NotReadable> {
    if bytes.starts_with(b"\x1f\x8b") {
        let unpacked = unpacked(bytes)?;
        return Ok(Cow::Owned(plain(&unpacked)?.into_owned()));
    }
    plain(bytes)
}

fn plain(bytes: &[u8]) -> Result<Cow<'_, str>, NotReadable> {
    if let Some((_, what)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(NotReadable::Other(what));
    }
    let text = text::decode(bytes)?;
    let start = text.trim_start().as_bytes();
    if start.is_empty() {
        return Err(NotReadable::Empty);
    }
    if start.starts_with(b"<") {
        return Err(NotReadable::Other(
            "a web page (HTML or XML): open it in a browser to see what the server said",
        ));
    }
    Ok(text)
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, NotReadable> {
    let mut unpacked = Vec::new();
    let mut reader = MultiGzDecoder::new(bytes).take(MAX_TEXT_BYTES + 1);
    reader.read_to_end(&mut unpacked).map_err(|error| NotReadable::Gzip(error.to_string()))?;
    if unpacked.len() as u64 > MAX_TEXT_BYTES { Err(NotReadable::TooLong) } else { Ok(unpacked) }
}
