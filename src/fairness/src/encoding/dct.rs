//! The discrete cosine transform of square blocks, in which encodings leave their traces.

use super::plane::Plane;

/// The orthonormal DCT-II of `N` × `N` blocks.
pub(super) struct Dct<const N: usize> {
    basis: [[f64; N]; N],
}

impl<const N: usize> Dct<N> {
    pub(super) fn new() -> Self {
        let basis = std::array::from_fn(|k| {
            let scale = if k == 0 { 1.0 } else { 2.0f64 };
            std::array::from_fn(|n| {
                let angle = std::f64::consts::PI * (n as f64 + 0.5) * k as f64 / N as f64;
                (scale / N as f64).sqrt() * angle.cos()
            })
        });
        Self { basis }
    }

    /// Coefficients of the block whose top left corner is at (`left`, `top`): frequencies downwards, then
    /// across.
    pub(super) fn block(&self, plane: &Plane, left: usize, top: usize) -> [[f64; N]; N] {
        let rows: [[f64; N]; N] = std::array::from_fn(|y| {
            let run = plane.run(left, top + y, N);
            std::array::from_fn(|k| self.basis[k].iter().zip(run).map(|(b, v)| b * v).sum())
        });
        std::array::from_fn(|k| std::array::from_fn(|x| (0..N).map(|y| self.basis[k][y] * rows[y][x]).sum()))
    }
}
