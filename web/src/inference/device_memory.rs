//! Remembers which device was fastest for a model in this browser, so that it is timed only once.

use gestalt_protocol::Device;
use gestalt_protocol::inference::Timed;
use gestalt_types::Sha256;

use crate::browser::local_storage;

/// What was measured for this model here, the fastest first.
pub fn recall(weights: &Sha256) -> Option<Vec<Timed>> {
    let text = local_storage()?.get_item(&key(weights)).ok().flatten()?;
    serde_json::from_str(&text).ok()
}

/// Keeps what was measured. A browser that keeps nothing measures again: no harm.
pub fn keep(weights: &Sha256, timed: &[Timed]) {
    if let (Some(storage), Ok(text)) = (local_storage(), serde_json::to_string(timed)) {
        let _ = storage.set_item(&key(weights), &text);
    }
}

/// The fastest of them.
pub fn fastest(timed: &[Timed]) -> Option<Device> {
    timed.iter().min_by(|a, b| a.picture_ms.total_cmp(&b.picture_ms)).map(|timed| timed.device)
}

/// Another version of the software may be faster on another device.
fn key(weights: &Sha256) -> String {
    format!("timed/{}/{weights}", env!("CARGO_PKG_VERSION"))
}
