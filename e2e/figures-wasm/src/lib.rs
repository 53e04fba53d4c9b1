//! Exports the Good Gestalt sets for `e2e/gestalt-sets.test.mjs`, which holds the browser's pictures to the
//! native ones.
#![cfg(target_arch = "wasm32")]

use gestalt_figures::gestalt_sets::{GestaltSet, Split};

/// [`gestalt_sets::Sample::fingerprint`] of a picture; set and split by their places in `ALL`.
#[expect(unsafe_code, reason = "an exported name could clash with another crate's; there is no other")]
#[unsafe(no_mangle)]
pub extern "C" fn fingerprint(set: usize, split: usize, seed: u64, index: u32) -> u64 {
    GestaltSet::ALL[set].draw(Split::ALL[split], seed, index).fingerprint()
}
