//! What a JPEG file says of its own encoding: the quality of its tables and how colour is sampled.

/// Of a file that is no JPEG: better than any of its qualities.
const LOSSLESS: Header = Header { quality: 101.0, chroma_samples: 1.0 };
/// The luma table of ITU-T T.81, annex K, that qualities scale; in the file's (zigzag) order.
#[rustfmt::skip]
const LUMA: [f64; 64] = [
    16., 11., 12., 14., 12., 10., 16., 14., 13., 14., 18., 17., 16., 19., 24., 40.,
    26., 24., 22., 22., 24., 49., 35., 37., 29., 40., 58., 51., 61., 60., 57., 51.,
    56., 55., 64., 72., 92., 78., 64., 68., 87., 69., 55., 56., 80., 109., 81., 87.,
    95., 98., 103., 104., 103., 62., 77., 113., 121., 112., 100., 120., 92., 101., 103., 99.,
];
const QUANTISATION: u8 = 0xdb;
const SCAN: u8 = 0xda;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Header {
    /// From 1 to 100, by the scale of the Independent JPEG Group.
    pub(super) quality: f64,
    /// Samples of each colour difference for one pixel: 1 for 4:4:4, ¼ for 4:2:0, 0 for grey.
    pub(super) chroma_samples: f64,
}

/// Reads the segments before the first scan; what is missing in a damaged header stays as in a lossless
/// file.
pub(super) fn read(bytes: &[u8]) -> Header {
    let mut header = LOSSLESS;
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return header;
    }
    let mut at = 2;
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        if marker == 0xff {
            at += 1;
            continue;
        }
        let length = usize::from(u16::from_be_bytes([high, low])).max(2);
        let segment = bytes.get(at + 4..at + 2 + length).unwrap_or_default();
        match marker {
            SCAN => break,
            QUANTISATION => header.quality = quality(segment).unwrap_or(header.quality),
            // Start of frame of any kind; DHT, JPG and DAC lie between them.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                header.chroma_samples = chroma_samples(segment).unwrap_or(header.chroma_samples);
            }
            _ => {}
        }
        at += 2 + length;
    }
    header
}

/// Of table 0, where the segment holds it: the quality whose table is like it on average.
fn quality(mut segment: &[u8]) -> Option<f64> {
    loop {
        let (&kind, rest) = segment.split_first()?;
        let bytes = if kind >> 4 == 0 { 64 } else { 128 };
        let (table, others) = rest.split_at_checked(bytes)?;
        if kind & 15 == 0 {
            let value = |entry: &[u8]| entry.iter().fold(0.0, |sum, byte| 256.0 * sum + f64::from(*byte));
            let percent =
                table.chunks(bytes / 64).zip(LUMA).map(|(entry, wanted)| 100.0 * value(entry) / wanted);
            let scale = percent.sum::<f64>() / 64.0;
            return Some(if scale <= 100.0 { (200.0 - scale) / 2.0 } else { 5000.0 / scale });
        }
        segment = others;
    }
}

/// The sampling factors of the second component by those of the first.
fn chroma_samples(frame: &[u8]) -> Option<f64> {
    let components = usize::from(*frame.get(5)?);
    let factors = |component: usize| {
        let both = *frame.get(7 + 3 * component)?;
        Some(f64::from(both >> 4) * f64::from(both & 15))
    };
    if components < 3 { Some(0.0) } else { Some(factors(1)? / factors(0)?.max(1.0)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use gestalt_images::jpeg_copy::{Chroma, jpeg_bytes};
    use image::RgbImage;

    #[test]
    fn quality_and_subsampling_are_read_back() {
        let picture = RgbImage::new(32, 32);
        for quality in [30, 50, 75, 95] {
            for (chroma, samples) in [(Chroma::Full, 1.0), (Chroma::Halved, 0.25)] {
                let header = read(&jpeg_bytes(&picture, quality, chroma).unwrap());
                assert!((header.quality - f64::from(quality)).abs() < 2.0, "{quality}: {header:?}");
                assert_eq!(header.chroma_samples, samples);
            }
        }
        assert_eq!(read(b"\x89PNG"), LOSSLESS);
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let whole = jpeg_bytes(&RgbImage::new(16, 16), 50, Chroma::Halved).unwrap();
        for length in 0..whole.len() {
            read(&whole[..length]);
        }
        for at in 2..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] = 0xff;
            read(&bytes);
        }
    }
}
