//! Latent Noise Segmentation: what moves together when an autoencoder's code is shaken belongs together.
//!
//! Lonnqvist, Wu and Herzog, "Latent Noise Segmentation" (ICML 2024). A picture's code is decoded many
//! times with noise on it; each pixel's changes from one decoding to the next are a vector; Ward's linkage
//! groups the vectors.

use burn::tensor::activation::sigmoid;
use burn::tensor::{Tensor, TensorData};
use gestalt_models::LoadedModel;
use gestalt_types::random;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::ward::ward;

/// What pixels are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupedBy {
    /// Changes of the decoded picture under noise on its code.
    LatentNoise,
    /// As `LatentNoise`, but the directions of each pixel's changes are shuffled among the pixels: a
    /// control.
    Shuffled,
    /// Changes under independent noise on every pixel of the decoded picture: a control.
    OutputNoise,
    /// The picture's own colours, without a model: a control.
    Colour,
}

/// How a picture is segmented.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// What pixels are grouped by.
    pub by: GroupedBy,
    /// Decodings, `N`: at least 2.
    pub samples: usize,
    /// Standard deviation of the noise, `σ`.
    pub noise: f64,
    /// Number of segments, `k`.
    pub segments: usize,
    /// Seed of the noise.
    pub seed: u64,
}

/// Why a picture cannot be segmented.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SegmentError {
    /// A model is needed.
    #[error("a model is needed: only colours can be grouped without one")]
    NoModel,
    /// The model cannot decode.
    #[error(
        "{0} is not an autoencoder; give one that `gestalt train` made with objective.kind = \"autoencoder\""
    )]
    NoDecoder(String),
    /// A number that cannot be used.
    #[error("{field}: {given}, but {rule}")]
    Setting {
        /// Which.
        field: &'static str,
        /// What was given.
        given: String,
        /// What it must be.
        rule: &'static str,
    },
    /// The device stopped, or computed what is not finite.
    #[error("the device stopped: {0}")]
    Stopped(String),
}

impl Settings {
    fn check(&self) -> Result<(), SegmentError> {
        let wrong = |field, given: String, rule| Err(SegmentError::Setting { field, given, rule });
        if !(2..=4096).contains(&self.samples) {
            return wrong("samples", self.samples.to_string(), "it must lie in 2..=4096");
        }
        if !(self.noise > 0.0 && self.noise.is_finite()) {
            return wrong("noise", self.noise.to_string(), "it must be above 0");
        }
        if self.segments == 0 {
            return wrong("segments", "0".into(), "it must be at least 1");
        }
        Ok(())
    }
}

/// The segment of each pixel of a picture, row by row, counted from 0 in the order of first occurrence.
///
/// `picture` is `[3, px, px]`, values from 0 to 1, of the model's size. Colours are grouped without a model.
///
/// # Errors
/// When there is no model or it is not an autoencoder, a setting cannot be used, or the device stops.
pub async fn segment(
    model: Option<&LoadedModel>,
    picture: &[f32],
    settings: &Settings,
) -> Result<Vec<u32>, SegmentError> {
    settings.check()?;
    let pixels = picture.len() / 3;
    if settings.by == GroupedBy::Colour {
        let colours: Vec<f32> =
            (0..pixels).flat_map(|at| [0, 1, 2].map(|colour| picture[colour * pixels + at])).collect();
        return Ok(ward(&colours, 3, settings.segments));
    }
    let outputs = outputs(model.ok_or(SegmentError::NoModel)?, picture, settings).await?;
    let mut changes = changes(&outputs, pixels);
    if settings.by == GroupedBy::Shuffled {
        shuffle_directions(&mut changes, pixels, settings.seed);
    }
    Ok(ward(&changes, changes.len() / pixels, settings.segments))
}

/// The decoded pictures under noise, one after the other.
///
/// # Shapes
/// `[n, 3, px, px]`, flat
async fn outputs(
    model: &LoadedModel,
    picture: &[f32],
    settings: &Settings,
) -> Result<Vec<f32>, SegmentError> {
    let network = model.autoencoder().ok_or_else(|| SegmentError::NoDecoder(model.card().name.clone()))?;
    let (side, n, device) = ((picture.len() / 3).isqrt(), settings.samples, model.compute().device());
    if side != model.card().preprocess.crop_px {
        let rule = "the picture must have the size that the model's card states";
        return Err(SegmentError::Setting { field: "picture", given: format!("{side} px"), rule });
    }
    let mut random = random::generator(settings.seed, "latent noise");
    let input = Tensor::<4>::from_data(TensorData::new(picture.to_vec(), [1, 3, side, side]), device);
    let (code, _) = network.encode(input);
    let [_, numbers] = code.dims();
    let decoded = match settings.by {
        GroupedBy::OutputNoise => {
            let one = sigmoid(network.decode(code));
            let noise = noise(&mut random, n * picture.len(), settings.noise);
            one.expand([n, 3, side, side])
                + Tensor::from_data(TensorData::new(noise, [n, 3, side, side]), device)
        }
        _ => {
            let noise = noise(&mut random, n * numbers, settings.noise);
            let noise = Tensor::<2>::from_data(TensorData::new(noise, [n, numbers]), device);
            sigmoid(network.decode(code.expand([n, numbers]) + noise))
        }
    };
    let data = decoded.into_data_async().await.map_err(|e| SegmentError::Stopped(e.to_string()))?;
    let values: Vec<f32> = data.iter::<f32>().collect();
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err(SegmentError::Stopped("the decoded pictures are not finite".into()))
    }
}

fn noise(random: &mut ChaCha8Rng, count: usize, deviation: f64) -> Vec<f32> {
    let normal = |_| {
        let drawn: f64 = StandardNormal.sample(random);
        (deviation * drawn) as f32
    };
    (0..count).map(normal).collect()
}

/// Each pixel's changes from one output to the next, each colour's with length 1.
///
/// # Shapes
/// `[n, 3, pixels]` → `[pixels, 3 · (n - 1)]`, flat
fn changes(outputs: &[f32], pixels: usize) -> Vec<f32> {
    let between = outputs.len() / (3 * pixels) - 1;
    let mut changes = Vec::with_capacity(pixels * 3 * between);
    for pixel in 0..pixels {
        for colour in 0..3 {
            let value = |sample: usize| outputs[(sample * 3 + colour) * pixels + pixel];
            let begin = changes.len();
            changes.extend((0..between).map(|sample| value(sample) - value(sample + 1)));
            let own = &mut changes[begin..];
            // As PyTorch's `normalize`: what never changes stays zero.
            let length = own.iter().map(|change| change * change).sum::<f32>().sqrt().max(1e-12);
            own.iter_mut().for_each(|change| *change /= length);
        }
    }
    changes
}

/// Gives every pixel the changes of another one.
fn shuffle_directions(changes: &mut Vec<f32>, pixels: usize, seed: u64) {
    let width = changes.len() / pixels;
    let mut order: Vec<usize> = (0..pixels).collect();
    random::shuffle(&mut order, &mut random::generator(seed, "shuffled directions"));
    *changes = order.iter().flat_map(|pixel| &changes[pixel * width..][..width]).copied().collect();
}

#[cfg(test)]
mod tests {
    use super::{changes, shuffle_directions};

    #[test]
    fn changes_have_length_one_and_what_stays_is_zero() {
        // Three outputs of two pixels; the second pixel's red never changes.
        let outputs =
            [[0.1, 0.5, 0.0, 0.2, 1.0, 0.3], [0.4, 0.5, 0.1, 0.2, 0.0, 0.3], [0.0, 0.5, 0.3, 0.9, 1.0, 0.4]];
        let found = changes(&outputs.concat(), 2);
        assert_eq!(found.len(), 2 * 3 * 2);
        assert!((found[0] + 0.6).abs() < 1e-6 && (found[1] - 0.8).abs() < 1e-6, "{found:?}");
        assert_eq!(&found[6..8], [0.0, 0.0]);
        let length = found[4..6].iter().map(|x| x * x).sum::<f32>();
        assert!((length - 1.0).abs() < 1e-6);
    }

    #[test]
    fn shuffled_directions_are_the_same_ones_elsewhere() {
        let mut shuffled: Vec<f32> = (0..200).map(|i| i as f32).collect();
        shuffle_directions(&mut shuffled, 100, 1);
        assert!(shuffled.chunks(2).all(|pair| pair[0] + 1.0 == pair[1]));
        assert!(shuffled.iter().enumerate().any(|(i, value)| *value != i as f32));
        shuffled.sort_by(f32::total_cmp);
        assert!(shuffled.iter().enumerate().all(|(i, value)| *value == i as f32));
    }
}
