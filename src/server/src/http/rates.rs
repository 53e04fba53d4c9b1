//! How often something may happen, counted in memory: each key has a bucket that refills steadily.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The most keys that are remembered; beyond it the full buckets are dropped, which say nothing.
const MAX_KEYS: usize = 100_000;
/// They are looked for no more often, or every unknown key would search them all.
const SWEEP: Duration = Duration::from_secs(1);

/// A limit on the rate of events, for each key by itself.
pub(super) struct Rates<K> {
    /// The most events at once.
    burst: f64,
    per_second: f64,
    buckets: Mutex<Buckets<K>>,
}

struct Buckets<K> {
    of: HashMap<K, Bucket>,
    swept_at: Option<Instant>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl<K: Eq + Hash> Rates<K> {
    /// `burst` events at once, refilled at `per_second`. Both are more than 0.
    pub(super) fn new(burst: u32, per_second: f64) -> Self {
        Self {
            burst: f64::from(burst),
            per_second,
            buckets: Mutex::new(Buckets { of: HashMap::new(), swept_at: None }),
        }
    }

    /// Counts an event of this key at this time.
    ///
    /// # Errors
    /// How long to wait, where the bucket is empty; the event is then not counted.
    pub(super) fn count(&self, key: K, now: Instant) -> Result<(), Duration> {
        // The map is whole whatever panicked while it was held.
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let refilled = |bucket: &Bucket| {
            let elapsed_s = now.saturating_duration_since(bucket.at).as_secs_f64();
            (bucket.left + elapsed_s * self.per_second).min(self.burst)
        };
        if buckets.of.len() >= MAX_KEYS && !buckets.of.contains_key(&key) {
            if buckets.swept_at.is_none_or(|swept_at| now.saturating_duration_since(swept_at) >= SWEEP) {
                buckets.of.retain(|_, bucket| refilled(bucket) < self.burst);
                buckets.swept_at = Some(now);
            }
            if buckets.of.len() >= MAX_KEYS {
                // Every key is active: who is unknown waits, so that memory stays bounded.
                return Err(SWEEP);
            }
        }
        let bucket = buckets.of.entry(key).or_insert(Bucket { left: self.burst, at: now });
        let left = refilled(bucket);
        if left < 1.0 {
            return Err(Duration::from_secs_f64(((1.0 - left) / self.per_second).clamp(1.0, 86_400.0)));
        }
        *bucket = Bucket { left: left - 1.0, at: now };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_waits_for_its_own_bucket_to_refill() {
        let rates = Rates::new(2, 0.1);
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!([rates.count("a", start), rates.count("a", start)], [Ok(()), Ok(())]);
        assert_eq!(rates.count("a", start), Err(Duration::from_secs(10)));
        assert_eq!(rates.count("b", start), Ok(()));
        assert_eq!(rates.count("a", after(9)), Err(Duration::from_secs(1)));
        assert_eq!(rates.count("a", after(10)), Ok(()));
    }

    #[test]
    fn memory_is_bounded_whatever_keys_come() {
        let rates = Rates::new(1, 0.001);
        let now = Instant::now();
        for key in 0..MAX_KEYS + 1000 {
            let _ = rates.count(key, now);
        }
        assert!(rates.buckets.lock().is_ok_and(|buckets| buckets.of.len() <= MAX_KEYS));
        // Buckets that are full again make room.
        assert_eq!(rates.count(usize::MAX, now + Duration::from_secs(2000)), Ok(()));
    }
}
