//! How long to wait before the next attempt.

/// The longest wait.
const MOST_MS: f64 = 60_000.0;

/// Milliseconds to wait after so many failures in a row: 1 s, doubled each time, up to a minute.
///
/// `jitter` (0 to 1) shortens the wait by up to a quarter, so that many browsers do not come back in the same second.
pub fn wait_ms(failures: u32, jitter: f64) -> u32 {
    let doubled = 1000.0 * 2_f64.powi(failures.saturating_sub(1).min(16) as i32);
    (doubled.min(MOST_MS) * (1.0 - 0.25 * jitter.clamp(0.0, 1.0))) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute() {
        assert_eq!([1, 2, 3, 10, u32::MAX].map(|n| wait_ms(n, 0.0)), [1000, 2000, 4000, 60_000, 60_000]);
        assert_eq!(wait_ms(1, 1.0), 750);
    }
}
