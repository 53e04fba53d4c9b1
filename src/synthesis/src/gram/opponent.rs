//! Colours as the filter bank sees them: along three opponent axes.

use image::RgbImage;

/// Lightness, red against green, and both against blue, each about its mean and evened out in strength, so
/// that faint colours are not lost beside strong lightness.
pub(super) struct Colours {
    mean: [f32; 3],
    gain: [f32; 3],
}

/// Rows: the three opponent axes, of length 1.
const AXES: [[f32; 3]; 3] = [
    [0.577_350_3, 0.577_350_3, 0.577_350_3],
    [std::f32::consts::FRAC_1_SQRT_2, -std::f32::consts::FRAC_1_SQRT_2, 0.0],
    [0.408_248_3, 0.408_248_3, -0.816_496_6],
];

impl Colours {
    pub(super) fn of(picture: &RgbImage) -> Self {
        let count = picture.pixels().len().max(1) as f64;
        let (mut sum, mut squares) = ([0.0; 3], [0.0; 3]);
        for pixel in picture.pixels() {
            let along = opponent(pixel.0.map(|level| f32::from(level) / 255.0));
            for axis in 0..3 {
                sum[axis] += f64::from(along[axis]);
                squares[axis] += f64::from(along[axis]).powi(2);
            }
        }
        let mean = sum.map(|sum| sum / count);
        // The hundredth keeps a grey picture's rounding from being taken for colour.
        let gain = std::array::from_fn(|axis| {
            let spread = (squares[axis] / count - mean[axis].powi(2)).max(0.0).sqrt();
            (1.0 / (spread + 0.01).sqrt()) as f32
        });
        Self { mean: mean.map(|mean| mean as f32), gain }
    }

    pub(super) fn encode(&self, rgb: [f32; 3]) -> [f32; 3] {
        let along = opponent(rgb);
        std::array::from_fn(|axis| (along[axis] - self.mean[axis]) * self.gain[axis])
    }

    pub(super) fn decode(&self, planes: [f32; 3]) -> [f32; 3] {
        let along: [f32; 3] = std::array::from_fn(|axis| planes[axis] / self.gain[axis] + self.mean[axis]);
        std::array::from_fn(|colour| (0..3).map(|axis| AXES[axis][colour] * along[axis]).sum())
    }
}

fn opponent(rgb: [f32; 3]) -> [f32; 3] {
    AXES.map(|axis| (0..3).map(|colour| axis[colour] * rgb[colour]).sum())
}
