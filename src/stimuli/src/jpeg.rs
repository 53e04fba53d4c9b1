//! Tells a whole JPEG file from one that was cut off, which the decoder would fill with grey.

/// Start of scan: entropy-coded data follow the segment.
const SCAN: u8 = 0xda;
/// End of image.
const END: u8 = 0xd9;

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
mod tests {
    use super::is_complete;

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
