//! Reads of a JPEG file what its decoder does not tell in time: how much memory it takes, where its first
//! picture ends, and whether it was cut off.

use std::borrow::Cow;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::oddity::Oddity;

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
    /// Whether all coefficients must be kept until the last scan is read: progressive files, and those that
    /// hold one component after the other.
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
        let marker = next_marker(file)?;
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

/// The next marker. Fill bytes may precede any, and padding is skipped as in [`tidied`].
fn next_marker(file: &mut impl Read) -> io::Result<u8> {
    let [mut before] = take(file)?;
    loop {
        let [byte] = take(file)?;
        if before == 0xff && !matches!(byte, 0x00 | 0xff) {
            return Ok(byte);
        }
        before = byte;
    }
}

fn take<const N: usize>(file: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A JPEG file without what does not belong to its first picture.
pub(crate) struct Tidied<'a> {
    /// From the start of the image to its end marker, segment by segment.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// What was unusual. Where it is a missing end marker, `bytes` has one, and the last scan may lack
    /// something.
    pub(crate) oddities: Vec<Oddity>,
}

/// Walks from segment to segment to the end marker (ITU-T T.81, annex B), as libjpeg does: bytes between
/// segments are skipped, and so is all that follows the end marker, where cameras and phones put previews
/// and further views.
///
/// `None` where the file ends before the last scan begins, or within a segment.
pub(crate) fn tidied(bytes: &[u8]) -> Option<Tidied<'_>> {
    let mut oddities = Vec::new();
    let mut kept: Vec<_> = std::iter::once(0..2).collect();
    let mut at = 2;
    let mut in_scan = false;
    loop {
        let Some(marker_at) = marker_from(bytes, at) else {
            // In the middle of a scan nothing but the end marker may be missing; whether it is, its decoder
            // tells.
            return in_scan.then(|| without_end(bytes, &kept, oddities));
        };
        // Fill bytes (0xff) may precede any marker.
        if bytes[at..marker_at].iter().any(|byte| *byte != 0xff) {
            oddities.push(Oddity::Padding);
        }
        in_scan = false;
        let marker = bytes[marker_at + 1];
        let end = match marker {
            END => {
                kept.push(marker_at..marker_at + 2);
                let rest = &bytes[marker_at + 2..];
                if !rest.is_empty() {
                    let has_picture = rest.windows(3).any(|three| three == b"\xff\xd8\xff");
                    oddities.push(if has_picture { Oddity::SecondPicture } else { Oddity::Trailing });
                }
                oddities.dedup();
                let is_padded = oddities.contains(&Oddity::Padding);
                let whole = &bytes[..marker_at + 2];
                let bytes = if is_padded { joined(bytes, &kept).into() } else { whole.into() };
                return Some(Tidied { bytes, oddities });
            }
            // Markers that stand alone: TEM, RSTn, SOI.
            0x01 | 0xd0..=0xd8 => marker_at + 2,
            _ => {
                let length = bytes.get(marker_at + 2..marker_at + 4)?;
                let end = marker_at + 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
                in_scan = marker == SCAN;
                let data = bytes.get(end..)?;
                if in_scan { end + after_scan(data).unwrap_or(data.len()) } else { end }
            }
        };
        kept.push(marker_at..end);
        at = end;
    }
}

/// With an end marker, and without the half of one that is there.
fn without_end<'a>(bytes: &[u8], kept: &[Range<usize>], mut oddities: Vec<Oddity>) -> Tidied<'a> {
    let mut joined = joined(bytes, kept);
    while joined.last() == Some(&0xff) {
        joined.pop();
    }
    joined.extend([0xff, END]);
    oddities.push(Oddity::NoEndMarker);
    oddities.dedup();
    Tidied { bytes: Cow::Owned(joined), oddities }
}

/// Two files that differ in every bit that follows the last scan: they show the same picture only where the
/// scan lacks none.
pub(crate) fn continued(with_end: &[u8]) -> [Vec<u8>; 2] {
    // Without a period, so that the two are not alike when they are shifted; no byte nor its complement is
    // 0xff.
    const FILLING: [u8; 8] = [0x35, 0xc9, 0x5a, 0x96, 0x1b, 0xe2, 0x74, 0x8d];
    let scan = &with_end[..with_end.len() - 2];
    let filled =
        |mask: u8| scan.iter().copied().chain(FILLING.repeat(8).into_iter().map(move |byte| byte ^ mask));
    [0x00, 0xff].map(|mask| filled(mask).chain([0xff, END]).collect())
}

fn joined(bytes: &[u8], kept: &[Range<usize>]) -> Vec<u8> {
    kept.iter().flat_map(|range| &bytes[range.clone()]).copied().collect()
}

/// Where the next marker stands: the last 0xff before a byte that is neither 0xff nor 0.
fn marker_from(bytes: &[u8], from: usize) -> Option<usize> {
    let pairs = bytes.get(from..)?.windows(2);
    pairs
        .into_iter()
        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xff))
        .map(|after| from + after)
}

/// Where the next marker, or a fill byte before it, stands in entropy-coded data: 0xff followed by neither 0
/// (a stuffed byte) nor a restart.
fn after_scan(data: &[u8]) -> Option<usize> {
    data.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;

    use super::{Header, header, tidied};
    use crate::oddity::Oddity;

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
        let padded = [&file(0xc0, 3)[..8], &[0, 0, 0xff, 0], &file(0xc0, 3)[8..]].concat();
        assert_eq!(found(&padded), Some(expected));
        assert!(header(&mut Cursor::new(&file(0xc0, 3)[..20])).is_err());
    }

    /// A preview's end marker inside a segment, then a scan with a stuffed byte, a restart and a fill byte.
    const WHOLE: [u8; 23] = [
        0xff, 0xd8, 0xff, 0xe1, 0, 4, 0xff, 0xd9, 0xff, 0xda, 0, 2, 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 0xff,
        0xff, 0xd9,
    ];

    #[test]
    fn a_file_ends_at_its_own_end_marker() {
        let whole = tidied(&WHOLE).unwrap();
        assert_eq!((&whole.bytes[..], &whole.oddities[..]), (&WHOLE[..], &[][..]));
        for (appended, oddity) in [(&b"\0\0\0"[..], Oddity::Trailing), (&WHOLE, Oddity::SecondPicture)] {
            let long = [&WHOLE[..], appended].concat();
            let tidied = tidied(&long).unwrap();
            assert_eq!((&tidied.bytes[..], &tidied.oddities[..]), (&WHOLE[..], &[oddity][..]));
        }
    }

    #[test]
    fn padding_between_segments_is_taken_out() {
        let padded = [&WHOLE[..8], &[0, 0, 0xff, 0, 7], &WHOLE[8..]].concat();
        let tidied = tidied(&padded).unwrap();
        // And the fill byte before the end marker with it.
        let expected = [&WHOLE[..20], &[0xff, 0xd9]].concat();
        assert_eq!((&tidied.bytes[..], &tidied.oddities[..]), (&expected[..], &[Oddity::Padding][..]));
    }

    #[test]
    fn only_the_end_marker_may_be_missing() {
        for length in 2..WHOLE.len() {
            let found = tidied(&WHOLE[..length]).map(|tidied| tidied.oddities);
            // From where the scan's data begin.
            let expected = (length >= 12).then(|| vec![Oddity::NoEndMarker]);
            assert_eq!(found, expected, "cut off at {length}");
        }
        let ended = tidied(&WHOLE[..20]).unwrap().bytes.into_owned();
        assert_eq!(ended, [&WHOLE[..20], &[0xff, 0xd9]].concat());
    }
}
