//! Tells by its first bytes what a file is, whatever it is called, and what to do with one that cannot be
//! used.

use image::ImageFormat;

/// Number of first bytes that tell.
pub(crate) const START_BYTES: usize = 256;

/// The format of a picture that can be read.
pub(crate) fn format(start: &[u8]) -> Option<ImageFormat> {
    if start.starts_with(b"\xff\xd8\xff") {
        Some(ImageFormat::Jpeg)
    } else if start.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(ImageFormat::Png)
    } else if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
        Some(ImageFormat::WebP)
    } else {
        None
    }
}

const EXPORT: &str = "export it as JPEG or PNG";

/// How other files begin, what they are, and what helps.
const STARTS: [(&[u8], &str, &str); 22] = [
    (
        b"version https://git-lfs",
        "is a pointer of Git LFS, not the picture",
        "get the pictures with `git lfs pull`",
    ),
    (b"GIF8", "is a GIF picture", EXPORT),
    (b"BM", "is a BMP picture", EXPORT),
    (b"II*\0", "is a TIFF or camera RAW picture", EXPORT),
    (b"MM\0*", "is a TIFF or camera RAW picture", EXPORT),
    (b"IIRO", "is a camera RAW picture", EXPORT),
    (b"IIU\0", "is a camera RAW picture", EXPORT),
    (b"FUJIFILMCCD-RAW", "is a camera RAW picture", EXPORT),
    (b"FOVb", "is a camera RAW picture", EXPORT),
    (b"\0MRM", "is a camera RAW picture", EXPORT),
    (b"\xff\x0a", "is a JPEG XL picture", EXPORT),
    (b"\0\0\0\x0cJXL ", "is a JPEG XL picture", EXPORT),
    (b"\0\0\0\x0cjP  ", "is a JPEG 2000 picture", EXPORT),
    (b"8BPS", "is a Photoshop document", EXPORT),
    (b"\0\0\x01\0", "is an icon", EXPORT),
    (b"%PDF", "is a PDF document", "export its pictures as JPEG or PNG"),
    (b"PK\x03\x04", "is a zip archive", "unpack it first"),
    (b"\x1f\x8b", "is a gzip archive", "unpack it first"),
    (b"7z\xbc\xaf", "is a 7-Zip archive", "unpack it first"),
    (b"Rar!", "is a RAR archive", "unpack it first"),
    (b"ID3", "is a sound", "leave it out"),
    (b"\x1aE\xdf\xa3", "is a video", "export single frames as JPEG or PNG"),
];

/// What a file that is no such picture is, and what helps.
pub(crate) fn advice(start: &[u8]) -> (&'static str, &'static str) {
    if start.is_empty() {
        return ("is empty", "get it again");
    }
    if start.iter().all(|byte| *byte == 0) {
        return ("begins with zeros only, as an interrupted download leaves it", "get it again");
    }
    if let Some((_, what, remedy)) = STARTS.iter().find(|(magic, ..)| start.starts_with(magic)) {
        return (what, remedy);
    }
    if start.get(4..8) == Some(b"ftyp") {
        return iso_media(start);
    }
    let text =
        String::from_utf8_lossy(start).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    if text.starts_with("<svg") || (text.starts_with("<?xml") && text.contains("<svg")) {
        ("is an SVG drawing", "export it as PNG")
    } else if text.starts_with('<') {
        (
            "is a web page (HTML), as a failed download leaves it",
            "open it to see what the server said, and get it again",
        )
    } else {
        ("is not a JPEG, PNG or WebP picture inside", "save it as one of these")
    }
}

/// Files of the ISO base media format: the brands tell (ISO 14496-12; ISO 23008-12 for HEIC, AV1's own for
/// AVIF).
fn iso_media(start: &[u8]) -> (&'static str, &'static str) {
    let length = start.get(..4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]])) as usize;
    let brands = start.get(8..length.clamp(8, start.len())).unwrap_or_default();
    let has = |brand: &[u8]| brands.chunks(4).any(|one| one == brand);
    if has(b"avif") || has(b"avis") {
        ("is an AVIF picture", EXPORT)
    } else if has(b"crx ") {
        ("is a camera RAW picture", EXPORT)
    } else if [&b"heic"[..], b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1"].into_iter().any(has) {
        (
            "is a HEIC picture, as iPhones save them",
            "export it as JPEG; on the phone: Settings, Camera, Formats, Most Compatible",
        )
    } else {
        ("is a video", "export single frames as JPEG or PNG")
    }
}

/// The endings by which files of a format are called.
pub(crate) fn endings(format: ImageFormat) -> &'static [&'static str] {
    match format {
        ImageFormat::Jpeg => &["jpg", "jpeg", "jfif", "jpe", "jif", "pjpeg", "pjp", "mpo"],
        ImageFormat::Png => &["png", "apng"],
        ImageFormat::WebP => &["webp"],
        _ => &[],
    }
}
