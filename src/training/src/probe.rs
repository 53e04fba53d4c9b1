//! How much of a scene's category a network's features tell: a linear probe, and nearest neighbours.

use std::collections::BTreeMap;

use gestalt_models::{FeatureExtractor, ModelError};
use gestalt_networks::preprocess::{NotAPicture, Rgb8};
use gestalt_networks::readout::Layer;
use gestalt_scenes::{Category, render};
use image::{RgbImage, imageops};
use rayon::prelude::*;

/// Why features could not be probed.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The model stopped.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A scene is no picture.
    #[error(transparent)]
    Picture(#[from] NotAPicture),
    /// Features that are not numbers.
    #[error("`{0}` is not finite; give another layer")]
    NotFinite(Layer),
}

/// On which scenes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Scenes that the probe learns from.
    pub learned: usize,
    /// Scenes that it is tested on.
    pub held_out: usize,
    /// Seed of the first scene; the others count up from it.
    pub seed: u64,
    /// Side of the scenes in pixels.
    pub size_px: u32,
    /// Side in pixels of the patches into which a scene is cut; its vector is then the mean of theirs (Chen
    /// et al. 2023). `None`: the scene as a whole.
    pub patch_px: Option<u32>,
}

impl Default for Probe {
    /// The figures of the cards. No recipe trains on these seeds.
    fn default() -> Self {
        Self { learned: 3000, held_out: 1500, seed: 900_000_000, size_px: 96, patch_px: None }
    }
}

/// Pictures of one forward pass.
const BATCH: usize = 50;
/// Neighbours that vote, each with weight exp(cosine / 0.07) (Wu et al. 2018).
const NEIGHBOURS: usize = 20;
const TEMPERATURE: f64 = 0.07;
/// Weight of the squared coefficients in the probe's loss, beside the mean cross-entropy.
const RIDGE: f64 = 1e-3;
/// Steps of the probe's descent; more change no answer.
const STEPS: usize = 400;

/// `linear_probe_accuracy`, `knn_accuracy`, and on how many scenes. The probe is a multinomial logistic
/// regression on standardised features. `done` is called after every batch of 50 scenes.
///
/// # Errors
/// When the model stops or has no such layer.
pub fn probe(
    model: &FeatureExtractor,
    layer: Layer,
    probe: Probe,
    done: &mut dyn FnMut(),
) -> Result<BTreeMap<String, f64>, ProbeError> {
    let features = features(model, layer, probe, done)?;
    let label = |at: usize| at % Category::ALL.len();
    let (learned, tested) = features.split_at(probe.learned);
    let labels: Vec<usize> = (0..probe.learned).map(label).collect();
    let linear = Linear::fit(learned, &labels, Category::ALL.len());
    let correct = |answers: Vec<usize>| {
        let right = answers.iter().enumerate().filter(|(i, answer)| **answer == label(probe.learned + i));
        right.count() as f64 / tested.len().max(1) as f64
    };
    let by_probe = tested.par_iter().map(|vector| linear.class_of(vector)).collect();
    let directions: Vec<Vec<f32>> = learned.iter().map(|vector| direction(vector)).collect();
    let by_neighbours = tested.par_iter().map(|vector| nearest(vector, &directions, &labels)).collect();
    let figures = [
        ("linear_probe_accuracy", correct(by_probe)),
        ("knn_accuracy", correct(by_neighbours)),
        ("probe_scenes_learned", probe.learned as f64),
        ("probe_scenes_held_out", probe.held_out as f64),
    ];
    Ok(figures.map(|(name, value)| (name.to_owned(), value)).into())
}

/// Features of all scenes, those to learn from first.
fn features(
    model: &FeatureExtractor,
    layer: Layer,
    probe: Probe,
    done: &mut dyn FnMut(),
) -> Result<Vec<Vec<f32>>, ProbeError> {
    let count = probe.learned + probe.held_out;
    let mut features = Vec::with_capacity(count);
    for first in (0..count).step_by(BATCH) {
        let scene = |at: usize| {
            render(Category::ALL[at % Category::ALL.len()], probe.seed + at as u64, probe.size_px)
        };
        let scenes: Vec<RgbImage> = (first..count.min(first + BATCH)).into_par_iter().map(scene).collect();
        for scenes in scenes.chunks(if probe.patch_px.is_some() { 1 } else { BATCH }) {
            let parts: Vec<RgbImage> = scenes.iter().flat_map(|scene| parts(scene, probe.patch_px)).collect();
            let views = parts
                .iter()
                .map(|part| Rgb8::new(part.as_raw(), part.width() as usize, part.height() as usize))
                .collect::<Result<Vec<_>, _>>()?;
            let found = pollster::block_on(model.features(&views, layer, None))?;
            match probe.patch_px {
                Some(_) => features.push(mean(&found)),
                None => features.extend(found),
            }
        }
        done();
    }
    if features.iter().flatten().all(|value| value.is_finite()) {
        Ok(features)
    } else {
        Err(ProbeError::NotFinite(layer))
    }
}

/// The scene, or the whole patches that fit into it, side by side.
fn parts(scene: &RgbImage, patch_px: Option<u32>) -> Vec<RgbImage> {
    let Some(px) = patch_px.filter(|px| (1..=scene.width()).contains(px)) else { return vec![scene.clone()] };
    let across = scene.width() / px;
    let part = |i: u32| imageops::crop_imm(scene, i % across * px, i / across * px, px, px).to_image();
    (0..across * across).map(part).collect()
}

/// The mean of vectors.
fn mean(vectors: &[Vec<f32>]) -> Vec<f32> {
    let width = vectors.first().map_or(0, Vec::len);
    (0..width).map(|i| vectors.iter().map(|vector| vector[i]).sum::<f32>() / vectors.len() as f32).collect()
}

/// The vector without its mean, of length 1, so that a product is the cosine that the decision rule uses.
fn direction(vector: &[f32]) -> Vec<f32> {
    let mean = vector.iter().sum::<f32>() / vector.len() as f32;
    let length = vector.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>().sqrt().max(1e-12);
    vector.iter().map(|x| (x - mean) / length).collect()
}

/// The class for which the nearest of `directions` vote.
fn nearest(vector: &[f32], directions: &[Vec<f32>], labels: &[usize]) -> usize {
    let own = direction(vector);
    let along = |other: &Vec<f32>| own.iter().zip(other).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    let mut near: Vec<(f64, usize)> =
        directions.iter().zip(labels).map(|(other, label)| (along(other), *label)).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut votes: BTreeMap<usize, f64> = BTreeMap::new();
    for (cosine, label) in near.into_iter().take(NEIGHBOURS) {
        *votes.entry(label).or_default() += (cosine / TEMPERATURE).exp();
    }
    votes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(label, _)| label)
}

/// A multinomial logistic regression with a penalty on squared coefficients.
pub struct Linear {
    mean: Vec<f64>,
    deviation: Vec<f64>,
    /// `[classes, width + 1]`, the constant last.
    coefficients: Vec<Vec<f64>>,
}

impl Linear {
    /// Fits by accelerated gradient descent (Nesterov 1983) with the step that the curvature allows.
    pub fn fit(vectors: &[Vec<f32>], labels: &[usize], classes: usize) -> Self {
        let (count, width) = (vectors.len() as f64, vectors.first().map_or(0, Vec::len));
        let column = |f: &dyn Fn(usize) -> f64| (0..width).map(f).collect::<Vec<f64>>();
        let mean = column(&|i| vectors.iter().map(|v| f64::from(v[i])).sum::<f64>() / count);
        let deviation = column(&|i| {
            let variance = vectors.iter().map(|v| (f64::from(v[i]) - mean[i]).powi(2)).sum::<f64>() / count;
            variance.sqrt().max(1e-9)
        });
        let mut model = Self { mean, deviation, coefficients: vec![vec![0.0; width + 1]; classes] };
        let rows: Vec<Vec<f64>> = vectors.iter().map(|vector| model.standardised(vector)).collect();
        let step = 1.0 / (0.5 * largest_eigenvalue(&rows) + RIDGE);
        let mut before = model.coefficients.clone();
        for round in 0..STEPS {
            let momentum = round as f64 / (round as f64 + 3.0);
            let ahead: Vec<Vec<f64>> = model
                .coefficients
                .iter()
                .zip(&before)
                .map(|(now, old)| now.iter().zip(old).map(|(n, o)| n + momentum * (n - o)).collect())
                .collect();
            let gradient = gradient(&rows, labels, &ahead);
            before = std::mem::replace(&mut model.coefficients, ahead);
            for (coefficients, gradient) in model.coefficients.iter_mut().zip(&gradient) {
                coefficients.iter_mut().zip(gradient).for_each(|(c, g)| *c -= step * g);
            }
        }
        model
    }

    /// The most probable class.
    pub fn class_of(&self, vector: &[f32]) -> usize {
        let scores = scores(&self.standardised(vector), &self.coefficients);
        scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(class, _)| class)
    }

    /// The vector with mean 0 and deviation 1 in each number, and a 1 behind.
    fn standardised(&self, vector: &[f32]) -> Vec<f64> {
        let numbers = vector.iter().zip(&self.mean).zip(&self.deviation);
        numbers.map(|((x, mean), deviation)| (f64::from(*x) - mean) / deviation).chain([1.0]).collect()
    }
}

fn scores(row: &[f64], coefficients: &[Vec<f64>]) -> Vec<f64> {
    coefficients.iter().map(|c| c.iter().zip(row).map(|(c, x)| c * x).sum()).collect()
}

/// Of the mean cross-entropy and the penalty, which leaves the constants alone.
fn gradient(rows: &[Vec<f64>], labels: &[usize], coefficients: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let (classes, width) = (coefficients.len(), coefficients.first().map_or(0, Vec::len));
    let zero = || vec![vec![0.0; width]; classes];
    // Sums of fixed parts are added in order, so that the result does not depend on the number of threads.
    let parts: Vec<Vec<Vec<f64>>> = rows
        .par_chunks(256)
        .zip(labels.par_chunks(256))
        .map(|(rows, labels)| {
            let mut sum = zero();
            for (row, label) in rows.iter().zip(labels) {
                let scores = scores(row, coefficients);
                let highest = scores.iter().copied().fold(f64::MIN, f64::max);
                let all: f64 = scores.iter().map(|score| (score - highest).exp()).sum();
                for (class, score) in scores.iter().enumerate() {
                    let off = (score - highest).exp() / all - f64::from(u8::from(class == *label));
                    sum[class].iter_mut().zip(row).for_each(|(to, x)| *to += off * x);
                }
            }
            sum
        })
        .collect();
    let mut total = zero();
    for (class, coefficients) in coefficients.iter().enumerate() {
        for part in &parts {
            total[class].iter_mut().zip(&part[class]).for_each(|(to, x)| *to += x / rows.len() as f64);
        }
        let last = width.saturating_sub(1);
        total[class][..last].iter_mut().zip(coefficients).for_each(|(to, c)| *to += RIDGE * c);
    }
    total
}

/// Of XᵀX / n, by power iteration, a little enlarged to be on the safe side.
fn largest_eigenvalue(rows: &[Vec<f64>]) -> f64 {
    let width = rows.first().map_or(0, Vec::len);
    let mut direction = vec![1.0 / (width as f64).sqrt(); width];
    let mut value = 1.0;
    for _ in 0..50 {
        let mut next = vec![0.0; width];
        for row in rows {
            let along: f64 = row.iter().zip(&direction).map(|(x, d)| x * d).sum();
            next.iter_mut().zip(row).for_each(|(n, x)| *n += along * x / rows.len() as f64);
        }
        value = next.iter().map(|n| n * n).sum::<f64>().sqrt().max(1e-12);
        direction = next.into_iter().map(|n| n / value).collect();
    }
    1.1 * value
}

#[cfg(test)]
mod tests {
    use super::{Linear, direction, nearest};

    /// Three classes, apart in two of four numbers.
    fn classes() -> (Vec<Vec<f32>>, Vec<usize>) {
        let centres = [[4.0, 0.0], [0.0, 4.0], [-3.0, -3.0]];
        let vector = |i: usize| {
            let shake = |by: usize| ((i * by) % 17) as f32 / 17.0;
            let [x, y] = centres[i % 3];
            vec![x + shake(5), y + shake(7), shake(11), 1.0]
        };
        ((0..90).map(vector).collect(), (0..90).map(|i| i % 3).collect())
    }

    #[test]
    fn a_probe_learns_what_lies_apart_and_neighbours_agree() {
        let (vectors, labels) = classes();
        let linear = Linear::fit(&vectors[..60], &labels[..60], 3);
        let directions: Vec<Vec<f32>> = vectors[..60].iter().map(|vector| direction(vector)).collect();
        for (vector, label) in vectors[60..].iter().zip(&labels[60..]) {
            assert_eq!(linear.class_of(vector), *label);
            assert_eq!(nearest(vector, &directions, &labels[..60]), *label);
        }
    }

    #[test]
    fn a_probe_learns_nothing_from_numbers_that_say_nothing() {
        let vectors = vec![vec![1.0; 4]; 30];
        let labels: Vec<usize> = (0..30).map(|i| i % 3).collect();
        let linear = Linear::fit(&vectors, &labels, 3);
        let answers: Vec<usize> = vectors.iter().map(|vector| linear.class_of(vector)).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]));
    }
}
