//! The factors of the second moments of what a layer is given: how the error of one row of its weights
//! can be made up for in the next.

use nalgebra::{Cholesky, DMatrix};

use gestalt_networks::cpu::Moments;

/// What is added to the diagonal of H, as a share of its mean: inputs that the pictures never showed
/// together.
const DAMPING: f64 = 0.01;

/// U and D of H = (U + I) D (U + I)ᵀ.
pub(super) struct Factors {
    upper: DMatrix<f32>,
    diagonal: Vec<f64>,
}

impl Factors {
    /// `None` where H is not finite.
    pub fn of(moments: &Moments) -> Option<Self> {
        let n = moments.width();
        // Cholesky's factor is lower triangular: of H with its order reversed, it is the upper one
        // reversed.
        let mut reversed =
            DMatrix::from_fn(n, n, |row, column| f64::from(moments.get(n - 1 - row, n - 1 - column)));
        let damping = DAMPING * reversed.trace() / n as f64 + f64::MIN_POSITIVE;
        (0..n).for_each(|i| reversed[(i, i)] += damping);
        let lower = Cholesky::new(reversed)?.unpack();
        let diagonal = (0..n).rev().map(|i| lower[(i, i)].powi(2)).collect();
        let upper = DMatrix::from_fn(n, n, |row, column| {
            let (row, column) = (n - 1 - row, n - 1 - column);
            if row > column { (lower[(row, column)] / lower[(column, column)]) as f32 } else { 0.0 }
        });
        Some(Self { upper, diagonal })
    }

    /// D_{kk}
    pub fn diagonal(&self, k: usize) -> f64 {
        self.diagonal[k]
    }

    /// `row` + Σ_{i<k} U_{ik} `rows`_i, of `rows` as many as there are before `k`.
    pub fn with_those_before(&self, k: usize, row: &[f32], rows: &[f32]) -> Vec<f32> {
        let mut sum = row.to_vec();
        for (before, factor) in rows.chunks_exact(row.len()).take(k).zip(self.upper.column(k).iter()) {
            sum.iter_mut().zip(before).for_each(|(sum, value)| *sum += factor * value);
        }
        sum
    }
}
