//! A perceptual hash: pictures that look nearly the same have nearly the same bits.
//!
//! Zauner, "Implementation and benchmarking of perceptual image hash functions" (2010), the DCT hash, with
//! 16 × 16 instead of 8 × 8 coefficients: which of the lowest frequencies of the luminance are above their
//! median.

use std::f64::consts::PI;

use image::RgbImage;

/// Side of the square that is transformed, in cells.
const CELLS: usize = 32;
/// Coefficients in each direction.
const COEFFICIENTS: usize = 16;
/// Pictures whose hashes differ in at most this many of 256 bits count as the same photograph.
///
/// Of 600 rendered scenes no two differ in fewer than 48. Copies that were saved as JPEG of quality 20,
/// halved in size, lightened, made grey or mirrored differ in at most 20; of those cropped by 1 % at each
/// edge 95 in 100 differ in at most 24 (`docs/measurements.md`).
pub const SAME_BITS: u32 = 24;
/// Pictures with a smaller standard deviation of their cells, in grey levels, show too little to be told
/// apart.
const LEAST_CONTRAST: f64 = 2.0;

/// The hash of a picture and of its mirror image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appearance {
    bits: [u64; 4],
    mirrored: [u64; 4],
}

impl Appearance {
    /// Of a picture of any size; `None` where it is too even to be told from others.
    pub fn of(picture: &RgbImage) -> Option<Self> {
        let cells = luminance(picture)?;
        let mean = cells.iter().flatten().sum::<f64>() / (CELLS * CELLS) as f64;
        let variance =
            cells.iter().flatten().map(|v| (v - mean).powi(2)).sum::<f64>() / (CELLS * CELLS) as f64;
        if variance.sqrt() < LEAST_CONTRAST {
            return None;
        }
        let low = low_frequencies(&cells);
        // A mirror image has the odd frequencies across with the other sign.
        let mirrored = low.map(|row| std::array::from_fn(|u| if u % 2 == 1 { -row[u] } else { row[u] }));
        Some(Self { bits: above_median(&low), mirrored: above_median(&mirrored) })
    }

    /// Number of bits, of 256, in which two pictures differ, or one and the mirror image of the other,
    /// whichever is fewer.
    pub fn distance(&self, other: &Self) -> u32 {
        let differing = |bits: &[u64; 4]| {
            self.bits.iter().zip(bits).map(|(one, other)| (one ^ other).count_ones()).sum::<u32>()
        };
        differing(&other.bits).min(differing(&other.mirrored))
    }

    /// Whether both count as the same photograph.
    pub fn is_same(&self, other: &Self) -> bool {
        self.distance(other) <= SAME_BITS
    }
}

/// Mean luminance (ITU-R BT.601) of each of 32 × 32 cells; `None` where the picture has fewer pixels.
fn luminance(picture: &RgbImage) -> Option<[[f64; CELLS]; CELLS]> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    if width < CELLS || height < CELLS {
        return None;
    }
    let mut sums = [[0.0; CELLS]; CELLS];
    let mut counts = [[0_u32; CELLS]; CELLS];
    for (x, y, pixel) in picture.enumerate_pixels() {
        let (column, row) = (x as usize * CELLS / width, y as usize * CELLS / height);
        let [red, green, blue] = pixel.0.map(f64::from);
        sums[row][column] += 0.299 * red + 0.587 * green + 0.114 * blue;
        counts[row][column] += 1;
    }
    for (sums, counts) in sums.iter_mut().zip(&counts) {
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum /= f64::from((*count).max(1)));
    }
    Some(sums)
}

/// The first coefficients of the discrete cosine transform (type II), rows from the lowest frequency down.
fn low_frequencies(cells: &[[f64; CELLS]; CELLS]) -> [[f64; COEFFICIENTS]; COEFFICIENTS] {
    let wave: [[f64; CELLS]; COEFFICIENTS] = std::array::from_fn(|u| {
        std::array::from_fn(|x| (PI * (x as f64 + 0.5) * u as f64 / CELLS as f64).cos())
    });
    let dot =
        |one: &[f64; CELLS], other: &[f64; CELLS]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
    // By row and frequency across, then by frequency down.
    let across: [[f64; CELLS]; COEFFICIENTS] =
        std::array::from_fn(|u| std::array::from_fn(|row| dot(&cells[row], &wave[u])));
    std::array::from_fn(|v| std::array::from_fn(|u| dot(&across[u], &wave[v])))
}

/// A bit for each coefficient; the mean grey, which is no pattern, counts as none.
fn above_median(low: &[[f64; COEFFICIENTS]; COEFFICIENTS]) -> [u64; 4] {
    let values: Vec<f64> = low.iter().flatten().copied().skip(1).collect();
    let mut sorted = values.clone();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    let mut bits = [0; 4];
    for (place, value) in values.iter().enumerate() {
        bits[place / 64] |= u64::from(*value > median) << (place % 64);
    }
    bits
}
