//! Goes down a loss by L-BFGS (Liu & Nocedal 1989).

use std::cell::RefCell;

use argmin::core::{CostFunction, Error, Executor, Gradient};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use ndarray::Array1;

/// Pairs of steps and changes of the derivative that are remembered.
const MEMORY: usize = 40;
/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Largest number of steps; each takes one or two evaluations.
    pub(super) steps: u64,
    /// When the loss is this small.
    pub(super) loss: f64,
}

/// A point, its loss and its derivative.
type Evaluated = (Array1<f64>, f64, Array1<f64>);

/// A loss and its derivative at the point asked for last, since the solver asks for them one by one.
struct Loss<F> {
    evaluate: F,
    /// What the loss is multiplied by, so that the solver's first step of length 1 is a sensible one.
    factor: f64,
    last: RefCell<Option<Evaluated>>,
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> Loss<F> {
    fn at<T>(&self, point: &Array1<f64>, pick: impl Fn(f64, &Array1<f64>) -> T) -> Result<T, Error> {
        let mut last = self.last.borrow_mut();
        if last.as_ref().is_none_or(|(known, ..)| known != point) {
            let values = point.as_slice().ok_or_else(|| Error::msg("the point is not in one piece"))?;
            let (loss, slope) = (self.evaluate)(values);
            *last = Some((point.clone(), self.factor * loss, self.factor * Array1::from(slope)));
        }
        let (_, loss, slope) = last.as_ref().ok_or_else(|| Error::msg("nothing was evaluated"))?;
        Ok(pick(*loss, slope))
    }
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> CostFunction for Loss<F> {
    type Param = Array1<f64>;
    type Output = f64;

    fn cost(&self, point: &Self::Param) -> Result<f64, Error> {
        self.at(point, |loss, _| loss)
    }
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> Gradient for Loss<F> {
    type Param = Array1<f64>;
    type Gradient = Array1<f64>;

    fn gradient(&self, point: &Self::Param) -> Result<Self::Gradient, Error> {
        self.at(point, |_, slope| slope.clone())
    }
}

/// The best point found from `start`; `evaluate` gives loss and derivative. `None` when the loss is not
/// finite at the start.
///
/// A line search that finds nothing better ends the descent: then this is as far as the precision goes.
pub(super) fn descend(
    start: Vec<f64>,
    limits: Limits,
    evaluate: impl Fn(&[f64]) -> (f64, Vec<f64>),
) -> Option<Vec<f64>> {
    let (loss, slope) = evaluate(&start);
    let length = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
    let steepness = length(&slope);
    if !loss.is_finite() || !steepness.is_finite() {
        return None;
    }
    if loss <= limits.loss || steepness == 0.0 {
        return Some(start);
    }
    // The first step goes as far as if every number changed by one.
    let factor = (start.len() as f64).sqrt() / steepness;
    let loss_at = Loss { evaluate, factor, last: RefCell::new(None) };
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY);
    let (first, target) = (Array1::from(start.clone()), factor * limits.loss);
    let run = Executor::new(loss_at, solver)
        .configure(|state| state.param(first).max_iters(limits.steps).target_cost(target))
        .run();
    let best = run.ok().and_then(|mut result| result.state.take_best_param());
    Some(best.map_or(start, |best| best.to_vec()))
}
