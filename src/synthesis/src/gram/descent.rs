//! Walks down a loss of pixels with L-BFGS.

use burn::module::{Module, Param};
use burn::optim::{GradientsParams, LBFGSConfig, LineSearchFn};
use burn::tensor::Tensor;

use super::{ITERATIONS_PER_STEP, Watcher};
use crate::SynthesisError;

/// What is changed: the pixels themselves.
#[derive(Module, Debug)]
struct Canvas {
    pixels: Param<Tensor<4>>,
}

/// How far to walk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    /// Iterations at most, each about one evaluation of the loss and its gradient.
    pub(super) iterations: usize,
    /// Earlier iterations that L-BFGS remembers.
    pub(super) history: usize,
}

/// Where L-BFGS (learning rate 1, strong Wolfe line search) gets to from `start`, which lies on an autodiff
/// device.
///
/// Iterations come in steps of [`ITERATIONS_PER_STEP`], as in PyTorch, whose algorithm burn's is. It ends
/// early when a step changes nothing.
///
/// # Errors
/// When the loss is no finite number.
pub(super) fn descend(
    start: Tensor<4>,
    walk: Walk,
    watcher: &Watcher,
    loss: impl Fn(Tensor<4>) -> Tensor<1>,
) -> Result<Tensor<4>, SynthesisError> {
    let per_step = walk.iterations.min(ITERATIONS_PER_STEP);
    let mut optimiser = LBFGSConfig::new()
        .with_max_iter(per_step)
        .with_history_size(walk.history)
        .with_line_search_fn(LineSearchFn::StrongWolfe)
        .init();
    let mut canvas = Canvas { pixels: Param::from_tensor(start) };
    let mut last = f64::INFINITY;
    for done in (0..walk.iterations).step_by(per_step.max(1)) {
        watcher.tell(done, walk.iterations);
        let (next, reached) = optimiser.step(1.0, canvas, |canvas: Canvas| {
            let value = loss(canvas.pixels.val());
            let gradients = GradientsParams::from_grads(value.backward(), &canvas);
            (value.into_scalar::<f64>(), gradients)
        });
        canvas = next;
        if !reached.is_finite() {
            return Err(SynthesisError::NotFinite("the loss of its Gram matrices"));
        }
        if reached == last {
            break;
        }
        last = reached;
    }
    watcher.tell(walk.iterations, walk.iterations);
    Ok(canvas.pixels.val().inner())
}
