//! The traces that an encoding leaves in pixels, each measured against the picture itself, so that what it
//! shows cancels out.
//!
//! Four of the six are locked to the grid of 8 or 2 pixels of an encoder: a picture that was not encoded is
//! the same on that grid as beside it, whatever it shows and however it was distorted. The other two compare
//! frequency bands.

use image::RgbImage;

use super::dct::Dct;
use super::plane::{Plane, planes};

/// Their names, in the order of [`of`].
pub(super) const PIXEL_TRACES: [&str; 6] = [
    "8 × 8 block grid, luma",
    "8 × 8 block grid, colour",
    "quantisation of 8 × 8 blocks",
    "chroma subsampling, pixel pairs",
    "chroma subsampling, bandwidth",
    "high-frequency energy, luma",
];

/// Side of a JPEG block in pixels.
const BLOCK: usize = 8;
/// Side of the blocks whose bands are compared; coefficient k has the frequency k / 32 cycles a pixel.
const BAND_BLOCK: usize = 16;
/// Added to energies in squared grey levels, so that even areas do not decide.
const FLOOR: f64 = 0.01;
/// Smaller coefficients, in grey levels, are what quantisation to zero leaves.
const ZERO: f64 = 0.5;
/// In the unit of a difference: keeps pictures without any from being infinitely sure.
const SMALLEST_ERROR: f64 = 1e-3;
/// Sums of the two frequencies from here on count; lower ones are seldom quantised to zero.
const FROM_FREQUENCY: usize = 3;

/// The six traces of a picture, 0 where it is too small to show them.
pub(super) fn of(picture: &RgbImage) -> [f64; 6] {
    if picture.width().min(picture.height()) < 3 * BLOCK as u32 {
        return [0.0; 6];
    }
    let [luma, blue, red] = planes(picture);
    let colour = [&blue, &red];
    [
        block_grid(&[&luma]),
        block_grid(&colour),
        quantisation(&luma),
        pixel_pairs(&colour),
        bandwidth(&colour, &luma),
        high_frequencies(&luma),
    ]
}

/// How much sharper the steps between 8 × 8 blocks are than steps elsewhere.
fn block_grid(planes: &[&Plane]) -> f64 {
    let mut differences = Vec::new();
    for plane in planes {
        for plane in [&plane.transposed(), *plane] {
            // The step between the middle two of four beyond what a smooth run through all four would have.
            let steps = plane.profile(4, |four| (four[3] - 3.0 * four[2] + 3.0 * four[1] - four[0]).abs());
            // Entry x is the step between x + 1 and x + 2; its neighbours share pixels with it and are left
            // out.
            differences.extend(
                (6..steps.len().saturating_sub(3))
                    .step_by(BLOCK)
                    .map(|x| steps[x] - (steps[x - 3] + steps[x - 2] + steps[x + 2] + steps[x + 3]) / 4.0),
            );
        }
    }
    in_standard_errors(&differences)
}

/// How many more coefficients of 8 × 8 blocks are zero on an encoder's grid than half a block beside it.
///
/// The shifted grids lie around the aligned one on all sides, so that both cover the same parts of the
/// picture.
fn quantisation(luma: &Plane) -> f64 {
    let dct = Dct::<BLOCK>::new();
    let zeros = |left: usize, top: usize| {
        let block = dct.block(luma, left, top);
        let high = block.iter().enumerate().flat_map(|(k, row)| &row[FROM_FREQUENCY.saturating_sub(k)..]);
        high.filter(|coefficient| coefficient.abs() < ZERO).count() as f64
    };
    let half = BLOCK / 2;
    let mut differences = Vec::new();
    for top in (BLOCK..=luma.height - 2 * BLOCK).step_by(BLOCK) {
        for left in (BLOCK..=luma.width - 2 * BLOCK).step_by(BLOCK) {
            let beside = [(left - half, top - half), (left + half, top - half)]
                .into_iter()
                .chain([(left - half, top + half), (left + half, top + half)]);
            let beside: f64 = beside.map(|(left, top)| zeros(left, top)).sum();
            differences.push(zeros(left, top) - beside / 4.0);
        }
    }
    in_standard_errors(&differences)
}

/// How much colour changes within pairs of pixels that share a sample, against how much it does between
/// pairs.
fn pixel_pairs(colour: &[&Plane]) -> f64 {
    let mut differences = Vec::new();
    for plane in colour {
        for plane in [&plane.transposed(), *plane] {
            let steps = plane.profile(2, |pair| (pair[1] - pair[0]).powi(2));
            differences.extend(
                (2..steps.len() - 1).step_by(2).map(|x| steps[x] - (steps[x - 1] + steps[x + 1]) / 2.0),
            );
        }
    }
    in_standard_errors(&differences)
}

/// The mean in its standard errors, large ones compressed: about as variable for every picture that was not
/// encoded, or the more variable one of three would be the odd one too often.
fn in_standard_errors(differences: &[f64]) -> f64 {
    let count = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / count;
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let t = mean / ((variance / count).sqrt() + SMALLEST_ERROR);
    t.signum() * t.abs().ln_1p()
}

/// How much more colour falls off towards high frequencies than luma does, in whole steps of 3 dB.
///
/// Halved chroma takes 5 dB and more; a distortion may take a little, which is no trace of an encoding.
fn bandwidth(colour: &[&Plane], luma: &Plane) -> f64 {
    let bands = colour
        .iter()
        .map(|plane| bands(plane))
        .fold([0.0; 3], |sum, bands| std::array::from_fn(|band| sum[band] + bands[band]));
    let fall = |[low, high, _]: [f64; 3]| ((high + FLOOR) / (low + FLOOR)).ln();
    ((fall(bands) - fall(self::bands(luma))) / std::f64::consts::LN_2).round()
}

/// How luma falls off towards the highest frequencies, in whole steps of 6 dB: enough to see a picture that
/// was enlarged or blurred, and too coarse for the differences that a distortion makes.
fn high_frequencies(luma: &Plane) -> f64 {
    let [_, high, highest] = bands(luma);
    (((highest + FLOOR) / (high + FLOOR)).ln() / (2.0 * std::f64::consts::LN_2)).round()
}

/// Mean energy of the coefficients around 7/32, 10/32 and from 13/32 cycles a pixel, in squared grey levels.
fn bands(plane: &Plane) -> [f64; 3] {
    let dct = Dct::<BAND_BLOCK>::new();
    let (mut energy, mut counts) = ([0.0; 3], [0.0f64; 3]);
    for top in (0..=plane.height - BAND_BLOCK).step_by(BAND_BLOCK) {
        for left in (0..=plane.width - BAND_BLOCK).step_by(BAND_BLOCK) {
            let block = dct.block(plane, left, top);
            for (down, row) in block.iter().enumerate() {
                for (across, coefficient) in row.iter().enumerate() {
                    let band = match down.max(across) {
                        6..=8 => 0,
                        9..=11 => 1,
                        13.. => 2,
                        _ => continue,
                    };
                    energy[band] += coefficient * coefficient;
                    counts[band] += 1.0;
                }
            }
        }
    }
    std::array::from_fn(|band| energy[band] / counts[band].max(1.0))
}
