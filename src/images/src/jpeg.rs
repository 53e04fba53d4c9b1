//! Reads of a JPEG file what its decoder does not tell in time: how much room it takes, and whether it was cut off.

use std::io::{self, Read, Seek, SeekFrom};

/// Start of scan: entropy-coded data follow the segment.
const SCAN: u8 = 0xda;
/// End of image.
const END: u8 = 0xd9;

/// What the segments before the first scan say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) width_px: u32,
    pub(crate) height_px: u32,
    /// 1 for grey, 3 for colour, 4 for CMYK.
    pub(crate) components: u32,
    /// Whether all coefficients must be kept until the last scan is read: progressive files, and those that hold one
    /// component after the other.
    pub(crate) in_several_scans: bool,
}

/// Reads the header (ITU-T T.81, annex B); `None` where the segments lead to no frame.
///
/// # Errors
/// When the file cannot be read, `UnexpectedEof` where it ends before the first scan.
pub(crate) fn header(file: &mut (impl Read + Seek)) -> io::Result<Option<Header>> {
    file.seek(SeekFrom::Start(2))?;
    let mut found: Option<Header> = None;
    loop {
        let Some(marker) = next_marker(file)? else { return Ok(None) };
        match marker {
            0x01 | 0xd0..=0xd8 => continue,
            END => return Ok(None),
            _ => {}
        }
        let [high, low] = take(file)?;
        let length = i64::from(u16::from_be_bytes([high, low]));
        let mut read = 2;
        match marker {
            // Start of frame, of any coding; the others are tables for Huffman and arithmetic coding.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let [_precision, height, tall, width, wide, components] = take(file)?;
                read += 6;
                found = Some(Header {
                    width_px: u32::from(u16::from_be_bytes([width, wide])),
                    height_px: u32::from(u16::from_be_bytes([height, tall])),
                    components: u32::from(components),
                    in_several_scans: matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce),
                });
            }
            SCAN => {
                let [components] = take(file)?;
                return Ok(found.map(|header| Header {
                    in_several_scans: header.in_several_scans || u32::from(components) < header.components,
                    ..header
                }));
            }
            _ => {}
        }
        file.seek_relative((length - read).max(0))?;
    }
}

/// The next marker; `None` where there is none. Fill bytes may precede any.
fn next_marker(file: &mut impl Read) -> io::Result<Option<u8>> {
    let [start, mut marker] = take(file)?;
    if start != 0xff {
        return Ok(None);
    }
    while marker == 0xff {
        [marker] = take(file)?;
    }
    Ok(Some(marker))
}

fn take<const N: usize>(file: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Whether the file's segments lead to its end marker (ITU-T T.81, annex B).
///
/// Anything may follow the end marker, as some cameras append previews.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        // Fill bytes may precede any marker.
        let (Some(0xff), Some(&marker)) = (bytes.get(at), bytes.get(at + 1)) else { return false };
        match marker {
            0xff => at += 1,
            END => return true,
            // Markers that stand alone: TEM, RSTn, SOI.
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => {
                let Some(length) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
                if marker == SCAN {
                    let Some(next) = bytes.get(at..).and_then(after_scan) else { return false };
                    at += next;
                }
            }
        }
    }
}

/// Where the next marker stands in entropy-coded data: 0xff followed by neither 0 (a stuffed byte) nor a restart.
fn after_scan(data: &[u8]) -> Option<usize> {
    data.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;

    use super::{Header, header, is_complete};

    #[test]
    fn the_header_tells_the_size_and_whether_there_are_several_scans() {
        let file = |frame: u8, in_scan: u8| {
            let frame = [0xff, frame, 0, 17, 8, 0x10, 0, 0x20, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            [&[0xff, 0xd8, 0xff, 0xe1, 0, 4, 0xff, 0xc0][..], &frame, &[0xff, 0xda, 0, 8, in_scan]].concat()
        };
        let found = |bytes: &[u8]| header(&mut Cursor::new(bytes)).unwrap();
        let expected = Header { width_px: 0x2001, height_px: 0x1000, components: 3, in_several_scans: false };
        assert_eq!(found(&file(0xc0, 3)), Some(expected));
        for several in [file(0xc2, 3), file(0xc0, 1)] {
            assert_eq!(found(&several), Some(Header { in_several_scans: true, ..expected }));
        }
        assert_eq!(found(b"\xff\xd8\xff\xd9"), None);
        assert!(header(&mut Cursor::new(&file(0xc0, 3)[..20])).is_err());
    }

    #[test]
    fn a_file_is_complete_only_with_its_end_marker_after_the_scan() {
        let whole = [
            &[0xff, 0xd8, 0xff, 0xe1, 0, 4, 0xff, 0xd9][..], // a preview's end marker inside a segment
            &[0xff, 0xda, 0, 2, 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 0xff, 0xff, 0xd9],
        ]
        .concat();
        assert!(is_complete(&whole));
        assert!(is_complete(&[&whole[..], b"appended"].concat()));
        for length in 0..whole.len() {
            assert!(!is_complete(&whole[..length]), "cut off at {length}");
        }
    }
}
