//! Compiles the folder of the Good Gestalt sets, and nothing else of `src/stimuli`, for `e2e/gestalt-sets.test.mjs`: so that
//! the test costs seconds, although that room also reads files and runs on all cores.
#![cfg(target_arch = "wasm32")]

#[path = "../../../src/stimuli/src/gestalt_sets/mod.rs"]
pub mod gestalt_sets;

use gestalt_sets::{GestaltSet, Split};

/// [`gestalt_sets::Sample::fingerprint`] of a picture; set and split by their places in `ALL`.
#[expect(unsafe_code, reason = "an exported name could clash with another crate's; there is no other")]
#[unsafe(no_mangle)]
pub extern "C" fn fingerprint(set: usize, split: usize, seed: u64, index: u32) -> u64 {
    GestaltSet::ALL[set].draw(Split::ALL[split], seed, index).fingerprint()
}
