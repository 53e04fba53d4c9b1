//! The registers in which a unit adds up its block of rows, and what becomes of a sum.

use burn_cubecl::cubecl;
use cubecl::prelude::*;

use super::{Four, ROWS};
use crate::activation::Activation;

/// As many sums as a unit has rows.
pub(super) type Sums = Sequence<RuntimeCell<Vector<f32, Four>>>;

/// Sums that begin with `start`.
#[cube]
pub(super) fn sums_from(start: Vector<f32, Four>) -> Sums {
    let mut sums = Sequence::<RuntimeCell<Vector<f32, Four>>>::new();
    #[unroll]
    for _ in 0..ROWS {
        sums.push(RuntimeCell::<Vector<f32, Four>>::new(start));
    }
    sums
}

/// Adds `value` to the sum of a row.
#[cube]
pub(super) fn add(sums: &Sums, #[comptime] row: usize, value: Vector<f32, Four>) {
    let sum = &sums[row];
    sum.store(sum.read() + value);
}

/// The sum of a vector's values.
#[cube]
pub(super) fn all_four(vector: Vector<f32, Four>) -> f32 {
    (vector.extract(0usize) + vector.extract(1usize)) + (vector.extract(2usize) + vector.extract(3usize))
}

/// The value and its activation, the exact GELU or CLIP's approximation of it among them.
#[cube]
pub(super) fn activated(x: Vector<f32, Four>, #[comptime] activation: Activation) -> Vector<f32, Four> {
    match activation {
        Activation::None => x,
        Activation::Relu => x.max(Vector::new(0.0f32)),
        Activation::Relu6 => x.max(Vector::new(0.0f32)).min(Vector::new(6.0f32)),
        Activation::Gelu => {
            let half = Vector::new(0.5f32);
            half * x * (Vector::new(1.0f32) + (x * Vector::new(std::f32::consts::FRAC_1_SQRT_2)).erf())
        }
        Activation::QuickGelu => x / (Vector::new(1.0f32) + (x * Vector::new(-1.702f32)).exp()),
    }
}
