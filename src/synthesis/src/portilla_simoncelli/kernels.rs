//! The inner loops of the moments, compiled for each vector width and chosen when they run.
//!
//! Each column is summed on its own and in one order, so every vector width gives the same bits.

use pulp::{Arch, Simd, WithSimd};

/// Powers whose sums are taken.
pub(super) const POWERS: usize = 4;

/// Columns that are worked on at a time, from many to few.
const LANES: [usize; 3] = [32, 8, 1];

/// Rows of one length, `stride` numbers apart, in a larger whole.
#[derive(Clone, Copy)]
pub(super) struct Strip<'a> {
    pub(super) values: &'a [f32],
    pub(super) stride: usize,
}

/// For every column the sum over `rows` of the products of two strips; as many columns as `sums` has.
pub(super) fn column_dots(a: Strip<'_>, b: Strip<'_>, rows: usize, sums: &mut [f32]) {
    Arch::new().dispatch(Dots { a, b, rows, sums });
}

struct Dots<'a> {
    a: Strip<'a>,
    b: Strip<'a>,
    rows: usize,
    sums: &'a mut [f32],
}

impl WithSimd for Dots<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { a, b, rows, sums } = self;
        let start = dots::<{ LANES[0] }>(a, b, rows, 0, sums);
        let start = dots::<{ LANES[1] }>(a, b, rows, start, sums);
        dots::<{ LANES[2] }>(a, b, rows, start, sums);
    }
}

#[inline(always)]
fn dots<const N: usize>(a: Strip<'_>, b: Strip<'_>, rows: usize, from: usize, sums: &mut [f32]) -> usize {
    let mut start = from;
    while start + N <= sums.len() {
        let mut lanes = [0.0; N];
        for row in 0..rows {
            let a = &a.values[row * a.stride + start..][..N];
            let b = &b.values[row * b.stride + start..][..N];
            for lane in 0..N {
                lanes[lane] += a[lane] * b[lane];
            }
        }
        sums[start..start + N].copy_from_slice(&lanes);
        start += N;
    }
    start
}

/// For every column the sums over the rows of x, x², x³ and x⁴; as many columns as each of `sums` has.
pub(super) fn column_powers(plane: Strip<'_>, rows: usize, sums: &mut [Vec<f32>; POWERS]) {
    Arch::new().dispatch(Powers { plane, rows, sums });
}

struct Powers<'a> {
    plane: Strip<'a>,
    rows: usize,
    sums: &'a mut [Vec<f32>; POWERS],
}

impl WithSimd for Powers<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { plane, rows, sums } = self;
        let start = powers::<{ LANES[1] }>(plane, rows, 0, sums);
        powers::<{ LANES[2] }>(plane, rows, start, sums);
    }
}

#[inline(always)]
fn powers<const N: usize>(
    plane: Strip<'_>,
    rows: usize,
    from: usize,
    sums: &mut [Vec<f32>; POWERS],
) -> usize {
    let mut start = from;
    while start + N <= sums[0].len() {
        let mut lanes = [[0.0; N]; POWERS];
        for row in 0..rows {
            let values = &plane.values[row * plane.stride + start..][..N];
            for lane in 0..N {
                let (v, squared) = (values[lane], values[lane] * values[lane]);
                lanes[0][lane] += v;
                lanes[1][lane] += squared;
                lanes[2][lane] += squared * v;
                lanes[3][lane] += squared * squared;
            }
        }
        sums.iter_mut().zip(&lanes).for_each(|(sums, lanes)| sums[start..start + N].copy_from_slice(lanes));
        start += N;
    }
    start
}

/// Adds to every number of a row the sum of the products of factors and values; all rows are as long as `to`
/// or longer.
pub(super) fn add_products(to: &mut [f32], terms: &[(&[f32], &[f32])]) {
    Arch::new().dispatch(Added { to, terms });
}

struct Added<'a> {
    to: &'a mut [f32],
    terms: &'a [(&'a [f32], &'a [f32])],
}

impl WithSimd for Added<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { to, terms } = self;
        let start = added::<{ LANES[0] }>(to, terms, 0);
        let start = added::<{ LANES[1] }>(to, terms, start);
        added::<{ LANES[2] }>(to, terms, start);
    }
}

#[inline(always)]
fn added<const N: usize>(to: &mut [f32], terms: &[(&[f32], &[f32])], from: usize) -> usize {
    let mut start = from;
    while start + N <= to.len() {
        let mut lanes = [0.0; N];
        lanes.copy_from_slice(&to[start..start + N]);
        for (factors, values) in terms {
            let (factors, values) = (&factors[start..][..N], &values[start..][..N]);
            for lane in 0..N {
                lanes[lane] += factors[lane] * values[lane];
            }
        }
        to[start..start + N].copy_from_slice(&lanes);
        start += N;
    }
    start
}

/// Adds to every number of a row that of another times `factor`; `values` is as long as `to` or longer.
pub(super) fn add_scaled(to: &mut [f32], values: &[f32], factor: f32) {
    Arch::new().dispatch(|| to.iter_mut().zip(values).for_each(|(to, value)| *to += factor * value));
}
