//! Integrals, roots and minima that the statistics need: few evaluations, no state, the same on every
//! platform.

/// Nodes and weights of the five-point Gauss–Legendre rule on −1 to 1.
const GAUSS: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
    (-0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.906_179_845_938_664, 0.236_926_885_056_189_1),
];

/// Integral of a smooth function from `from` to `to`, by `panels` Gauss–Legendre panels of five nodes.
pub(crate) fn integral(from: f64, to: f64, panels: u32, f: impl Fn(f64) -> f64) -> f64 {
    let half = (to - from) / f64::from(2 * panels);
    let panel = |at: u32| {
        let middle = from + half * f64::from(2 * at + 1);
        GAUSS.iter().map(|(node, weight)| weight * f(middle + half * node)).sum::<f64>()
    };
    half * (0..panels).map(panel).sum::<f64>()
}

/// Where an increasing function reaches 0 between `low` and `high`, to 1e-12 of the width. Regula falsi
/// (Illinois) with bisection wherever that is slow. An end is returned where the function does not change
/// sign.
pub(crate) fn root(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let tolerance = 1e-12 * (high - low);
    let (mut at_low, mut at_high) = (f(low), f(high));
    if at_low >= 0.0 {
        return low;
    }
    if at_high <= 0.0 {
        return high;
    }
    for step in 0..200 {
        if high - low <= tolerance {
            break;
        }
        let chord = low - at_low * (high - low) / (at_high - at_low);
        let inside = step % 3 != 2 && chord > low && chord < high;
        let x = if inside { chord } else { (low + high) / 2.0 };
        let value = f(x);
        if value == 0.0 {
            return x;
        }
        if value < 0.0 {
            (low, at_low, at_high) = (x, value, at_high / 2.0);
        } else {
            (high, at_high, at_low) = (x, value, at_low / 2.0);
        }
    }
    (low + high) / 2.0
}

/// What a minimisation found.
pub(crate) struct Minimum<const N: usize> {
    /// Where the least value was found.
    pub(crate) at: [f64; N],
    /// The least value.
    pub(crate) value: f64,
    /// Whether the simplex shrank to the tolerance within the steps.
    pub(crate) converged: bool,
}

/// Minimises a function of few variables without derivatives (Nelder and Mead 1965). `scale` is the size of
/// the first simplex in each variable; values that are not finite count as infinitely bad.
pub(crate) fn minimise<const N: usize>(
    start: [f64; N],
    scale: [f64; N],
    f: impl Fn(&[f64; N]) -> f64,
) -> Minimum<N> {
    let value = |x: &[f64; N]| Some(f(x)).filter(|v| !v.is_nan()).unwrap_or(f64::INFINITY);
    let mut simplex: Vec<([f64; N], f64)> = vec![(start, value(&start))];
    for axis in 0..N {
        let mut corner = start;
        corner[axis] += scale[axis];
        simplex.push((corner, value(&corner)));
    }
    for _ in 0..400 * N {
        simplex.sort_by(|a, b| a.1.total_cmp(&b.1));
        if is_small(&simplex, &scale) {
            let (at, value) = simplex[0];
            return Minimum { at, value, converged: value.is_finite() };
        }
        step(&mut simplex, &value);
    }
    simplex.sort_by(|a, b| a.1.total_cmp(&b.1));
    Minimum { at: simplex[0].0, value: simplex[0].1, converged: false }
}

fn is_small<const N: usize>(simplex: &[([f64; N], f64)], scale: &[f64; N]) -> bool {
    let near =
        |corner: &[f64; N]| (0..N).all(|i| (corner[i] - simplex[0].0[i]).abs() <= 1e-7 * scale[i].abs());
    simplex.iter().all(|(corner, _)| near(corner))
}

/// One reflection, expansion, contraction or shrinkage of a simplex sorted from best to worst.
fn step<const N: usize>(simplex: &mut [([f64; N], f64)], value: &impl Fn(&[f64; N]) -> f64) {
    let (worst, rest) = (simplex[N], &simplex[..N]);
    let centre: [f64; N] =
        std::array::from_fn(|i| rest.iter().map(|(corner, _)| corner[i]).sum::<f64>() / N as f64);
    let along = |share: f64| {
        let x: [f64; N] = std::array::from_fn(|i| centre[i] + share * (worst.0[i] - centre[i]));
        (x, value(&x))
    };
    let reflected = along(-1.0);
    if reflected.1 < simplex[0].1 {
        let expanded = along(-2.0);
        simplex[N] = if expanded.1 < reflected.1 { expanded } else { reflected };
        return;
    }
    if reflected.1 < simplex[N - 1].1 {
        simplex[N] = reflected;
        return;
    }
    let contracted = along(if reflected.1 < worst.1 { -0.5 } else { 0.5 });
    if contracted.1 < worst.1.min(reflected.1) {
        simplex[N] = contracted;
        return;
    }
    let best = simplex[0].0;
    for (corner, at) in &mut simplex[1..] {
        *corner = std::array::from_fn(|i| best[i] + (corner[i] - best[i]) / 2.0);
        *at = value(corner);
    }
}
