//! The traces that an encoding leaves in pixels, each measured against the picture itself, so that what it shows cancels out.
//!
//! Four of the six are locked to the grid of 8 or 2 pixels of an encoder: a picture that was not encoded is the same on
//! that grid as beside it, whatever it shows and however it was distorted. The other two compare frequency bands.

use image::RgbImage;

use super::dct::Dct;

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
/// Sums of the two frequencies from here on count; lower ones are seldom quantised to zero.
const FROM_FREQUENCY: usize = 3;

/// One channel of a picture, row by row.
pub(super) struct Plane {
    width: usize,
    height: usize,
    values: Vec<f64>,
}

impl Plane {
    pub(super) fn run(&self, x: usize, y: usize, length: usize) -> &[f64] {
        let at = y * self.width + x;
        &self.values[at..at + length]
    }

    fn transposed(&self) -> Self {
        let (width, height) = (self.height, self.width);
        let at = |i: usize| self.values[i % width * self.width + i / width];
        Self { width, height, values: (0..width * height).map(at).collect() }
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.width)
    }
}

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

/// Luma and the two colour differences of ITU-R BT.601, as JPEG has them.
fn planes(picture: &RgbImage) -> [Plane; 3] {
    let plane = |weights: [f64; 3]| Plane {
        width: picture.width() as usize,
        height: picture.height() as usize,
        values: picture
            .pixels()
            .map(|pixel| pixel.0.iter().zip(weights).map(|(v, w)| w * f64::from(*v)).sum())
            .collect(),
    };
    [
        plane([0.299, 0.587, 0.114]),
        plane([-0.168_736, -0.331_264, 0.5]),
        plane([0.5, -0.418_688, -0.081_312]),
    ]
}

/// How much sharper the steps between 8 × 8 blocks are than steps elsewhere, as a logarithm.
fn block_grid(planes: &[&Plane]) -> f64 {
    let mut steps = [0.0; BLOCK];
    for plane in planes {
        for plane in [&plane.transposed(), *plane] {
            let (mut sums, mut counts) = ([0.0; BLOCK], [0.0; BLOCK]);
            for row in plane.rows() {
                for (x, four) in row.windows(4).enumerate() {
                    // The step between the middle two beyond what a smooth run through all four would have.
                    let step = (four[3] - 3.0 * four[2] + 3.0 * four[1] - four[0]).abs();
                    sums[(x + 2) % BLOCK] += step;
                    counts[(x + 2) % BLOCK] += 1.0;
                }
            }
            (0..BLOCK).for_each(|phase| steps[phase] += sums[phase] / f64::max(counts[phase], 1.0));
        }
    }
    let mut others = steps[1..].to_vec();
    others.sort_by(f64::total_cmp);
    ((steps[0] + FLOOR) / (others[others.len() / 2] + FLOOR)).ln()
}

/// How many more coefficients of 8 × 8 blocks are zero on an encoder's grid than half a block beside it.
///
/// The shifted grids lie around the aligned one on all sides, so that both cover the same parts of the picture.
fn quantisation(luma: &Plane) -> f64 {
    let dct = Dct::<BLOCK>::new();
    let (columns, rows) = (luma.width / BLOCK - 2, luma.height / BLOCK - 2);
    let zeros = |shift_x: usize, shift_y: usize| {
        let mut zeros = 0usize;
        for (column, row) in (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row))) {
            let block = dct.block(luma, BLOCK / 2 * shift_x + column * BLOCK, BLOCK / 2 * shift_y + row * BLOCK);
            for (down, coefficients) in block.iter().enumerate() {
                let high = &coefficients[FROM_FREQUENCY.saturating_sub(down)..];
                zeros += high.iter().filter(|coefficient| coefficient.abs() < ZERO).count();
            }
        }
        zeros as f64
    };
    // Shifts in half blocks: 2 is the grid itself, one block in from the border.
    let around = [(1, 1), (1, 3), (3, 1), (3, 3)].map(|(x, y)| zeros(x, y)).iter().sum::<f64>() / 4.0;
    (zeros(2, 2) - around) / (columns * rows * BLOCK * BLOCK) as f64
}

/// How the colour steps within pairs of pixels that share a colour sample compare with those between pairs, as a logarithm.
fn pixel_pairs(colour: &[&Plane]) -> f64 {
    let mut steps = [0.0; 2];
    for plane in colour {
        for plane in [&plane.transposed(), *plane] {
            for row in plane.rows() {
                // As many steps of one kind as of the other.
                let pairs = row.windows(2).take((row.len() - 1) / 2 * 2);
                for (x, pair) in pairs.enumerate() {
                    steps[x % 2] += (pair[1] - pair[0]).powi(2) / plane.values.len() as f64;
                }
            }
        }
    }
    ((steps[0] + FLOOR) / (steps[1] + FLOOR)).ln()
}

/// How much less of high frequencies colour has than luma has, against lower ones, as a logarithm.
fn bandwidth(colour: &[&Plane], luma: &Plane) -> f64 {
    let bands = colour.iter().map(|plane| bands(plane)).fold([0.0; 3], |sum, bands| {
        std::array::from_fn(|band| sum[band] + bands[band])
    });
    let fall = |[low, high, _]: [f64; 3]| ((high + FLOOR) / (low + FLOOR)).ln();
    fall(bands) - fall(self::bands(luma))
}

/// How much energy luma has at the highest frequencies against the next lower ones, as a logarithm.
fn high_frequencies(luma: &Plane) -> f64 {
    let [_, high, highest] = bands(luma);
    ((highest + FLOOR) / (high + FLOOR)).ln()
}

/// Mean energy of the coefficients around 5/32, 10/32 and above 13/32 cycles a pixel, in squared grey levels.
fn bands(plane: &Plane) -> [f64; 3] {
    let dct = Dct::<BAND_BLOCK>::new();
    let (mut energy, mut counts) = ([0.0; 3], [0.0f64; 3]);
    for top in (0..=plane.height - BAND_BLOCK).step_by(BAND_BLOCK) {
        for left in (0..=plane.width - BAND_BLOCK).step_by(BAND_BLOCK) {
            let block = dct.block(plane, left, top);
            for (down, row) in block.iter().enumerate() {
                for (across, coefficient) in row.iter().enumerate() {
                    let band = match down.max(across) {
                        4..=6 => 0,
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
