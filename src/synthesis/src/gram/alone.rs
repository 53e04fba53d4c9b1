//! Keeps the tensors of one picture on one thread.

/// Runs `work` on a separate thread with its own pool, apart from the threads that make pictures in
/// parallel.
///
/// Tensors are multiplied by rayon. A thread of its pool that waits for a part of a product takes up
/// whatever else there is to do meanwhile: here another picture, inside the first, with another one's
/// memory, and so on.
pub(super) fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let on_one_thread = || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
        match pool {
            Ok(pool) => pool.install(work),
            // Without a separate pool the work is still done.
            Err(_) => work(),
        }
    };
    match std::thread::scope(|scope| scope.spawn(on_one_thread).join()) {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use rayon::prelude::*;

    use super::alone;

    #[test]
    fn nothing_else_is_begun_meanwhile() {
        let (at_work, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        (0..64).into_par_iter().for_each(|_| {
            alone(|| {
                most.fetch_max(at_work.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let sum: u64 = (0..10_000_u64).into_par_iter().sum();
                assert_eq!(sum, 49_995_000);
                at_work.fetch_sub(1, Ordering::SeqCst);
            });
        });
        assert!(most.load(Ordering::SeqCst) <= rayon::current_num_threads());
    }
}
