//! Two-dimensional Fourier transforms of any size, and how a spectrum is cut to a smaller grid and put back.
//!
//! A picture is stored row by row, `[y][x]`; a spectrum column by column, `[kx][ky]`, with the frequencies
//! in the order of the transform (0, 1, …, −1). The swap of the axes saves a transposition each way.

use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

/// Side of the blocks in which a transposition goes through the picture, so that both sides stay in the
/// cache.
const BLOCK: usize = 16;

/// The spectrum of each channel.
pub(super) type Spectra = Vec<Vec<Complex32>>;

/// What each frequency of a spectrum is multiplied by, in real numbers.
pub(super) struct Filter {
    pub(super) weights: Vec<f32>,
    /// The columns of the spectrum where anything passes; the others need no transform.
    columns: Vec<usize>,
}

impl Filter {
    /// `weights` are of a spectrum of columns of `height`.
    pub(super) fn new(weights: Vec<f32>, height: usize) -> Self {
        let passing =
            weights.chunks(height).enumerate().filter(|(_, column)| column.iter().any(|w| *w != 0.0));
        let columns = passing.map(|(x, _)| x).collect();
        Self { weights, columns }
    }
}

/// The transforms of pictures of one size. They are not normalised: there and back multiplies by the pixel
/// count.
pub(super) struct Fourier {
    width: usize,
    height: usize,
    /// Forward and inverse along x, then along y.
    plans: [Arc<dyn Fft<f32>>; 4],
}

impl Fourier {
    pub(super) fn new(width: usize, height: usize, planner: &mut FftPlanner<f32>) -> Self {
        let plans = [
            planner.plan_fft_forward(width),
            planner.plan_fft_inverse(width),
            planner.plan_fft_forward(height),
            planner.plan_fft_inverse(height),
        ];
        Self { width, height, plans }
    }

    /// The spectrum of `picture`, which is overwritten.
    pub(super) fn forward(&self, picture: &mut [Complex32], spectrum: &mut [Complex32]) {
        self.plans[0].process(picture);
        transpose(picture, spectrum, self.width, self.height);
        self.plans[2].process(spectrum);
    }

    /// The picture of `spectrum`, which is overwritten.
    pub(super) fn inverse(&self, spectrum: &mut [Complex32], picture: &mut [Complex32]) {
        self.plans[3].process(spectrum);
        transpose(spectrum, picture, self.height, self.width);
        self.plans[1].process(picture);
    }

    /// The picture of `spectrum`, filtered and multiplied by `factor`.
    pub(super) fn filtered(
        &self,
        spectrum: &[Complex32],
        filter: &Filter,
        factor: Complex32,
    ) -> Vec<Complex32> {
        let height = self.height;
        let mut columns = vec![Complex32::ZERO; filter.columns.len() * height];
        for (column, x) in columns.chunks_exact_mut(height).zip(&filter.columns) {
            let (values, weights) =
                (&spectrum[x * height..][..height], &filter.weights[x * height..][..height]);
            for ((to, value), weight) in column.iter_mut().zip(values).zip(weights) {
                *to = value * factor * weight;
            }
        }
        self.plans[3].process(&mut columns);
        let mut picture = vec![Complex32::ZERO; self.width * height];
        for (at, xs) in filter.columns.chunks(BLOCK).enumerate() {
            for (y, row) in picture.chunks_exact_mut(self.width).enumerate() {
                let from = &columns[at * BLOCK * height + y..];
                xs.iter().zip(from.iter().step_by(height)).for_each(|(x, value)| row[*x] = *value);
            }
        }
        self.plans[1].process(&mut picture);
        picture
    }

    /// Adds to `spectrum` what a change of the filtered picture, which is overwritten, means for it: the
    /// adjoint of [`Self::filtered`].
    pub(super) fn add_back(
        &self,
        by_picture: &mut [Complex32],
        filter: &Filter,
        factor: Complex32,
        spectrum: &mut [Complex32],
    ) {
        let (height, factor) = (self.height, factor.conj());
        self.plans[0].process(by_picture);
        let mut columns = vec![Complex32::ZERO; filter.columns.len() * height];
        for (at, xs) in filter.columns.chunks(BLOCK).enumerate() {
            for (y, row) in by_picture.chunks_exact(self.width).enumerate() {
                let to = columns[at * BLOCK * height + y..].iter_mut().step_by(height);
                xs.iter().zip(to).for_each(|(x, to)| *to = row[*x]);
            }
        }
        self.plans[2].process(&mut columns);
        for (column, x) in columns.chunks_exact(height).zip(&filter.columns) {
            let sums = &mut spectrum[x * height..][..height];
            let weights = &filter.weights[x * height..][..height];
            for ((sum, value), weight) in sums.iter_mut().zip(column).zip(weights) {
                *sum += value * factor * weight;
            }
        }
    }

    /// The spectrum of a picture of real numbers.
    pub(super) fn of_real(&self, picture: &[f32]) -> Vec<Complex32> {
        let mut complex: Vec<Complex32> = picture.iter().map(|&v| Complex32::new(v, 0.0)).collect();
        let mut spectrum = vec![Complex32::ZERO; complex.len()];
        self.forward(&mut complex, &mut spectrum);
        spectrum
    }
}

/// Writes rows of `width` as columns: `to[x][y] = from[y][x]`.
fn transpose(from: &[Complex32], to: &mut [Complex32], width: usize, height: usize) {
    for y0 in (0..height).step_by(BLOCK) {
        for x0 in (0..width).step_by(BLOCK) {
            for x in x0..(x0 + BLOCK).min(width) {
                for y in y0..(y0 + BLOCK).min(height) {
                    to[x * height + y] = from[y * width + x];
                }
            }
        }
    }
}

/// The frequency at place `index` of a transform of `length`, in cycles per length.
pub(super) fn frequency(index: usize, length: usize) -> isize {
    if 2 * index < length { index as isize } else { index as isize - length as isize }
}

/// For every frequency of the smaller grid that both grids tell apart: its place in the smaller and in the
/// larger.
///
/// The highest frequency of an even length is left out: there two signs share a place. No filter below the
/// top level passes it.
fn shared(small: usize, large: usize) -> Vec<(usize, usize)> {
    (0..small)
        .filter_map(|place| {
            let k = frequency(place, small);
            let ambiguous = small.is_multiple_of(2) && 2 * place == small && small < large;
            (!ambiguous).then(|| (place, if k < 0 { (large as isize + k) as usize } else { k as usize }))
        })
        .collect()
}

/// Which places of a small spectrum are which of a large one.
pub(super) struct Nesting {
    columns: Vec<(usize, usize)>,
    rows: Vec<(usize, usize)>,
    small_height: usize,
    large_height: usize,
    small_len: usize,
}

impl Nesting {
    /// Between grids of (width, height).
    pub(super) fn new(small: (usize, usize), large: (usize, usize)) -> Self {
        Self {
            columns: shared(small.0, large.0),
            rows: shared(small.1, large.1),
            small_height: small.1,
            large_height: large.1,
            small_len: small.0 * small.1,
        }
    }

    /// Calls `f` with the places of every shared frequency.
    fn for_each(&self, mut f: impl FnMut(usize, usize)) {
        for &(small_x, large_x) in &self.columns {
            for &(small_y, large_y) in &self.rows {
                f(small_x * self.small_height + small_y, large_x * self.large_height + large_y);
            }
        }
    }

    /// The low frequencies of `large`.
    pub(super) fn cut<T: Copy + Default>(&self, large: &[T]) -> Vec<T> {
        let mut small = vec![T::default(); self.small_len];
        self.for_each(|s, l| small[s] = large[l]);
        small
    }

    /// Writes `small` over the low frequencies of `large`.
    pub(super) fn put(&self, small: &[Complex32], large: &mut [Complex32]) {
        self.for_each(|s, l| large[l] = small[s]);
    }

    /// Adds `small` to the low frequencies of `large`.
    pub(super) fn add(&self, small: &[Complex32], large: &mut [Complex32]) {
        self.for_each(|s, l| large[l] += small[s]);
    }
}
