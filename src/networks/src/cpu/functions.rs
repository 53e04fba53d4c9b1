//! The functions between the products, written without branches so that the compiler makes SIMD of them.

/// `e^x`, relative error below 3e-7 for |x| ≤ 87, 0 or the largest finite power beyond.
///
/// `2^n · e^r` with `r` in ±ln 2 / 2 and the polynomial of Cephes' `expf` (Moshier 1989).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.3, 88.0);
    let n = (x * std::f32::consts::LOG2_E + 0.5).floor();
    // ln 2 in two parts: the product of the first with n is exact.
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = ((((1.987_569_1e-4 * r + 1.398_199_9e-3) * r + 8.333_452e-3) * r + 4.166_579_6e-2) * r
        + 1.666_666_5e-1)
        * r
        + 0.5;
    let e = p * r * r + r + 1.0;
    e * f32::from_bits(((n as i32 + 127) << 23) as u32)
}

/// The error function, absolute error below 5e-7.
///
/// A quotient of two polynomials in x², the approximation that XLA and Eigen use between ±4.
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let x = x.clamp(-4.0, 4.0);
    let s = x * x;
    let p = (((((-2.726_142_3e-10 * s + 2.770_681_4e-8) * s - 2.101_024e-6) * s - 5.692_506_6e-5) * s
        - 7.349_906e-4)
        * s
        - 2.954_600_1e-3)
        * s
        - 1.609_603_4e-2;
    let q =
        (((-1.456_607_2e-5 * s - 2.133_740_6e-4) * s - 1.682_827e-3) * s - 7.373_329e-3) * s - 1.426_474_e-2;
    x * p / q
}

/// GELU in its exact form, `x · Φ(x)` (Hendrycks & Gimpel 2016).
#[inline(always)]
pub fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// CLIP's GELU, `x · σ(1.702 x)`.
#[inline(always)]
pub fn quick_gelu(x: f32) -> f32 {
    x / (1.0 + exp(-1.702 * x))
}

/// Makes the numbers of `row` positive with sum 1: `e^x / Σ e^x`.
pub fn softmax(row: &mut [f32]) {
    let largest = lanes(row, f32::NEG_INFINITY, f32::max).into_iter().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|value| *value = exp(*value - largest));
    let sum: f32 = sum(row);
    row.iter_mut().for_each(|value| *value /= sum);
}

/// Zero mean and unit variance for each row of `width` numbers, then a scale and a shift each (Ba et
/// al. 2016).
pub fn layer_norm(rows: &[f32], scale: &[f32], shift: &[f32], eps: f32, out: &mut [f32]) {
    let width = scale.len();
    for (row, out) in rows.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
        let mean = sum(row) / width as f32;
        for (out, value) in out.iter_mut().zip(row) {
            *out = value - mean;
        }
        let squares = lanes_of(out, |v| v * v);
        let inverse = 1.0 / (squares / width as f32 + eps).sqrt();
        for ((out, scale), shift) in out.iter_mut().zip(scale).zip(shift) {
            *out = *out * inverse * scale + shift;
        }
    }
}

/// Adds `values` to `sums`, place by place.
pub fn add(sums: &mut [f32], values: &[f32]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

/// Multiplies `values` by `factors`, place by place.
pub fn scale(values: &mut [f32], factors: &[f32]) {
    values.iter_mut().zip(factors).for_each(|(value, factor)| *value *= factor);
}

/// The mean of rows of `width` numbers.
pub fn mean(rows: &[f32], width: usize) -> Vec<f32> {
    let mut sums = vec![0.0; width];
    rows.chunks_exact(width).for_each(|row| add(&mut sums, row));
    let count = (rows.len() / width) as f32;
    sums.into_iter().map(|sum| sum / count).collect()
}

/// The sum, in eight lanes.
fn sum(values: &[f32]) -> f32 {
    lanes_of(values, |v| v)
}

fn lanes_of(values: &[f32], part: impl Fn(f32) -> f32) -> f32 {
    lanes(values, 0.0, |sum, v| sum + part(v)).iter().sum()
}

/// A reduction in eight lanes, which the compiler may not choose by itself because it changes the rounding.
fn lanes(values: &[f32], start: f32, step: impl Fn(f32, f32) -> f32) -> [f32; 8] {
    let mut lanes = [start; 8];
    let (eights, rest) = values.as_chunks::<8>();
    for eight in eights {
        for (lane, value) in lanes.iter_mut().zip(eight) {
            *lane = step(*lane, *value);
        }
    }
    for (lane, value) in lanes.iter_mut().zip(rest) {
        *lane = step(*lane, *value);
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> impl Iterator<Item = f32> {
        (-90_000..=90_000).map(|i| i as f32 / 1000.0)
    }

    #[test]
    fn exp_and_erf_are_those_of_the_standard_mathematics_library() {
        for x in grid().filter(|x| x.abs() <= 87.0) {
            let right = libm::exp(f64::from(x));
            assert!((f64::from(exp(x)) - right).abs() <= 3e-7 * right, "e^{x}");
        }
        for x in grid() {
            assert!((f64::from(erf(x)) - libm::erf(f64::from(x))).abs() < 5e-7, "erf {x}");
        }
        assert_eq!(exp(-1000.0), exp(-87.3));
    }

    #[test]
    fn gelu_is_x_times_the_normal_distribution() {
        for x in grid() {
            let x = f64::from(x);
            let right = 0.5 * x * (1.0 + libm::erf(x / std::f64::consts::SQRT_2));
            assert!((f64::from(gelu(x as f32)) - right).abs() < 1e-6 * x.abs().max(1.0), "{x}");
            let right = x / (1.0 + libm::exp(-1.702 * x));
            assert!((f64::from(quick_gelu(x as f32)) - right).abs() < 1e-6 * x.abs().max(1.0), "{x}");
        }
    }

    #[test]
    fn softmax_sums_to_one_and_keeps_infinities_out() {
        let mut row = [300.0, 299.0, -1e30, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        softmax(&mut row);
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!((row[0] / row[1] - std::f32::consts::E).abs() < 1e-5);
    }
}
