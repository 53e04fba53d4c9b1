//! The posterior over a grid of thresholds, widths, lapses and overdispersions: means, credible intervals,
//! the mode.

use super::prior::{Model, Point};
use super::terms::Parameter;
use crate::Interval;
use crate::numeric::minimise;

/// Grid points along threshold, width, lapse and η: coarse, to find where the mass is.
const COARSE: [usize; 4] = [30, 40, 10, 16];
/// Fine, over what is left.
const FINE: [usize; 4] = [40, 40, 20, 20];
/// A grid point that holds less of the mass than this is left out of the fine grid's bounds.
const LEAST_MASS: f64 = 1e-5;

/// Mass of the posterior on a grid, as marginals, and where it is largest.
struct Grid {
    axes: [Vec<f64>; 4],
    marginals: [Vec<f64>; 4],
    /// First and last place along each axis that holds mass worth keeping.
    kept: [[usize; 2]; 4],
    mode: Point,
}

/// The parameters in the order threshold, width, lapse, η, and the point of highest posterior density.
pub(super) fn estimate(model: &Model) -> Option<([Parameter; 4], Point)> {
    let coarse = evaluate(model, axes(model.bounds, COARSE))?;
    let bounds: [[f64; 2]; 4] = std::array::from_fn(|axis| {
        let (values, [first, last]) = (&coarse.axes[axis], coarse.kept[axis]);
        [values[first.saturating_sub(1)], values[(last + 1).min(values.len() - 1)]]
    });
    let fine = evaluate(model, axes(bounds, FINE))?;
    let mode = refined(model, fine.mode, &fine.axes);
    let modes = [mode.threshold, mode.width, mode.lapse, mode.eta];
    Some((std::array::from_fn(|axis| parameter(&fine.axes[axis], &fine.marginals[axis], modes[axis])), mode))
}

/// Evenly spaced values between bounds; one where they meet.
fn axes(bounds: [[f64; 2]; 4], steps: [usize; 4]) -> [Vec<f64>; 4] {
    std::array::from_fn(|axis| {
        let ([low, high], n) = (bounds[axis], steps[axis]);
        let at = |place: usize| low + (high - low) * place as f64 / (n - 1) as f64;
        if high > low { (0..n).map(at).collect() } else { vec![low] }
    })
}

/// None where every point of the grid is impossible.
fn evaluate(model: &Model, axes: [Vec<f64>; 4]) -> Option<Grid> {
    let lengths = axes.each_ref().map(Vec::len);
    let mut logs = Vec::with_capacity(lengths.iter().product());
    let mut best = (f64::NEG_INFINITY, None);
    for &threshold in &axes[0] {
        for &width in &axes[1] {
            let shares = model.shares(threshold, width);
            for &lapse in &axes[2] {
                let accuracies: Vec<f64> = shares.iter().map(|s| model.accuracy(*s, lapse)).collect();
                for &eta in &axes[3] {
                    let point = Point { threshold, width, lapse, eta };
                    let prior = model.ln_prior(point);
                    let log = if prior > f64::NEG_INFINITY {
                        prior + model.ln_likelihood(&accuracies, eta)
                    } else {
                        prior
                    };
                    if log > best.0 {
                        best = (log, Some(point));
                    }
                    logs.push(log);
                }
            }
        }
    }
    let mode = best.1?;
    let mut marginals = lengths.map(|n| vec![0.0; n]);
    let places = |at: usize| {
        let (eta, rest) = (at % lengths[3], at / lengths[3]);
        let (lapse, rest) = (rest % lengths[2], rest / lengths[2]);
        [rest / lengths[1], rest % lengths[1], lapse, eta]
    };
    // The ends of an axis stand for half a step only (trapezoidal rule).
    let mass = |at: usize, log: f64| {
        let is_end =
            |axis: usize, place: usize| lengths[axis] > 1 && (place == 0 || place + 1 == lengths[axis]);
        let ends = (0..4).zip(places(at)).filter(|(axis, place)| is_end(*axis, *place)).count();
        (log - best.0).exp() * 0.5_f64.powi(ends as i32)
    };
    let total: f64 = logs.iter().enumerate().map(|(at, log)| mass(at, *log)).sum();
    let mut kept = lengths.map(|n| [n - 1, 0]);
    for (at, log) in logs.iter().enumerate() {
        let share = mass(at, *log) / total;
        for (axis, place) in places(at).into_iter().enumerate() {
            marginals[axis][place] += share;
            if share >= LEAST_MASS {
                kept[axis] = [kept[axis][0].min(place), kept[axis][1].max(place)];
            }
        }
    }
    // Where no single point holds that much, the mass is spread out: keep the whole axis.
    let kept = std::array::from_fn(|axis| {
        let [first, last] = kept[axis];
        if first <= last { [first, last] } else { [0, lengths[axis] - 1] }
    });
    Some(Grid { axes, marginals, kept, mode })
}

/// The highest posterior density near the best grid point.
fn refined(model: &Model, start: Point, axes: &[Vec<f64>; 4]) -> Point {
    let step = |axis: usize| match axes[axis].as_slice() {
        [first, second, ..] => second - first,
        _ => 0.0,
    };
    // A start on a bound steps inwards.
    let inwards = |axis: usize, value: f64| {
        if value + step(axis) > model.bounds[axis][1] { -step(axis) } else { step(axis) }
    };
    let at = |[threshold, width, lapse, eta]: [f64; 4]| Point { threshold, width, lapse, eta };
    let begin = [start.threshold, start.width, start.lapse, start.eta];
    let scale = std::array::from_fn(|axis| inwards(axis, begin[axis]));
    let objective = |x: &[f64; 4]| -model.ln_posterior(at(*x));
    let mut found = minimise(begin, scale, objective);
    // A simplex can collapse onto a bound: begin anew from there until that gains nothing.
    for _ in 0..8 {
        let scale = std::array::from_fn(|axis| inwards(axis, found.at[axis]) / 2.0);
        let again = minimise(found.at, scale, objective);
        let gained = found.value - again.value;
        found = again;
        if gained < 1e-9 {
            break;
        }
    }
    at(found.at)
}

/// Mean and 95 % credible interval of one marginal.
fn parameter(values: &[f64], masses: &[f64], mode: f64) -> Parameter {
    let mean = values.iter().zip(masses).map(|(value, mass)| value * mass).sum();
    let at = |share: f64| {
        let mut below = 0.0;
        let mut before = values[0];
        for (value, mass) in values.iter().zip(masses) {
            if below + mass >= share {
                let part = if *mass > 0.0 { (share - below) / mass } else { 0.0 };
                return before + part * (value - before);
            }
            (below, before) = (below + mass, *value);
        }
        before
    };
    Parameter { mode, mean, interval: Interval { low: at(0.025), high: at(0.975) } }
}
