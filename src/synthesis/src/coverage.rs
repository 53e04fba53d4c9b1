//! How evenly a distortion uses the picture it is made of.

use serde::{Deserialize, Serialize};

/// How often the positions of a source are shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Share of the positions shown 0 times, once, twice, and three times or more.
    pub shown: [f64; 4],
    /// Standard deviation of the number of times over its mean; 0 when every position is shown equally
    /// often.
    pub variation: f64,
}

impl Coverage {
    /// Sums up how often each position is shown; nothing is shown of an empty source.
    pub fn of(times: &[u16]) -> Self {
        let count = times.len().max(1) as f64;
        let mut shown = [0.0; 4];
        times.iter().for_each(|&n| shown[usize::from(n).min(3)] += 1.0 / count);
        let mean = times.iter().map(|&n| f64::from(n)).sum::<f64>() / count;
        let square = times.iter().map(|&n| (f64::from(n) - mean).powi(2)).sum::<f64>() / count;
        Self { shown, variation: if mean > 0.0 { square.sqrt() / mean } else { 0.0 } }
    }
}
