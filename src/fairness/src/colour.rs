//! What is left of a picture when only its colours are counted: the eyes of the colour observer.

use image::RgbImage;

/// Steps of the histogram along each channel.
const STEPS: usize = 4;

/// Mean (3), covariance (6) and histogram (4 × 4 × 4) of the sRGB values of the whole picture, in grey
/// levels and square roots of shares; no place enters. The square root makes the noise of rare and frequent
/// colours alike.
pub(crate) fn colour_statistics(picture: &RgbImage) -> Vec<f32> {
    let count = picture.pixels().len().max(1) as f64;
    let mut sums = [0.0_f64; 3];
    let mut products = [0.0_f64; 6];
    let mut histogram = [0_u64; STEPS * STEPS * STEPS];
    for pixel in picture.pixels() {
        let [r, g, b] = pixel.0.map(f64::from);
        [r, g, b].iter().zip(&mut sums).for_each(|(value, sum)| *sum += value);
        let pairs = [r * r, g * g, b * b, r * g, r * b, g * b];
        pairs.iter().zip(&mut products).for_each(|(value, sum)| *sum += value);
        let step = |value: u8| usize::from(value) * STEPS / 256;
        histogram[(step(pixel[0]) * STEPS + step(pixel[1])) * STEPS + step(pixel[2])] += 1;
    }
    let mean = sums.map(|sum| sum / count);
    let pairs = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)];
    let covariance = pairs.iter().zip(&products).map(|(&(i, j), sum)| sum / count - mean[i] * mean[j]);
    let shares = histogram.iter().map(|&pixels| (pixels as f64 / count).sqrt());
    mean.iter().copied().chain(covariance).chain(shares).map(|value| value as f32).collect()
}
