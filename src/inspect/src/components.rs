//! Principal components of patch vectors, so that patches that are alike for a network get like colours.

use nalgebra::{DMatrix, SymmetricEigen};

/// Components that are kept: one for each channel of a colour.
pub(crate) const COLOURS: usize = 3;

/// Scores of vectors on the first principal components of all of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Components {
    /// Scores of each vector along the components, the one of the largest variance first; 0 where there
    /// are fewer components than colours.
    pub(crate) scores: Vec<[f32; COLOURS]>,
    /// Each component's share of the variance, from 0 to 1.
    pub(crate) share: [f64; COLOURS],
}

impl Components {
    /// Of vectors of dimension `width`, one after the other. `None` where a number is not finite or the
    /// vectors are all the same.
    ///
    /// The sign of a component is arbitrary: each is turned so that its longest score is positive,
    /// which makes it the same on every platform.
    pub(crate) fn of(vectors: &[f32], width: usize) -> Option<Self> {
        let count = vectors.len().checked_div(width)?;
        let mut centred =
            DMatrix::from_row_iterator(count, width, vectors.iter().map(|value| f64::from(*value)));
        let mean = centred.row_mean();
        centred.row_iter_mut().for_each(|mut row| row -= &mean);
        let total = centred.norm_squared();
        if !total.is_finite() || total <= f64::from(f32::EPSILON) * vectors.len() as f64 {
            return None;
        }
        // X Xᵀ and XᵀX have the same eigenvalues: the smaller is decomposed.
        let by_vector = count <= width;
        let products =
            if by_vector { &centred * centred.transpose() } else { centred.transpose() * &centred };
        let eigen = SymmetricEigen::new(products);
        let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        let mut found = Self { scores: vec![[0.0; COLOURS]; count], share: [0.0; COLOURS] };
        for (place, at) in order.into_iter().take(COLOURS).enumerate() {
            let value = eigen.eigenvalues[at].max(0.0);
            let vector = eigen.eigenvectors.column(at);
            let scores = if by_vector { vector * value.sqrt() } else { &centred * vector };
            let longest = scores.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
            for (to, score) in found.scores.iter_mut().zip(scores.iter()) {
                to[place] = (score * longest.signum()) as f32;
            }
            found.share[place] = value / total;
        }
        Some(found)
    }

    /// Colours of the vectors: the scores of each component spread over a byte. The outermost
    /// hundredths are clipped, so that one odd patch does not make all others alike.
    pub(crate) fn colours(&self) -> Vec<[u8; COLOURS]> {
        let ranges: [(f32, f32); COLOURS] = std::array::from_fn(|part| {
            let mut sorted: Vec<f32> = self.scores.iter().map(|score| score[part]).collect();
            sorted.sort_by(f32::total_cmp);
            let cut = sorted.len() / 100;
            match sorted.get(cut..sorted.len() - cut) {
                Some([low, .., high]) => (*low, *high),
                _ => (0.0, 0.0),
            }
        });
        let byte = |score: f32, (low, high): (f32, f32)| match high > low {
            true => (255.0 * ((score - low) / (high - low)).clamp(0.0, 1.0)).round() as u8,
            false => 128,
        };
        self.scores.iter().map(|score| std::array::from_fn(|part| byte(score[part], ranges[part]))).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Points along two axes of a space of `width` numbers, with lengths 5 and 2, and nothing else.
    fn along_two_axes(width: usize, count: usize) -> (Vec<f32>, Vec<[f32; 2]>) {
        let axis = |seed: usize| -> Vec<f32> {
            (0..width).map(|i| if i % 2 == seed { (2.0 / width as f32).sqrt() } else { 0.0 }).collect()
        };
        let (long, short) = (axis(0), axis(1));
        let place = |i: usize| {
            let angle = i as f32 / count as f32 * std::f32::consts::TAU;
            [5.0 * angle.cos(), 2.0 * angle.sin()]
        };
        let places: Vec<[f32; 2]> = (0..count).map(place).collect();
        let vectors = places.iter().flat_map(|p| {
            long.iter().zip(&short).map(|(l, s)| 7.0 + p[0] * l + p[1] * s).collect::<Vec<_>>()
        });
        (vectors.collect(), places)
    }

    #[test]
    fn the_axes_of_largest_variance_are_found_from_either_side() {
        for (width, count) in [(8, 40), (40, 8)] {
            let (vectors, places) = along_two_axes(width, count);
            let found = Components::of(&vectors, width).unwrap();
            assert!((found.share[0] - 25.0 / 29.0).abs() < 1e-5, "{:?}", found.share);
            assert!((found.share[1] - 4.0 / 29.0).abs() < 1e-5 && found.share[2] < 1e-9);
            for (score, place) in found.scores.iter().zip(&places) {
                assert!((score[0].abs() - place[0].abs()).abs() < 1e-4, "{score:?} for {place:?}");
                assert!((score[1].abs() - place[1].abs()).abs() < 1e-4, "{score:?} for {place:?}");
            }
        }
    }

    #[test]
    fn what_has_no_components_is_none() {
        assert_eq!(Components::of(&[3.0; 12], 4), None);
        assert_eq!(Components::of(&[1.0, f32::NAN, 2.0, 0.0], 2), None);
        assert_eq!(Components::of(&[], 4), None);
        assert_eq!(Components::of(&[], 0), None);
    }

    proptest! {
        #[test]
        fn scores_are_uncorrelated_and_ordered_whatever_the_vectors(
            vectors in proptest::collection::vec(-100.0f32..100.0, 60)
        ) {
            for width in [3, 5, 12, 20] {
                let found = Components::of(&vectors, width).unwrap();
                prop_assert!(found.share[0] >= found.share[1] && found.share[1] >= found.share[2]);
                prop_assert!(found.share.iter().sum::<f64>() <= 1.0 + 1e-9);
                let product = |a: usize, b: usize| -> f64 {
                    found.scores.iter().map(|s| f64::from(s[a]) * f64::from(s[b])).sum()
                };
                for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                    let largest = (product(a, a) * product(b, b)).sqrt().max(1.0);
                    prop_assert!(product(a, b).abs() < 1e-3 * largest, "{} and {}", a, b);
                }
                prop_assert_eq!(found.colours().len(), 60 / width);
            }
        }
    }
}
