//! Keeps what is measured side by side within the memory that a report may take.

/// Memory that measuring may take at a time, in bytes.
pub(crate) const MEMORY_BYTES: u64 = 1_400_000_000;

/// Runs `work`, whose parallel parts take `bytes_each` at their peak, on as many threads as go into memory
/// together.
pub(crate) fn few_at_a_time<T: Send>(bytes_each: u64, work: impl FnOnce() -> T + Send) -> T {
    let threads = (MEMORY_BYTES / bytes_each.max(1)).clamp(1, rayon::current_num_threads() as u64);
    match rayon::ThreadPoolBuilder::new().num_threads(threads as usize).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_threads_as_memory_allows_and_at_least_one() {
        let threads = |bytes_each| few_at_a_time(bytes_each, rayon::current_num_threads);
        assert_eq!(threads(MEMORY_BYTES * 2), 1);
        assert_eq!(threads(MEMORY_BYTES / 2 + 1), 1);
        assert_eq!(threads(0), rayon::current_num_threads());
    }
}
